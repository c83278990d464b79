using Acquisition.Core;
using Acquisition.Restoration.Sampling;

namespace Acquisition.Restoration.Isotropy;

/// <summary>How isotropic a volume is, and how well it agrees with what was acquired; neither needs a truth.</summary>
public static unsafe class IsotropyQuality
{
    /// <summary>Power in xz planes over power in xy planes at equal spatial frequency. 1 everywhere is isotropic.</summary>
    /// <remarks>All planes of a volume hold the same power in total, so axial blur moves the ratio above 1 at low frequencies and below
    /// at high ones. Where that is too gentle, <see cref="AxialPowerRatio"/> looks at the directions apart. NaN or infinite where xy
    /// planes have no power.</remarks>
    /// <param name="volume">Equal distances on all axes.</param>
    /// <param name="rings">Rings of equal width between 0 and half a period a pixel; ring i has its middle at (i + ½) / (2·rings).</param>
    public static double[] PowerRatio(FloatVolume volume, int rings = 16) =>
        Ratio(volume, rings, PlaneDirections.Axial, PlaneDirections.Lateral);

    /// <summary>In xz planes, power at frequencies nearer to z than to x over power at those nearer to x, at equal frequency. 1
    /// everywhere is isotropic, as is white noise; axial blur shows as a fall towards high frequencies.</summary>
    /// <inheritdoc cref="PowerRatio" path="/param"/>
    public static double[] AxialPowerRatio(FloatVolume volume, int rings = 16) =>
        Ratio(volume, rings, PlaneDirections.AxialNearZ, PlaneDirections.AxialNearX);

    /// <summary>What a restored volume misses of the acquired stack, when it is blurred along z with the kernel that a network was
    /// trained to undo, and thinned out to the acquired planes.</summary>
    /// <param name="restored">Plane σ·k stands for acquired plane k; in the stack's units.</param>
    /// <param name="kernel">Its x runs along z here. What it blurs along y counts as nothing, which is right for split kernels; for
    /// full ones give the whole point spread function.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static RedegradationResidual Residual(FloatVolume restored, FloatVolume acquired, double ratio, PlaneKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(restored);
        ArgumentNullException.ThrowIfNull(acquired);
        ArgumentNullException.ThrowIfNull(kernel);
        RequireStack(restored.Shape, acquired.Shape, ratio);
        float[] weights = kernel.AlongX();
        return Compare(acquired, plane: (k, to) => BlurredPlane(restored, k * ratio, weights, to));
    }

    /// <summary>The same for a volume whose lateral blur was undone as well: blurred with the whole point spread function.</summary>
    public static RedegradationResidual Residual(
        FloatVolume restored, FloatVolume acquired, double ratio, PointSpreadFunction psf, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(restored);
        ArgumentNullException.ThrowIfNull(acquired);
        ArgumentNullException.ThrowIfNull(psf);
        RequireStack(restored.Shape, acquired.Shape, ratio);
        using var blurred = new FloatVolume(restored.Shape);
        using (var blur = new VolumeBlur(restored.Shape, psf, threads)) blur.Apply(restored, blurred, cancellation);
        return Compare(acquired, plane: (k, to) => BlurredPlane(blurred, k * ratio, [1], to));
    }

    private static double[] Ratio(FloatVolume volume, int rings, PlaneDirections over, PlaneDirections under)
    {
        ArgumentNullException.ThrowIfNull(volume);
        Require.InRange(rings, 1, 1024);
        return [.. PlanePower.Rings(volume, over, rings).Zip(PlanePower.Rings(volume, under, rings), (a, b) => a / b)];
    }

    private static RedegradationResidual Compare(FloatVolume acquired, Action<int, float[]> plane)
    {
        var model = new float[acquired.Shape.PlaneVoxels];
        double squares = 0, sum = 0, sumSquares = 0;
        for (int k = 0; k < acquired.Shape.Z; k++)
        {
            plane(k, model);
            Span<float> measured = acquired.Plane(k);
            for (int i = 0; i < model.Length; i++)
            {
                double error = (double)measured[i] - model[i];
                squares += error * error;
                sum += measured[i];
                sumSquares += (double)measured[i] * measured[i];
            }
        }
        double count = acquired.Shape.Voxels, mean = sum / count;
        double rms = Math.Sqrt(squares / count), deviation = Math.Sqrt(Math.Max(0, sumSquares / count - mean * mean));
        return new RedegradationResidual(rms, deviation > 0 ? rms / deviation : double.NaN);
    }

    /// <summary>The plane at a depth, between two planes where that is not whole, after a blur along z; mirrored beyond the ends.</summary>
    private static void BlurredPlane(FloatVolume volume, double depth, float[] weights, float[] to)
    {
        int below = (int)depth, radius = weights.Length / 2;
        float share = (float)(depth - below);
        Array.Clear(to);
        for (int t = 0; t <= weights.Length; t++)
        {
            // A blur is a convolution: the kernel's last weight falls on the first plane.
            float weight = (t < weights.Length ? (1 - share) * weights[weights.Length - 1 - t] : 0) + (t > 0 ? share * weights[weights.Length - t] : 0);
            if (weight == 0) continue;
            ReadOnlySpan<float> plane = volume.Plane(CubicTaps.Mirror(below - radius + t, volume.Shape.Z));
            for (int i = 0; i < to.Length; i++) to[i] += weight * plane[i];
        }
    }

    private static void RequireStack(VolumeShape restored, VolumeShape acquired, double ratio)
    {
        if (restored.Y != acquired.Y || restored.X != acquired.X || restored.Z < SamplingRatio.MeasuredCount(acquired.Z, ratio))
            throw new ArgumentException($"A {acquired} stack with planes {ratio} pixels apart needs {SamplingRatio.MeasuredCount(acquired.Z, ratio)} restored planes of its size, but the restored volume is {restored}.");
    }
}
