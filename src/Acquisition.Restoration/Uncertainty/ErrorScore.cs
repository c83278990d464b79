namespace Acquisition.Restoration.Uncertainty;

/// <summary>How well predicted standard errors agree with the errors that were found.</summary>
/// <param name="Rank">Spearman's correlation of predicted and found size; 0 where either is constant.</param>
/// <param name="WithinOne">Share of voxels whose error is at most the predicted one; 0.683 for normal errors.</param>
/// <param name="WithinTwo">Share within twice that; 0.954 for normal errors.</param>
public sealed record ErrorScore(double Rank, double WithinOne, double WithinTwo)
{
    /// <param name="predicted">Standard errors, in any unit.</param>
    /// <param name="found">Sizes of the errors at the same voxels, in the same unit.</param>
    /// <exception cref="ArgumentException">The lengths differ, or there is nothing to compare.</exception>
    public static ErrorScore Of(ReadOnlySpan<float> predicted, ReadOnlySpan<float> found)
    {
        if (predicted.Length != found.Length || predicted.IsEmpty)
            throw new ArgumentException($"There are {predicted.Length} predictions and {found.Length} errors; as many, and at least one, are needed.");
        long one = 0, two = 0;
        for (int i = 0; i < found.Length; i++)
        {
            if (found[i] <= predicted[i]) one++;
            if (found[i] <= 2 * predicted[i]) two++;
        }
        return new(Correlation(Ranks(predicted), Ranks(found)), (double)one / found.Length, (double)two / found.Length);
    }

    /// <summary>Ranks from 0, equal values sharing their mean rank.</summary>
    private static double[] Ranks(ReadOnlySpan<float> values)
    {
        float[] sorted = values.ToArray();
        int[] order = [.. Enumerable.Range(0, sorted.Length)];
        Array.Sort(sorted, order);
        var ranks = new double[sorted.Length];
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            for (end = start + 1; end < sorted.Length && sorted[end] == sorted[start];) end++;
            for (int i = start; i < end; i++) ranks[order[i]] = (start + end - 1) / 2.0;
        }
        return ranks;
    }

    private static double Correlation(double[] a, double[] b)
    {
        double mean = (a.Length - 1) / 2.0, product = 0, squareA = 0, squareB = 0;
        for (int i = 0; i < a.Length; i++)
        {
            product += (a[i] - mean) * (b[i] - mean);
            squareA += (a[i] - mean) * (a[i] - mean);
            squareB += (b[i] - mean) * (b[i] - mean);
        }
        return squareA > 0 && squareB > 0 ? product / Math.Sqrt(squareA * squareB) : 0;
    }
}
