using TorchSharp.Modules;

namespace TorchSharp
{
    namespace Modules
    {
        public sealed class AvgPool3d : torch.nn.Module<torch.Tensor, torch.Tensor>
        {
            private readonly long[] _kernel, _stride, _padding;
            private readonly bool _isCeiling, _countsPadding;
            private readonly long? _divisor;

            internal AvgPool3d(long[] kernel, long[] stride, long[] padding, bool isCeiling, bool countsPadding, long? divisor) : base(nameof(AvgPool3d)) =>
                (_kernel, _stride, _padding, _isCeiling, _countsPadding, _divisor) = (kernel, stride, padding, isCeiling, countsPadding, divisor);

            public override torch.Tensor forward(torch.Tensor input) =>
                torch.nn.functional.avg_pool3d(input, _kernel, _stride, _padding, _isCeiling, _countsPadding, _divisor);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static AvgPool3d AvgPool3d(
                long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                new([kernel_size], [stride ?? kernel_size], [padding ?? 0], ceil_mode, count_include_pad, divisor_override);
        }
    }
}
