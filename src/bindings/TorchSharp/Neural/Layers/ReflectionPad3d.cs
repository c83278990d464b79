using TorchSharp.Modules;

namespace TorchSharp
{
    namespace Modules
    {
        public sealed class ReflectionPad3d : torch.nn.Module<torch.Tensor, torch.Tensor>
        {
            internal ReflectionPad3d(params long[] padding) : base(nameof(ReflectionPad3d)) => this.padding = padding;

            public long[] padding { get; set; }

            public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.pad(input, padding, PaddingModes.Reflect);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static ReflectionPad3d ReflectionPad3d(long padding) => new(padding, padding, padding, padding, padding, padding);

            public static ReflectionPad3d ReflectionPad3d((long, long, long, long, long, long) padding) =>
                new(padding.Item1, padding.Item2, padding.Item3, padding.Item4, padding.Item5, padding.Item6);
        }
    }
}
