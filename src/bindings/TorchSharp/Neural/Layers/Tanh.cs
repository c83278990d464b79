using TorchSharp.Modules;

namespace TorchSharp
{
    namespace Modules
    {
        public sealed class Tanh : torch.nn.Module<torch.Tensor, torch.Tensor>
        {
            internal Tanh() : base(nameof(Tanh))
            {
            }

            public override torch.Tensor forward(torch.Tensor tensor) => torch.nn.functional.tanh(tensor);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Tanh Tanh() => new();
        }
    }
}
