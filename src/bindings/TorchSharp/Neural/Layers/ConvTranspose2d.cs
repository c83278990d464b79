using TorchSharp.Modules;

namespace TorchSharp
{
    namespace Modules
    {
        public sealed class ConvTranspose2d : Convolution
        {
            private readonly long[] _outputPadding;

            internal ConvTranspose2d(ConvolutionShape shape, long[] outputPadding, bool bias, torch.Device? device, torch.ScalarType? dtype)
                : base(nameof(ConvTranspose2d), shape, true, bias, device, dtype) => _outputPadding = outputPadding;

            public override torch.Tensor forward(torch.Tensor input) => Padded(input, (padded, padding) =>
                torch.nn.functional.conv_transpose2d(padded, weight, bias, Shape.Stride, padding, _outputPadding, Shape.Dilation, groups));
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static ConvTranspose2d ConvTranspose2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                ConvTranspose2d(in_channels, out_channels, (kernel_size, kernel_size), (stride, stride), (padding, padding), (output_padding, output_padding), (dilation, dilation), padding_mode, groups, bias, device, dtype);

            public static ConvTranspose2d ConvTranspose2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? output_padding = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(Shaped(in_channels, out_channels, kernel_size, stride, padding, null, dilation, padding_mode, groups), Listed(output_padding ?? (0, 0)), bias, device, dtype);
        }
    }
}
