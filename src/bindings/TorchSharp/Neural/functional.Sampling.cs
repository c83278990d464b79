using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) => Aten.AdaptiveAvgPool2d.Call(input, output_size);

            public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) => Aten.AdaptiveAvgPool2d.Call(input, new[] { output_size, output_size });

            public static Tensor adaptive_avg_pool3d(Tensor input, long[] output_size) => Aten.AdaptiveAvgPool3d.Call(input, output_size);

            public static Tensor adaptive_avg_pool3d(Tensor input, long output_size) =>
                Aten.AdaptiveAvgPool3d.Call(input, new[] { output_size, output_size, output_size });

            public static Tensor avg_pool2d(
                Tensor input,
                long[] kernel_size,
                long[]? stride = null,
                long[]? padding = null,
                bool ceil_mode = false,
                bool count_include_pad = true,
                long? divisor_override = null) =>
                Aten.AvgPool2d.Call(
                    input, kernel_size, stride ?? kernel_size, padding ?? [0], ceil_mode, count_include_pad, Argument.Optional(divisor_override));

            public static Tensor avg_pool2d(
                Tensor input,
                long kernel_size,
                long? stride = null,
                long padding = 0,
                bool ceil_mode = false,
                bool count_include_pad = true,
                long? divisor_override = null) =>
                avg_pool2d(input, [kernel_size], [stride ?? kernel_size], [padding], ceil_mode, count_include_pad, divisor_override);

            public static Tensor avg_pool3d(
                Tensor input,
                long[] kernel_size,
                long[]? stride = null,
                long[]? padding = null,
                bool ceil_mode = false,
                bool count_include_pad = true,
                long? divisor_override = null) =>
                Aten.AvgPool3d.Call(
                    input, kernel_size, stride ?? kernel_size, padding ?? [0], ceil_mode, count_include_pad, Argument.Optional(divisor_override));

            public static Tensor max_pool2d(
                Tensor input, long[] kernel_size, long[]? strides = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false) =>
                Aten.MaxPool2d.Call(input, kernel_size, strides ?? kernel_size, padding ?? [0], dilation ?? [1], ceil_mode);

            public static Tensor max_pool2d(
                Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                max_pool2d(input, [kernel_size], [stride ?? kernel_size], [padding ?? 0], [dilation ?? 1], ceil_mode);

            public static Tensor max_pool2d(
                Tensor input,
                (long, long) kernel_size,
                (long, long)? stride = null,
                (long, long)? padding = null,
                (long, long)? dilation = null,
                bool ceil_mode = false) =>
                max_pool2d(input, List(kernel_size), List(stride ?? kernel_size), List(padding ?? (0, 0)), List(dilation ?? (1, 1)), ceil_mode);

            public static Tensor max_pool3d(
                Tensor input, long[] kernel_size, long[]? strides = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false) =>
                Aten.MaxPool3d.Call(input, kernel_size, strides ?? kernel_size, padding ?? [0], dilation ?? [1], ceil_mode);

            public static Tensor pixel_shuffle(Tensor input, long upscale_factor) => Aten.PixelShuffle.Call(input, upscale_factor);

            /// <param name="size">What to make of the dimensions after the first two; or else <paramref name="scale_factor"/>.</param>
            /// <exception cref="NotSupportedException">Another mode than nearest, bilinear or trilinear, for which there is no call here.</exception>
            public static Tensor interpolate(
                Tensor x,
                long[]? size = null,
                double[]? scale_factor = null,
                InterpolationMode mode = InterpolationMode.Nearest,
                bool? align_corners = null,
                bool recompute_scale_factor = false,
                bool antialias = false)
            {
                long[] from = x.shape[2..];
                size ??= [.. from.Select((length, i) => (long)Math.Floor(length * Factor(scale_factor, i)))];
                if (antialias) throw new NotSupportedException("Interpolation with antialiasing.");
                Argument Scale(int i) => scale_factor is null || recompute_scale_factor ? Argument.None : Factor(scale_factor, i);
                bool corners = align_corners ?? false;
                return (mode, from.Length) switch
                {
                    (InterpolationMode.Nearest, 1) => Aten.UpsampleNearest1d.Call(x, size, Scale(0)),
                    (InterpolationMode.Nearest, 2) => Aten.UpsampleNearest2d.Call(x, size, Scale(0), Scale(1)),
                    (InterpolationMode.Nearest, 3) => Aten.UpsampleNearest3d.Call(x, size, Scale(0), Scale(1), Scale(2)),
                    (InterpolationMode.Bilinear, 2) => Aten.UpsampleBilinear2d.Call(x, size, corners, Scale(0), Scale(1)),
                    (InterpolationMode.Trilinear, 3) => Aten.UpsampleTrilinear3d.Call(x, size, corners, Scale(0), Scale(1), Scale(2)),
                    _ => throw new NotSupportedException($"Interpolation {mode} in {from.Length} dimensions."),
                };
            }

            private static double Factor(double[]? factors, int i) =>
                (factors ?? throw new ArgumentException("One of size and scale_factor must be given."))[factors.Length == 1 ? 0 : i];

            private static long[] List((long, long) pair) => [pair.Item1, pair.Item2];
        }
    }
}
