using Acquisition.Core;

namespace Acquisition.Restoration.Isotropy;

/// <summary>Noise added to a blurred plane before its samples are thinned out: shot noise first, then read noise.</summary>
public sealed record DegradationNoise
{
    /// <summary>Photons that a sample of 1 stands for; <see langword="null"/> for no shot noise.</summary>
    public double? PhotonsPerUnit { get; init => field = value is { } photons ? Require.Positive(photons) : null; }

    /// <summary>Standard deviation of read noise, in the plane's units. Default 0.</summary>
    public double ReadSigma { get; init => field = Require.NotNegative(value); }

    internal void AddTo(Span<float> plane, int seed)
    {
        var random = new Random(seed);
        foreach (ref float sample in plane)
        {
            double value = sample;
            if (PhotonsPerUnit is { } photons) value = Poisson(Math.Max(0, value) * photons, random) / photons;
            if (ReadSigma > 0) value += ReadSigma * Normal(random);
            sample = (float)value;
        }
    }

    internal static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>A count with this mean: by products of uniform numbers where it is small, else by the transformed rejection of
    /// Hörmann 1993 (PTRS), Insurance: Mathematics and Economics 12, 39.</summary>
    internal static double Poisson(double mean, Random random)
    {
        if (mean < 10)
        {
            double limit = Math.Exp(-mean), product = random.NextDouble();
            int count = 0;
            for (; product > limit; count++) product *= random.NextDouble();
            return count;
        }
        double b = 0.931 + 2.53 * Math.Sqrt(mean), a = -0.059 + 0.02483 * b, inverse = 1.1239 + 1.1328 / (b - 3.4), logMean = Math.Log(mean);
        while (true)
        {
            double u = random.NextDouble() - 0.5, v = random.NextDouble(), us = 0.5 - Math.Abs(u);
            double k = Math.Floor((2 * a / us + b) * u + mean + 0.43);
            if (us >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2)) return k;
            if (k < 0 || (us < 0.013 && v > us)) continue;
            if (Math.Log(v) + Math.Log(inverse) - Math.Log(a / (us * us) + b) <= k * logMean - mean - LogFactorial(k)) return k;
        }
    }

    /// <summary>ln k!, by Stirling's series where it is exact to 1e-9.</summary>
    private static double LogFactorial(double k)
    {
        if (k < 16)
        {
            double sum = 0;
            for (int i = 2; i <= k; i++) sum += Math.Log(i);
            return sum;
        }
        double n = k + 1, square = n * n;
        return (n - 0.5) * Math.Log(n) - n + 0.5 * Math.Log(2 * Math.PI) + (1 - (1 - 2 / (7 * square)) / (30 * square)) / (12 * n);
    }
}
