using TorchSharp.Modules;

namespace TorchSharp
{
    namespace Modules
    {
        public sealed class ReflectionPad2d : torch.nn.Module<torch.Tensor, torch.Tensor>
        {
            internal ReflectionPad2d(params long[] padding) : base(nameof(ReflectionPad2d)) => this.padding = padding;

            public long[] padding { get; set; }

            public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.pad(input, padding, PaddingModes.Reflect);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static ReflectionPad2d ReflectionPad2d(long padding) => new(padding, padding, padding, padding);

            public static ReflectionPad2d ReflectionPad2d((long, long, long, long) padding) =>
                new(padding.Item1, padding.Item2, padding.Item3, padding.Item4);
        }
    }
}
