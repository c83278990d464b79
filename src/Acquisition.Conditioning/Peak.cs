namespace Acquisition.Conditioning;

/// <summary>Finds the top of a correlation that is known at whole shifts.</summary>
internal static class Peak
{
    /// <summary>Where a Gaussian through the largest value and its two neighbours is highest, or a parabola where one is not above zero.</summary>
    /// <returns>Index with a fraction; <see langword="null"/> when the largest value lies at an end or there is no top.</returns>
    public static double? Top(ReadOnlySpan<double> values)
    {
        int at = 0;
        for (int i = 1; i < values.Length; i++)
            if (values[i] > values[at]) at = i;
        if (at == 0 || at == values.Length - 1) return null;
        (double below, double top, double above) = (values[at - 1], values[at], values[at + 1]);
        if (below > 0 && above > 0) (below, top, above) = (Math.Log(below), Math.Log(top), Math.Log(above));
        double bend = below - 2 * top + above;
        return bend < 0 ? at + 0.5 * (below - above) / bend : null;
    }
}
