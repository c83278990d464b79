using TorchSharp.Modules;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>Modules that are registered under their numbers.</summary>
        public class ModuleList<T> : torch.nn.Module, IReadOnlyList<T> where T : torch.nn.Module
        {
            private readonly List<T> _list;
            private bool _isRegistered;

            public ModuleList(params T[] modules) : base("ModuleList") => _list = [.. modules];

            public int Count => _list.Count;

            public T this[int index] => _list[index];

            public void Add(T item) => _list.Add(item);

            public IEnumerator<T> GetEnumerator() => _list.GetEnumerator();

            System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

            protected override void RegisterComponents()
            {
                if (_isRegistered) return;
                _isRegistered = true;
                for (int i = 0; i < _list.Count; i++) register_module($"{i}", _list[i]);
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static ModuleList<T> ModuleList<T>(params T[] modules) where T : Module => new(modules);
        }
    }
}
