namespace Acquisition.Restoration.Registration;

/// <summary>Normal equations of a handful of unknowns: a square matrix with the right-hand side as its last column.</summary>
internal static class LeastSquares
{
    /// <summary>Adds one observation, of which only the upper triangle is kept.</summary>
    public static void Add(double[,] normal, ReadOnlySpan<double> terms, double value, double weight)
    {
        for (int i = 0; i < terms.Length; i++)
        {
            for (int j = i; j < terms.Length; j++) normal[i, j] += weight * terms[i] * terms[j];
            normal[i, terms.Length] += weight * terms[i] * value;
        }
    }

    /// <summary>Solves by Cholesky's decomposition.</summary>
    /// <returns><see langword="null"/> where observations do not determine all unknowns.</returns>
    public static double[]? Solve(double[,] normal)
    {
        int n = normal.GetLength(0);
        var lower = new double[n, n];
        var solution = new double[n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = normal[j, i];
                for (int k = 0; k < j; k++) sum -= lower[i, k] * lower[j, k];
                if (i != j) lower[i, j] = sum / lower[j, j];
                else if (sum > 1e-12 * normal[i, i]) lower[i, i] = Math.Sqrt(sum);
                else return null;
            }

            double rest = normal[i, n];
            for (int k = 0; k < i; k++) rest -= lower[i, k] * solution[k];
            solution[i] = rest / lower[i, i];
        }

        for (int i = n - 1; i >= 0; i--)
        {
            for (int k = i + 1; k < n; k++) solution[i] -= lower[k, i] * solution[k];
            solution[i] /= lower[i, i];
        }

        return solution;
    }
}
