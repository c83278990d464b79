using TorchSharp.Modules;

namespace TorchSharp
{
    namespace Modules
    {
        public sealed class MaxPool2d : torch.nn.Module<torch.Tensor, torch.Tensor>
        {
            private readonly long[] _kernel, _stride, _padding, _dilation;
            private readonly bool _isCeiling;

            internal MaxPool2d(long[] kernel, long[] stride, long[] padding, long[] dilation, bool isCeiling) : base(nameof(MaxPool2d)) =>
                (_kernel, _stride, _padding, _dilation, _isCeiling) = (kernel, stride, padding, dilation, isCeiling);

            public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.max_pool2d(input, _kernel, _stride, _padding, _dilation, _isCeiling);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static MaxPool2d MaxPool2d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                new([kernel_size], [stride ?? kernel_size], [padding ?? 0], [dilation ?? 1], ceil_mode);
        }
    }
}
