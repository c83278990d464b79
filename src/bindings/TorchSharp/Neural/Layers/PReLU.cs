using TorchSharp.Modules;

namespace TorchSharp
{
    namespace Modules
    {
        public sealed class PReLU : torch.nn.Module<torch.Tensor, torch.Tensor>
        {
            internal PReLU(long num_parameters, double init, torch.Device? device, torch.ScalarType? dtype) : base(nameof(PReLU))
            {
                (this.num_parameters, this.init) = (num_parameters, init);
                weight = (Parameter)new Parameter(torch.full(num_parameters, init, dtype, device)).DetachFromDisposeScope();
                register_parameter(nameof(weight), weight);
            }

            public Parameter weight { get; }

            public long num_parameters { get; }

            public double init { get; }

            public override torch.Tensor forward(torch.Tensor tensor) => torch.nn.functional.prelu(tensor, weight);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static PReLU PReLU(long num_parameters, double init = 0.25, Device? device = null, ScalarType? dtype = null) =>
                new(num_parameters, init, device, dtype);
        }
    }
}
