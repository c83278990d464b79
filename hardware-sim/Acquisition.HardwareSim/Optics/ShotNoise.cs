namespace Acquisition.HardwareSim.Optics;

/// <summary>Random counts of light.</summary>
internal static class ShotNoise
{
    /// <summary>A Poisson variate. Below 10 by multiplication (Knuth), else by transformed rejection (Hörmann 1993, PTRS).</summary>
    /// <param name="mean">0 or greater.</param>
    public static double Poisson(double mean, SeededRandom random)
    {
        if (mean <= 0) return 0;
        return mean < 10 ? ByMultiplication(mean, random) : ByRejection(mean, random);
    }

    /// <summary>A gamma variate of scale 1 (Marsaglia and Tsang 2000).</summary>
    /// <param name="shape">1 or greater.</param>
    public static double Gamma(double shape, SeededRandom random)
    {
        double d = shape - 1.0 / 3;
        double c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = random.NextNormal();
            double v = 1 + c * x;
            if (v <= 0) continue;
            v *= v * v;
            if (Math.Log(1 - random.NextUnit()) < 0.5 * x * x + d - d * v + d * Math.Log(v)) return d * v;
        }
    }

    private static double ByMultiplication(double mean, SeededRandom random)
    {
        double limit = Math.Exp(-mean);
        double product = random.NextUnit();
        int count = 0;
        while (product > limit)
        {
            count++;
            product *= random.NextUnit();
        }

        return count;
    }

    private static double ByRejection(double mean, SeededRandom random)
    {
        double b = 0.931 + 2.53 * Math.Sqrt(mean);
        double a = -0.059 + 0.02483 * b;
        double inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
        double accept = 0.9277 - 3.6224 / (b - 2);
        while (true)
        {
            double u = random.NextUnit() - 0.5;
            double v = 1 - random.NextUnit();
            double us = 0.5 - Math.Abs(u);
            double k = Math.Floor((2 * a / us + b) * u + mean + 0.43);
            if (us >= 0.07 && v <= accept) return k;
            if (k < 0 || (us < 0.013 && v > us)) continue;
            if (Math.Log(v * inverseAlpha / (a / (us * us) + b)) <= k * Math.Log(mean) - mean - LogFactorial(k)) return k;
        }
    }

    // Stirling's series; its error is below 1e-9 from 10 on, and smaller numbers are multiplied out.
    private static double LogFactorial(double k)
    {
        if (k < 10)
        {
            double product = 1;
            for (int i = 2; i <= k; i++) product *= i;
            return Math.Log(product);
        }

        double inverse = 1 / (k + 1);
        return (k + 0.5) * Math.Log(k + 1) - (k + 1) + 0.5 * Math.Log(2 * Math.PI)
            + inverse * (1.0 / 12 - inverse * inverse * (1.0 / 360 - inverse * inverse / 1260));
    }
}
