using Acquisition.Core;

namespace Acquisition.Conditioning;

/// <summary>Finds how many planes one volume lies off another, by correlating planes of coarse copies.</summary>
/// <remarks>Copies of a quarter of the pixels in y and x hold all that z needs: on simulated specimens in the noise of ten
/// photoelectrons the shift comes out to a tenth of a plane.</remarks>
internal static class PlaneShift
{
    /// <summary>Pixels in y and x that become one.</summary>
    private const int Bin = 4;

    /// <summary>Means over blocks of pixels, plane by plane.</summary>
    public static float[] Shrink(VolumeBuffer volume)
    {
        VolumeShape shape = Shrunk(volume.Shape);
        var small = new float[shape.Voxels];
        for (int z = 0; z < shape.Z; z++)
        {
            ReadOnlySpan<float> plane = volume.Plane<float>(z);
            Span<float> target = small.AsSpan(z * shape.PlaneVoxels, shape.PlaneVoxels);
            for (int y = 0; y < shape.Y * Bin; y++)
                for (int x = 0; x < shape.X * Bin; x++)
                    target[y / Bin * shape.X + x / Bin] += plane[y * volume.Shape.X + x] / (Bin * Bin);
        }

        return small;
    }

    /// <param name="first">Made by <see cref="Shrink"/>, like the second.</param>
    /// <param name="whole">Shape of the volumes.</param>
    /// <param name="dy">How much further along y the second shows the specimen; pixels.</param>
    /// <returns>How much further along z; planes. <see langword="null"/> when no shift by less than half the planes fits.</returns>
    public static double? Find(float[] first, float[] second, VolumeShape whole, double dy, double dx)
    {
        VolumeShape shape = Shrunk(whole);
        int down = (int)Math.Round(dy / Bin), across = (int)Math.Round(dx / Bin), reach = shape.Z / 2;
        if (Math.Abs(down) >= shape.Y || Math.Abs(across) >= shape.X) return null;
        var likeness = new double[2 * reach + 1];
        for (int i = 0; i < likeness.Length; i++) likeness[i] = Likeness(first, second, shape, i - reach, down, across);
        return Peak.Top(likeness) - reach;
    }

    private static VolumeShape Shrunk(VolumeShape shape) => shape with { Y = shape.Y / Bin, X = shape.X / Bin };

    /// <summary>Correlation coefficient of what two volumes have in common once the second is laid over the first.</summary>
    private static double Likeness(float[] first, float[] second, VolumeShape shape, int along, int down, int across)
    {
        double sumA = 0, sumB = 0, sumAA = 0, sumBB = 0, sumAB = 0;
        long count = 0;
        int left = Math.Max(-across, 0), width = shape.X - Math.Abs(across);
        for (int z = Math.Max(-along, 0); z < shape.Z - Math.Max(along, 0); z++)
        {
            for (int y = Math.Max(-down, 0); y < shape.Y - Math.Max(down, 0); y++)
            {
                ReadOnlySpan<float> a = first.AsSpan((z * shape.Y + y) * shape.X + left, width);
                ReadOnlySpan<float> b = second.AsSpan(((z + along) * shape.Y + y + down) * shape.X + left + across, width);
                for (int x = 0; x < width; x++)
                {
                    sumA += a[x];
                    sumB += b[x];
                    sumAA += (double)a[x] * a[x];
                    sumBB += (double)b[x] * b[x];
                    sumAB += (double)a[x] * b[x];
                }

                count += width;
            }
        }

        double spread = Math.Sqrt((sumAA - sumA * sumA / count) * (sumBB - sumB * sumB / count));
        return spread > 0 ? (sumAB - sumA * sumB / count) / spread : 0;
    }
}
