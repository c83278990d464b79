using Acquisition.Core;
using Acquisition.Restoration;
using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>Noise of a detector in scaled units: normal, of variance floor + slope · light, as photons and reading make it.</summary>
/// <param name="Floor">Of reading and of what light there is everywhere.</param>
/// <param name="Slope">Of photons.</param>
internal readonly record struct DetectorNoise(double Floor, double Slope)
{
    private const int Bins = 32;

    /// <summary>Fewer differences than this in a bin say nothing.</summary>
    private const int LeastInBin = 200;

    /// <summary>Differences are sampled down to about this many of all volumes together.</summary>
    private const long MaxDifferences = 1 << 20;

    /// <summary>Measures noise of volumes: for each brightness the robust deviation of differences along all three axes at once, in which only what is as small
    /// as a voxel is left, and the straight line through their squares.</summary>
    /// <param name="scale">What is 0 and 1.</param>
    /// <returns>No noise where volumes have a single voxel along an axis.</returns>
    public static DetectorNoise Of(IReadOnlyList<FloatVolume> volumes, IntensityScale scale)
    {
        var bins = new List<(double Light, double Size)>[Bins];
        for (int i = 0; i < Bins; i++) bins[i] = [];
        int stride = (int)Math.Max(1, volumes.Sum(volume => volume.Shape.Voxels) / MaxDifferences);
        foreach (FloatVolume volume in volumes) Gather(volume, scale, stride, bins);
        double all = 0, sumX = 0, sumY = 0, sumXX = 0, sumXY = 0;
        foreach (List<(double Light, double Size)> bin in bins)
        {
            if (bin.Count < LeastInBin) continue;
            double deviation = NoiseGauge.NormalToMedian * bin.Select(pair => pair.Size).Order().ElementAt(bin.Count / 2), variance = deviation * deviation;
            double light = bin.Average(pair => pair.Light);
            all += bin.Count;
            sumX += bin.Count * light;
            sumY += bin.Count * variance;
            sumXX += bin.Count * light * light;
            sumXY += bin.Count * light * variance;
        }

        if (all == 0) return default;
        double meanX = sumX / all, meanY = sumY / all, spread = sumXX / all - meanX * meanX;
        double slope = spread > 0 ? (sumXY / all - meanX * meanY) / spread : 0, floor = meanY - slope * meanX;
        if (slope < 0) return new DetectorNoise(meanY, 0);
        return floor < 0 ? new DetectorNoise(0, sumXY / sumXX) : new DetectorNoise(floor, slope);
    }

    /// <summary>What a detector makes of light.</summary>
    /// <param name="light">Gradients pass as if noise did not depend on it.</param>
    /// <param name="normal">Standard normal, of the shape of light.</param>
    public Tensor On(Tensor light, Tensor normal) => light + normal * (light.detach().clamp_min(0) * Slope + Floor).sqrt();

    private static void Gather(FloatVolume volume, IntensityScale scale, int stride, List<(double Light, double Size)>[] bins)
    {
        VolumeShape shape = volume.Shape;
        double width = scale.High - scale.Low;
        for (int z = 0, next = 0; z + 1 < shape.Z; z++)
        {
            ReadOnlySpan<float> near = volume.Plane(z), far = volume.Plane(z + 1);
            for (int y = 0; y + 1 < shape.Y; y++)
            {
                for (int x = 0; x + 1 < shape.X; x++)
                {
                    if (next-- > 0) continue;
                    next = stride - 1;
                    int i = y * shape.X + x, j = i + shape.X;
                    double even = (double)near[i] + near[j + 1] + far[i + 1] + far[j], odd = (double)near[i + 1] + near[j] + far[i] + far[j + 1];
                    double light = ((even + odd) / 8 - scale.Low) / width;
                    // Eight voxels' noise: √8 deviations of one.
                    double size = Math.Abs(even - odd) / (Math.Sqrt(8) * width);
                    if (double.IsFinite(size) && light < 1) bins[Math.Max(0, (int)(light * Bins))].Add((light, size));
                }
            }
        }
    }
}
