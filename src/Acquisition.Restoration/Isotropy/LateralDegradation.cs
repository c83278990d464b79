using System.Runtime.Intrinsics;
using Acquisition.Restoration.Sampling;

namespace Acquisition.Restoration.Isotropy;

/// <summary>Makes a lateral plane look like an axial section of the same structures: blurred along one axis, thinned out to the
/// distance of planes, and interpolated back onto its own grid, as real sections are (Weigert et al. 2017).</summary>
/// <remarks>Samples are taken at σ·k, from linear interpolation between pixels where σ is not whole, and put back there by cubic
/// interpolation; beyond the last the cubic repeats it. The blur sees the plane mirrored at its borders' outer edge. Holds working
/// memory, so one instance per thread; the first call for a shape allocates it.</remarks>
public sealed unsafe class LateralDegradation
{
    private readonly PlaneKernel _kernel;
    private readonly double _ratio;
    private readonly DegradationNoise? _noise;
    private float[] _turned = [];
    private float[] _padded = [];
    private float[] _blurred = [];
    private float[] _coarse = [];
    private CubicPositions? _positions;
    private int _width;

    /// <param name="kernel">The blur, its x along the axis that is degraded; see <see cref="SplitPsf"/>.</param>
    /// <param name="ratio">σ, see <see cref="SamplingRatio"/>.</param>
    public LateralDegradation(PlaneKernel kernel, double ratio, DegradationNoise? noise = null)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        (_kernel, _ratio, _noise) = (kernel, SamplingRatio.Checked(ratio), noise);
    }

    /// <summary>Degrades one plane along one axis.</summary>
    /// <param name="plane">Row-major (y, x).</param>
    /// <param name="degraded">As long as the plane; may be the plane.</param>
    /// <param name="seed">Of the noise; equal seeds give equal noise.</param>
    /// <exception cref="ArgumentException">A length does not fit the extents.</exception>
    public void Apply(ReadOnlySpan<float> plane, int height, int width, LateralAxis axis, Span<float> degraded, int seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (plane.Length != checked(height * width) || degraded.Length != plane.Length)
            throw new ArgumentException($"A plane of {height}×{width} was announced, but {plane.Length} samples and room for {degraded.Length} were given.");
        if (axis == LateralAxis.X)
        {
            AlongX(plane, height, width, degraded, seed);
            return;
        }
        Span<float> turned = Room(ref _turned, plane.Length);
        Turn(plane, height, width, turned);
        AlongX(turned, width, height, turned, seed);
        Turn(turned, width, height, degraded);
    }

    private void AlongX(ReadOnlySpan<float> plane, int height, int width, Span<float> degraded, int seed)
    {
        Span<float> blurred = Room(ref _blurred, plane.Length);
        Blur(plane, height, width, blurred);
        _noise?.AddTo(blurred, seed);
        int count = SamplingRatio.CoarseCount(width, _ratio);
        if (_positions is null || _width != width) (_positions, _width) = (new CubicPositions(count, _ratio, width), width);
        Span<float> coarse = Room(ref _coarse, count);
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> row = blurred.Slice(y * width, width);
            for (int k = 0; k < count; k++)
            {
                double at = Math.Min(k * _ratio, width - 1);
                int below = (int)at;
                float share = (float)(at - below);
                coarse[k] = share == 0 ? row[below] : row[below] + share * (row[below + 1] - row[below]);
            }
            Span<float> fine = degraded.Slice(y * width, width);
            for (int x = 0; x < width; x++)
            {
                ReadOnlySpan<int> i = _positions.Indices(x);
                ReadOnlySpan<float> w = _positions.Weights(x);
                fine[x] = w[0] * coarse[i[0]] + w[1] * coarse[i[1]] + w[2] * coarse[i[2]] + w[3] * coarse[i[3]];
            }
        }
    }

    private void Blur(ReadOnlySpan<float> plane, int height, int width, Span<float> blurred)
    {
        int ry = _kernel.Height / 2, rx = _kernel.Width / 2, stride = width + 2 * rx + Vector256<float>.Count;
        Span<float> padded = Room(ref _padded, checked((height + 2 * ry) * stride));
        for (int y = 0; y < height + 2 * ry; y++)
        {
            ReadOnlySpan<float> row = plane.Slice(CubicTaps.Mirror(y - ry, height) * width, width);
            Span<float> to = padded.Slice(y * stride, stride);
            for (int x = 0; x < rx; x++) to[x] = row[CubicTaps.Mirror(x - rx, width)];
            row.CopyTo(to[rx..]);
            for (int x = rx + width; x < stride; x++) to[x] = row[CubicTaps.Mirror(x - rx, width)];
        }
        ReadOnlySpan<float> weights = _kernel.Weights;
        fixed (float* from = padded, w = weights, to = blurred)
        {
            for (int y = 0; y < height; y++)
            {
                // Each padded row has a vector to spare, so loads up to width + 2·rx + 8 stay inside; the last store is shortened.
                for (int x = 0; x < width; x += Vector256<float>.Count)
                {
                    Vector256<float> sum = Vector256<float>.Zero;
                    float* weight = w + weights.Length;
                    for (int j = 0; j < _kernel.Height; j++)
                    {
                        float* row = from + (y + j) * stride + x;
                        for (int i = 0; i < _kernel.Width; i++) sum += Vector256.Create(*--weight) * Vector256.Load(row + i);
                    }
                    if (x + Vector256<float>.Count <= width) sum.Store(to + y * width + x);
                    else for (int i = 0; x + i < width; i++) to[y * width + x + i] = sum[i];
                }
            }
        }
    }

    private static void Turn(ReadOnlySpan<float> plane, int height, int width, Span<float> turned)
    {
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++) turned[x * height + y] = plane[y * width + x];
        }
    }

    private static Span<float> Room(ref float[] array, int length)
    {
        if (array.Length < length) array = new float[length];
        return array.AsSpan(0, length);
    }
}
