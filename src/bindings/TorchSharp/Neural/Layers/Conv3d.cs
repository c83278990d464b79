using TorchSharp.Modules;

namespace TorchSharp
{
    namespace Modules
    {
        public sealed class Conv3d : Convolution
        {
            internal Conv3d(ConvolutionShape shape, bool bias, torch.Device? device, torch.ScalarType? dtype) : base(nameof(Conv3d), shape, false, bias, device, dtype)
            {
            }

            public override torch.Tensor forward(torch.Tensor input) => Padded(input, (padded, padding) =>
                torch.nn.functional.conv3d(padded, weight, bias, Shape.Stride, padding, Shape.Dilation, groups));
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Conv3d Conv3d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                Conv3d(in_channels, out_channels, (kernel_size, kernel_size, kernel_size), (stride, stride, stride), (padding, padding, padding), (dilation, dilation, dilation), padding_mode, groups, bias, device, dtype);

            public static Conv3d Conv3d(long in_channels, long out_channels, (long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null, (long, long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(Shaped(in_channels, out_channels, kernel_size, stride, padding, null, dilation, padding_mode, groups), bias, device, dtype);

            public static Conv3d Conv3d(long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                Conv3d(in_channels, out_channels, (kernel_size, kernel_size, kernel_size), padding, (stride, stride, stride), (dilation, dilation, dilation), padding_mode, groups, bias, device, dtype);

            public static Conv3d Conv3d(long in_channels, long out_channels, (long, long, long) kernel_size, Padding padding, (long, long, long)? stride = null, (long, long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(Shaped(in_channels, out_channels, kernel_size, stride, null, padding, dilation, padding_mode, groups), bias, device, dtype);

            private static ConvolutionShape Shaped(
                long from, long to, (long, long, long) kernel, (long, long, long)? stride, (long, long, long)? padding, Padding? same, (long, long, long)? dilation, PaddingModes mode, long groups) =>
                new(from, to, Listed(kernel), Listed(stride ?? (1, 1, 1)), Listed(padding ?? (0, 0, 0)), same, Listed(dilation ?? (1, 1, 1)), mode, groups);

            private static long[] Listed((long, long, long) sizes) => [sizes.Item1, sizes.Item2, sizes.Item3];
        }
    }
}
