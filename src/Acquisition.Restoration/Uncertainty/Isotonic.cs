namespace Acquisition.Restoration.Uncertainty;

/// <summary>Least-squares fit of values that must not fall (pool adjacent violators; Barlow et al. 1972).</summary>
internal static class Isotonic
{
    /// <summary>Replaces the values by their fit; all weigh the same.</summary>
    public static void Fit(Span<double> values)
    {
        Span<(double Sum, int Count)> pools = values.Length <= 256 ? stackalloc (double, int)[values.Length] : new (double, int)[values.Length];
        int used = 0;
        foreach (double value in values)
        {
            pools[used++] = (value, 1);
            while (used > 1 && pools[used - 2].Sum * pools[used - 1].Count >= pools[used - 1].Sum * pools[used - 2].Count)
            {
                pools[used - 2] = (pools[used - 2].Sum + pools[used - 1].Sum, pools[used - 2].Count + pools[used - 1].Count);
                used--;
            }
        }
        int next = 0;
        foreach (var (sum, count) in pools[..used])
        {
            values.Slice(next, count).Fill(sum / count);
            next += count;
        }
    }
}
