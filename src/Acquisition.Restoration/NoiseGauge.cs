using Acquisition.Core;

namespace Acquisition.Restoration;

/// <summary>Estimates how much of what back-projection restores is noise. A gauge for people; nothing is decided by it.</summary>
internal static class NoiseGauge
{
    /// <summary>Standard deviation of a normal variable over its median absolute value.</summary>
    public const double NormalToMedian = 1 / 0.6745;

    /// <summary>Diagonal differences are sampled down to about this many.</summary>
    private const int MaxDifferences = 1 << 20;

    private static readonly VolumeShape Probe = new(16, 32, 32);

    /// <summary>Share of noise in what cubic interpolation misses of the acquired samples, x − D(U(x)), which back-projection puts back.</summary>
    /// <remarks>White noise is assumed; its deviation is the robust one of diagonal differences in the plane (Donoho and Johnstone
    /// 1994), which fine texture inflates and noise that grows with brightness escapes in part.</remarks>
    /// <returns>0 to 1.</returns>
    public static double Share(FloatVolume acquired, Factors factors, int threads, CancellationToken cancellation)
    {
        double missed = MissedMeanSquare(acquired, factors, threads, cancellation);
        if (missed <= 0) return 0;
        double deviation = Deviation(acquired);
        return Math.Min(1, deviation * deviation * WhiteNoiseMissed(factors, cancellation) / missed);
    }

    /// <summary>Robust standard deviation of white noise in the volume.</summary>
    public static double Deviation(FloatVolume volume)
    {
        VolumeShape shape = volume.Shape;
        if (shape.Y < 2 || shape.X < 2) return 0;
        int stride = Math.Max(1, (int)(shape.Voxels / MaxDifferences));
        var sizes = new List<float>();
        for (int z = 0, next = 0; z < shape.Z; z++)
        {
            ReadOnlySpan<float> plane = volume.Plane(z);
            for (int y = 1; y < shape.Y; y++)
            {
                for (int x = 1; x < shape.X; x++)
                {
                    if (next-- > 0) continue;
                    next = stride - 1;
                    int i = y * shape.X + x;
                    sizes.Add(Math.Abs(plane[i] - plane[i - 1] - plane[i - shape.X] + plane[i - shape.X - 1]));
                }
            }
        }

        sizes.Sort();
        return NormalToMedian * sizes[sizes.Count / 2] / 2;
    }

    /// <summary>Mean square of x − D(U(x)) for white noise of deviation 1.</summary>
    private static double WhiteNoiseMissed(Factors factors, CancellationToken cancellation)
    {
        var random = new Random(Seed: 1);
        using var noise = new FloatVolume(Probe with { Z = factors.Z == 1 ? 1 : Probe.Z });
        double square = 0;
        for (int z = 0; z < noise.Shape.Z; z++)
        {
            foreach (ref float sample in noise.Plane(z))
            {
                // The sum of twelve uniform numbers has variance 1.
                double sum = -6;
                for (int i = 0; i < 12; i++) sum += random.NextDouble();
                sample = (float)sum;
                square += sum * sum;
            }
        }

        return MissedMeanSquare(noise, factors, threads: 1, cancellation) * noise.Shape.Voxels / square;
    }

    private static double MissedMeanSquare(FloatVolume volume, Factors factors, int threads, CancellationToken cancellation)
    {
        using FloatVolume fine = new(volume.Shape.Times(factors)), back = new(volume.Shape);
        Resampling.Enlarge(volume, factors, fine, threads, cancellation);
        Resampling.Shrink(fine, factors, back, threads, cancellation);
        double sum = 0;
        for (int z = 0; z < volume.Shape.Z; z++)
        {
            ReadOnlySpan<float> x = volume.Plane(z), d = back.Plane(z);
            for (int i = 0; i < x.Length; i++) sum += ((double)x[i] - d[i]) * ((double)x[i] - d[i]);
        }

        return sum / volume.Shape.Voxels;
    }
}
