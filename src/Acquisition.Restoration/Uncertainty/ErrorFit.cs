using System.Collections.Immutable;

namespace Acquisition.Restoration.Uncertainty;

/// <summary>Fits an <see cref="ErrorModel"/> to voxels whose errors are known.</summary>
internal static class ErrorFit
{
    /// <summary>Entries of the table, where there are voxels enough.</summary>
    private const int MaxEntries = 24;

    private const int MinVoxelsPerEntry = 64;

    /// <summary>Brightness and gradient are offset by this share of their mean, errors by this share of their median:
    /// logarithms must not make much of differences between almost nothing and nothing.</summary>
    private const double FeatureOffset = 0.1;

    private const double ErrorOffset = 0.3;

    private const double Tiny = 1e-7;

    /// <param name="gridFactor">What the table's errors are multiplied by.</param>
    public static ErrorModel Fit(ReadOnlySpan<float> brightness, ReadOnlySpan<float> gradient, ReadOnlySpan<float> errors, double gridFactor)
    {
        double offsetB = FeatureOffset * Mean(brightness) + Tiny, offsetG = FeatureOffset * Mean(gradient) + Tiny;
        var (weightB, weightG) = Weights(Logarithms(brightness, offsetB), Logarithms(gradient, offsetG), Logarithms(errors, ErrorOffset * Median(errors) + Tiny));
        var draft = new ErrorModel
        {
            BrightnessWeight = weightB,
            GradientWeight = weightG,
            BrightnessOffset = offsetB,
            GradientOffset = offsetG,
            Scores = [0],
            Errors = [0],
            GridFactor = 1,
            HeldOut = new(0, 0, 0),
        };
        var scores = new float[errors.Length];
        for (int i = 0; i < scores.Length; i++) scores[i] = (float)draft.Score(brightness[i], gradient[i]);
        var (at, known) = Table(scores, errors);
        ErrorModel measured = draft with { Scores = at, Errors = known };

        var predicted = new float[scores.Length];
        for (int i = 0; i < scores.Length; i++) predicted[i] = (float)measured.Predict(scores[i]);
        return measured with
        {
            Errors = [.. known.Select(error => error * gridFactor)],
            GridFactor = gridFactor,
            HeldOut = ErrorScore.Of(predicted, errors),
        };
    }

    /// <summary>Least squares of ln error over two logarithms, neither weight below 0.</summary>
    private static (double B, double G) Weights(double[] b, double[] g, double[] e)
    {
        double meanB = b.Average(), meanG = g.Average(), meanE = e.Average();
        double bb = 0, gg = 0, bg = 0, be = 0, ge = 0;
        for (int i = 0; i < e.Length; i++)
        {
            double db = b[i] - meanB, dg = g[i] - meanG, de = e[i] - meanE;
            bb += db * db;
            gg += dg * dg;
            bg += db * dg;
            be += db * de;
            ge += dg * de;
        }
        double determinant = bb * gg - bg * bg;
        if (determinant > 1e-9 * bb * gg)
        {
            double weightB = (be * gg - ge * bg) / determinant, weightG = (ge * bb - be * bg) / determinant;
            if (weightB >= 0 && weightG >= 0) return (weightB, weightG);
        }

        // With two unknowns, one of them zero is the best that is left: the one that alone explains more.
        double aloneB = bb > 0 ? Math.Max(be, 0) / bb : 0, aloneG = gg > 0 ? Math.Max(ge, 0) / gg : 0;
        return aloneB * aloneB * bb >= aloneG * aloneG * gg ? (aloneB, 0) : (0, aloneG);
    }

    /// <summary>Root mean square error of voxels of like score, made not to fall.</summary>
    private static (ImmutableArray<double> Scores, ImmutableArray<double> Errors) Table(float[] scores, ReadOnlySpan<float> errors)
    {
        float[] sorted = [.. scores], sizes = errors.ToArray();
        Array.Sort(sorted, sizes);
        int entries = Math.Clamp(sorted.Length / MinVoxelsPerEntry, 1, MaxEntries);
        var at = new double[entries];
        var squares = new double[entries];
        for (int entry = 0; entry < entries; entry++)
        {
            int start = (int)((long)sorted.Length * entry / entries), end = (int)((long)sorted.Length * (entry + 1) / entries);
            for (int i = start; i < end; i++)
            {
                at[entry] += sorted[i] / (double)(end - start);
                squares[entry] += (double)sizes[i] * sizes[i] / (end - start);
            }
        }
        Isotonic.Fit(squares);
        return Distinct(at, squares);
    }

    /// <summary>Entries of one score, as where much is plain black, become one with their mean.</summary>
    private static (ImmutableArray<double> Scores, ImmutableArray<double> Errors) Distinct(double[] at, double[] squares)
    {
        var scores = ImmutableArray.CreateBuilder<double>();
        var errors = ImmutableArray.CreateBuilder<double>();
        for (int start = 0, end; start < at.Length; start = end)
        {
            // Rounding must not tell apart what is one score.
            for (end = start + 1; end < at.Length && at[end] - at[start] <= 1e-6 * Math.Max(1, Math.Abs(at[start]));) end++;
            scores.Add(at[start]);
            errors.Add(Math.Sqrt(squares.AsSpan(start, end - start).ToArray().Average()));
        }
        return (scores.ToImmutable(), errors.ToImmutable());
    }

    private static double[] Logarithms(ReadOnlySpan<float> values, double offset)
    {
        var logarithms = new double[values.Length];
        for (int i = 0; i < values.Length; i++) logarithms[i] = Math.Log(Math.Max(values[i], 0) + offset);
        return logarithms;
    }

    private static double Mean(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values) sum += Math.Max(value, 0);
        return sum / values.Length;
    }

    private static double Median(ReadOnlySpan<float> values)
    {
        float[] sorted = values.ToArray();
        Array.Sort(sorted);
        return sorted[sorted.Length / 2];
    }
}
