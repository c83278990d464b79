using Acquisition.Core;

namespace Acquisition.Restoration.Isotropy;

/// <summary>A blur within a plane, (y, x) with x along the axis that is degraded; odd extents, centred, no weight negative, sum 1.</summary>
public sealed class PlaneKernel
{
    private readonly float[] _weights;

    internal PlaneKernel(int height, int width, ReadOnlySpan<double> weights)
    {
        if (height % 2 == 0 || width % 2 == 0 || weights.Length != checked(height * width))
            throw new ArgumentException($"A kernel of {height}×{width} with {weights.Length} weights was given; odd extents are accepted, with one weight each.");
        double sum = 0;
        foreach (double weight in weights) sum += Require.NotNegative(weight);
        Require.Positive(sum);
        (Height, Width) = (height, width);
        _weights = new float[weights.Length];
        for (int i = 0; i < _weights.Length; i++) _weights[i] = (float)(weights[i] / sum);
    }

    /// <summary>The blur that changes nothing.</summary>
    public static PlaneKernel Identity { get; } = new(1, 1, [1]);

    public int Height { get; }

    public int Width { get; }

    /// <summary>Row-major.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>Weights along x alone, summed over y: what the blur does to something that does not change along y.</summary>
    internal float[] AlongX()
    {
        var line = new float[Width];
        for (int i = 0; i < _weights.Length; i++) line[i % Width] += _weights[i];
        return line;
    }

    /// <summary>The smallest centred rectangle that holds this share of a plane's sum, rows and columns added where they hold more.</summary>
    internal static PlaneKernel Crop(ReadOnlySpan<double> plane, int height, int width, double share)
    {
        double all = 0;
        foreach (double value in plane) all += value;
        int ry = 0, rx = 0;
        double held = plane[height / 2 * width + width / 2];
        while (held < share * all && (ry < height / 2 || rx < width / 2))
        {
            double rows = ry < height / 2 ? Held(plane, height, width, ry + 1, rx) - held : -1;
            double columns = rx < width / 2 ? Held(plane, height, width, ry, rx + 1) - held : -1;
            if (rows > columns) ry++;
            else rx++;
            held += Math.Max(rows, columns);
        }
        var kept = new double[(2 * ry + 1) * (2 * rx + 1)];
        for (int y = -ry, i = 0; y <= ry; y++)
        {
            for (int x = -rx; x <= rx; x++, i++) kept[i] = plane[(height / 2 + y) * width + width / 2 + x];
        }
        return new PlaneKernel(2 * ry + 1, 2 * rx + 1, kept);
    }

    private static double Held(ReadOnlySpan<double> plane, int height, int width, int ry, int rx)
    {
        double sum = 0;
        for (int y = height / 2 - ry; y <= height / 2 + ry; y++)
        {
            foreach (double value in plane.Slice(y * width + width / 2 - rx, 2 * rx + 1)) sum += value;
        }
        return sum;
    }
}
