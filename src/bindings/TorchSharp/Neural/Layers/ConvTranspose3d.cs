using TorchSharp.Modules;

namespace TorchSharp
{
    namespace Modules
    {
        public sealed class ConvTranspose3d : Convolution
        {
            private readonly long[] _outputPadding;

            internal ConvTranspose3d(ConvolutionShape shape, long[] outputPadding, bool bias, torch.Device? device, torch.ScalarType? dtype)
                : base(nameof(ConvTranspose3d), shape, true, bias, device, dtype) => _outputPadding = outputPadding;

            public override torch.Tensor forward(torch.Tensor input) => Padded(input, (padded, padding) =>
                torch.nn.functional.conv_transpose3d(padded, weight, bias, Shape.Stride, padding, _outputPadding, Shape.Dilation, groups));
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static ConvTranspose3d ConvTranspose3d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                ConvTranspose3d(in_channels, out_channels, (kernel_size, kernel_size, kernel_size), (stride, stride, stride), (padding, padding, padding), (output_padding, output_padding, output_padding), (dilation, dilation, dilation), padding_mode, groups, bias, device, dtype);

            public static ConvTranspose3d ConvTranspose3d(long in_channels, long out_channels, (long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null, (long, long, long)? output_padding = null, (long, long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(Shaped(in_channels, out_channels, kernel_size, stride, padding, null, dilation, padding_mode, groups), Listed(output_padding ?? (0, 0, 0)), bias, device, dtype);
        }
    }
}
