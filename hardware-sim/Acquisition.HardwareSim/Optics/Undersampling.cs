using Acquisition.Core;

namespace Acquisition.HardwareSim.Optics;

/// <summary>How a coarse sample weighs the fine ones around it.</summary>
internal enum SamplingKernel
{
    /// <summary>Keys' cubic (a = −0.5) stretched by the factor, as MATLAB's imresize does; 4·factor taps.</summary>
    Cubic,

    /// <summary>Mean of the fine samples that the coarse one covers, as a larger camera pixel integrates.</summary>
    Box,
}

/// <summary>Samples a fine grid 1, 2 or 4 times coarser on each axis.</summary>
/// <remarks>Coarse sample i covers fine samples f·i … f·i+f−1, so its centre lies at fine coordinate (i + 0.5)·f − 0.5, for
/// either kernel: what is restored from it lands on the fine grid without a shift.</remarks>
internal static class Undersampling
{
    /// <summary>Returns the coarse volume, or <paramref name="fine"/> itself when every factor is 1.</summary>
    /// <param name="fine">Each extent a multiple of its factor; see <see cref="Crop"/>.</param>
    public static FloatVolume Apply(FloatVolume fine, Factors factors, SamplingKernel kernel)
    {
        FloatVolume volume = Along(fine, 0, factors.Z, kernel);
        volume = Along(volume, 1, factors.Y, kernel);
        return Along(volume, 2, factors.X, kernel);
    }

    /// <summary>The largest extents that are multiples of the factors.</summary>
    public static VolumeShape Crop(VolumeShape shape, Factors factors) =>
        new(shape.Z / factors.Z * factors.Z, shape.Y / factors.Y * factors.Y, shape.X / factors.X * factors.X);

    /// <summary>Weights of the taps of one coarse sample, first tap first; they sum to 1.</summary>
    public static double[] Weights(int factor, SamplingKernel kernel)
    {
        if (kernel == SamplingKernel.Box) return [.. Enumerable.Repeat(1.0 / factor, factor)];
        double[] weights = [.. Enumerable.Range(0, 4 * factor).Select(k => Keys((k - 2 * factor + 0.5) / factor))];
        double sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }

    private static FloatVolume Along(FloatVolume volume, int axis, int factor, SamplingKernel kernel)
    {
        if (factor == 1) return volume;
        int first = kernel == SamplingKernel.Box ? 0 : -3 * factor / 2;
        return new AxisFilter(Weights(factor, kernel), first, factor).Apply(volume, axis);
    }

    /// <summary>Cubic convolution (Keys 1981, equation 15, a = −0.5): weight of a sample at a distance of t samples.</summary>
    public static double Keys(double t) => Math.Abs(t) switch
    {
        <= 1 and var d => (1.5 * d - 2.5) * d * d + 1,
        <= 2 and var d => ((-0.5 * d + 2.5) * d - 4) * d + 2,
        _ => 0,
    };
}
