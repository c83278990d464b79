using Acquisition.Core;

namespace Acquisition.Restoration;

/// <summary>How close a volume is to a reference; both in scaled units, data range 1.</summary>
public static class Quality
{
    /// <summary>Voxels left out at every border where nothing else is asked for.</summary>
    public const int DefaultBorder = 4;

    private const int MaxWindow = 7;

    // Wang et al. 2004: constants for a data range of 1.
    private const double C1 = 0.01 * 0.01;
    private const double C2 = 0.03 * 0.03;

    /// <summary>10·log₁₀(1 / mean square error), dB.</summary>
    /// <param name="border">Voxels left out at each border in y and x; in z at most an eighth of the planes, none below 8 planes.</param>
    /// <exception cref="ArgumentException">The shapes differ, or nothing is left inside the border.</exception>
    public static double Psnr(FloatVolume volume, FloatVolume reference, int border = DefaultBorder)
    {
        Interior inside = Inside(volume, reference, border);
        double sum = 0;
        for (int z = 0; z < inside.Shape.Z; z++)
        {
            Span<float> a = volume.Plane(z + inside.Z), b = reference.Plane(z + inside.Z);
            for (int y = 0; y < inside.Shape.Y; y++)
            {
                int row = (y + inside.Border) * volume.Shape.X + inside.Border;
                for (int x = row; x < row + inside.Shape.X; x++)
                {
                    double error = (double)a[x] - b[x];
                    sum += error * error;
                }
            }
        }
        return ToDecibels(sum / inside.Shape.Voxels);
    }

    /// <summary>Mean structural similarity (Wang et al. 2004, eq. 13) over all uniform windows that lie inside, with sample covariances.</summary>
    /// <remarks>The window is a cube of edge 7, smaller and odd where the volume is; below 3 planes it is a square in the plane.</remarks>
    /// <param name="border">As for <see cref="Psnr"/>.</param>
    /// <exception cref="ArgumentException">The shapes differ, or less than a 3×3 window is left inside the border.</exception>
    public static double Ssim(FloatVolume volume, FloatVolume reference, int border = DefaultBorder)
    {
        Interior inside = Inside(volume, reference, border);
        VolumeShape shape = inside.Shape;
        bool flat = shape.Z < 4;
        int smallest = Math.Min(shape.Y, flat ? shape.X : Math.Min(shape.X, shape.Z));
        int window = Math.Min(MaxWindow, smallest / 2 * 2 - 1), planes = flat ? 1 : window;
        if (window < 3)
            throw new ArgumentException($"Inside the border {shape} voxels are left; structural similarity needs at least 4×4 in y and x.");

        // Sums of a, b, aa, bb and ab over the window's planes, kept up from plane to plane.
        double[][] sums = [.. Enumerable.Range(0, 5).Select(_ => new double[shape.PlaneVoxels])];
        double total = 0;
        long count = 0;
        for (int z = 0; z < shape.Z; z++)
        {
            AddPlane(z, 1);
            if (z >= planes) AddPlane(z - planes, -1);
            if (z >= planes - 1) AddSimilarities();
        }
        return total / count;

        void AddPlane(int z, int sign)
        {
            Span<float> a = volume.Plane(z + inside.Z), b = reference.Plane(z + inside.Z);
            for (int y = 0, i = 0; y < shape.Y; y++)
            {
                int row = (y + inside.Border) * volume.Shape.X + inside.Border;
                for (int x = row; x < row + shape.X; x++, i++)
                {
                    double u = a[x], v = b[x];
                    sums[0][i] += sign * u;
                    sums[1][i] += sign * v;
                    sums[2][i] += sign * u * u;
                    sums[3][i] += sign * v * v;
                    sums[4][i] += sign * u * v;
                }
            }
        }

        void AddSimilarities()
        {
            Span<double> box = stackalloc double[5];
            var columns = new double[5 * shape.X];
            for (int y = 0; y < shape.Y; y++)
            {
                for (int s = 0; s < 5; s++)
                {
                    for (int x = 0; x < shape.X; x++)
                    {
                        columns[s * shape.X + x] += sums[s][y * shape.X + x];
                        if (y >= window) columns[s * shape.X + x] -= sums[s][(y - window) * shape.X + x];
                    }
                }
                if (y < window - 1) continue;
                box.Clear();
                for (int x = 0; x < shape.X; x++)
                {
                    for (int s = 0; s < 5; s++)
                    {
                        box[s] += columns[s * shape.X + x];
                        if (x >= window) box[s] -= columns[s * shape.X + x - window];
                    }
                    if (x < window - 1) continue;
                    total += Similarity(box, (double)planes * window * window);
                    count++;
                }
            }
        }
    }

    /// <summary>A mean square error for data of range 1, in decibels.</summary>
    internal static double ToDecibels(double meanSquareError) => -10 * Math.Log10(meanSquareError);

    private static double Similarity(ReadOnlySpan<double> sums, double n)
    {
        double meanA = sums[0] / n, meanB = sums[1] / n, unbias = n / (n - 1);
        double varianceA = unbias * (sums[2] / n - meanA * meanA), varianceB = unbias * (sums[3] / n - meanB * meanB);
        double covariance = unbias * (sums[4] / n - meanA * meanB);
        return (2 * meanA * meanB + C1) * (2 * covariance + C2)
            / ((meanA * meanA + meanB * meanB + C1) * (varianceA + varianceB + C2));
    }

    private static Interior Inside(FloatVolume volume, FloatVolume reference, int border)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentOutOfRangeException.ThrowIfNegative(border);
        VolumeShape all = volume.Shape;
        if (all != reference.Shape)
            throw new ArgumentException($"The volume is {all}, the reference {reference.Shape}; both must have one shape.");
        int borderZ = all.Z >= 8 ? Math.Min(border, all.Z / 8) : 0;
        var shape = new VolumeShape(all.Z - 2 * borderZ, all.Y - 2 * border, all.X - 2 * border);
        return shape.Y > 0 && shape.X > 0
            ? new(borderZ, border, shape)
            : throw new ArgumentException($"Nothing is left of a {all} volume inside a border of {border} voxels.");
    }

    /// <summary>What is compared: first plane, border in y and x, extent.</summary>
    private readonly record struct Interior(int Z, int Border, VolumeShape Shape);
}
