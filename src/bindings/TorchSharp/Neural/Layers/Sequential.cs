using TorchSharp.Modules;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>Modules one after another. What each gives to the next is disposed as soon as that has used it.</summary>
        public class Sequential : torch.nn.Module<torch.Tensor, torch.Tensor>
        {
            private readonly List<torch.nn.IModule<torch.Tensor, torch.Tensor>> _modules = [];

            internal Sequential(IEnumerable<(string name, torch.nn.Module<torch.Tensor, torch.Tensor> submodule)> modules) : base(nameof(Sequential))
            {
                foreach ((string name, torch.nn.Module<torch.Tensor, torch.Tensor> module) in modules) append(name, module);
            }

            public int Count => _modules.Count;

            [System.Runtime.CompilerServices.IndexerName("SequentialItems")]
            public torch.nn.IModule<torch.Tensor, torch.Tensor> this[int index] => _modules[index];

            public Sequential append(string name, torch.nn.IModule<torch.Tensor, torch.Tensor> module)
            {
                _modules.Add(module);
                register_module(name, (torch.nn.Module)module);
                return this;
            }

            public Sequential append(torch.nn.IModule<torch.Tensor, torch.Tensor> module) => append($"{_modules.Count}", module);

            public override torch.Tensor forward(torch.Tensor tensor)
            {
                if (_modules.Count == 0) return tensor.alias();
                torch.Tensor result = _modules[0].call(tensor);
                foreach (torch.nn.IModule<torch.Tensor, torch.Tensor> module in _modules.Skip(1))
                {
                    torch.Tensor before = result;
                    result = module.call(before);
                    before.Dispose();
                }

                return result;
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Sequential Sequential() => new([]);

            public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => new(modules);

            public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => Sequential((IEnumerable<Module<Tensor, Tensor>>)modules);

            public static Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules) => new(modules);

            public static Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules) => new(modules.Select((module, i) => ($"{i}", module)));
        }
    }
}
