namespace Acquisition.Conditioning;

/// <summary>Refines a shift in x that is known to about a pixel, and says how certain it then is.</summary>
/// <remarks>Cross-correlation at neighbouring shifts, and the top between them. Independent noise of the two pictures
/// adds nothing to it on average, whatever its strength. The standard error is jackknifed: the peak is found again without
/// each of 16 bands of rows in turn (Efron and Stein 1981).</remarks>
internal static class CorrelationPeak
{
    private const int Reach = 3;
    private const int Shifts = 2 * Reach + 1;
    private const int Bands = 16;

    /// <param name="first">Rows of <paramref name="width"/> samples, of a mean of 0; like the second.</param>
    /// <param name="about">Whole pixels by which the second is expected to lie further along x.</param>
    /// <returns>Shift and its standard error, pixels; <see langword="null"/> without a peak near the expected shift.</returns>
    public static (double Shift, double Error)? Refine(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int width, int about)
    {
        int rows = first.Length / width, margin = Math.Abs(about) + Reach;
        if (rows < Bands || width < 4 * margin) return null;
        var bands = new double[Bands][];
        var sum = new double[Shifts];
        for (int band = 0; band < Bands; band++)
        {
            bands[band] = Correlate(first, second, width, about, rows * band / Bands, rows * (band + 1) / Bands);
            for (int i = 0; i < Shifts; i++) sum[i] += bands[band][i];
        }

        if (Peak.Top(sum) is not { } top) return null;
        var without = new double[Bands];
        for (int band = 0; band < Bands; band++)
        {
            if (Peak.Top([.. sum.Zip(bands[band], (all, one) => all - one)]) is not { } other) return null;
            without[band] = other;
        }

        double mean = without.Average();
        double error = Math.Sqrt((Bands - 1.0) / Bands * without.Sum(one => (one - mean) * (one - mean)));
        return (about + top - Reach, error);
    }

    /// <summary>Σ first(x) · second(x + about + shift) over rows of a band, for each shift. No sample lacks its partner.</summary>
    private static double[] Correlate(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int width, int about, int row, int end)
    {
        int margin = Math.Abs(about) + Reach;
        var sums = new double[Shifts];
        for (; row < end; row++)
        {
            ReadOnlySpan<float> a = first.Slice(row * width + margin, width - 2 * margin);
            for (int i = 0; i < Shifts; i++)
            {
                ReadOnlySpan<float> b = second.Slice(row * width + margin + about + i - Reach, a.Length);
                float sum = 0;
                for (int x = 0; x < a.Length; x++) sum += a[x] * b[x];
                sums[i] += sum;
            }
        }

        return sums;
    }
}
