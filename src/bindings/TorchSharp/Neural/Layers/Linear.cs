using TorchSharp.Modules;

namespace TorchSharp
{
    namespace Modules
    {
        public sealed class Linear : torch.nn.Module<torch.Tensor, torch.Tensor>
        {
            internal Linear(long inputSize, long outputSize, bool hasBias, torch.Device? device, torch.ScalarType? dtype) : base(nameof(Linear))
            {
                weight = (Parameter)new Parameter(torch.empty(outputSize, inputSize, dtype, device)).DetachFromDisposeScope();
                register_parameter(nameof(weight), weight);
                torch.nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
                if (!hasBias) return;
                bias = (Parameter)new Parameter(torch.empty(outputSize, dtype, device)).DetachFromDisposeScope();
                register_parameter(nameof(bias), bias);
                double bound = 1 / Math.Sqrt(inputSize);
                torch.nn.init.uniform_(bias, -bound, bound);
            }

            public Parameter? bias { get; }

            public Parameter weight { get; }

            public override torch.Tensor forward(torch.Tensor tensor) => torch.nn.functional.linear(tensor, weight, bias);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null) =>
                new(inputSize, outputSize, hasBias, device, dtype);
        }
    }
}
