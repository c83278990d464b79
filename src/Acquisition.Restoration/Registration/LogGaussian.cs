namespace Acquisition.Restoration.Registration;

/// <summary>Finds the top of a peak between samples: least squares of a two-dimensional Gaussian, turned at will, on the logarithm of 5 × 5 values.</summary>
/// <remarks>Weighted by the squared values, which makes noise of the logarithm even (Guo 2011, IEEE Signal Process. Mag. 28); what is not above
/// zero is left out.</remarks>
internal static class LogGaussian
{
    public const int Reach = 2;
    public const int Edge = 2 * Reach + 1;

    private const int Terms = 6;

    /// <summary>How far the top may lie off the middle, pixels.</summary>
    private const double FarthestTop = 1.5;

    /// <param name="values">(y, x), the largest in the middle.</param>
    /// <returns>Where the top lies, from the middle; <see langword="null"/> where values have none.</returns>
    public static Shift? Top(ReadOnlySpan<double> values)
    {
        double middle = values[values.Length / 2];
        if (!(middle > 0)) return null;
        var normal = new double[Terms, Terms + 1];
        Span<double> terms = stackalloc double[Terms];
        for (int i = 0; i < values.Length; i++)
        {
            double value = values[i] / middle, y = i / Edge - Reach, x = i % Edge - Reach;
            if (!(value > 0)) continue;
            (terms[0], terms[1], terms[2], terms[3], terms[4], terms[5]) = (1, y, x, y * y, y * x, x * x);
            LeastSquares.Add(normal, terms, Math.Log(value), value * value);
        }

        if (LeastSquares.Solve(normal) is not { } found) return null;
        double yy = 2 * found[3], yx = found[4], xx = 2 * found[5], determinant = yy * xx - yx * yx;
        if (!(yy < 0 && determinant > 0)) return null;
        var top = new Shift((yx * found[2] - xx * found[1]) / determinant, (yx * found[1] - yy * found[2]) / determinant);
        return Math.Max(Math.Abs(top.Y), Math.Abs(top.X)) <= FarthestTop ? top : null;
    }
}
