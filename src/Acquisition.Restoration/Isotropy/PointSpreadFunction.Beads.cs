using Acquisition.Core;
using Acquisition.Restoration.Sampling;

namespace Acquisition.Restoration.Isotropy;

public sealed partial class PointSpreadFunction
{
    /// <summary>Shares of the peak below this are background that its subtraction left.</summary>
    private const double LeastShare = 0.01;

    /// <summary>Measures the function on a stack of beads smaller than its resolution: the mean of all that stand alone, each with its
    /// background taken off, its centre moved to the middle by less than a voxel, and its light made 1.</summary>
    /// <remarks>Values below 1 % of the peak become 0. The beads' own size is not taken off: beads should be at most half as large as
    /// the resolution.</remarks>
    /// <param name="voxel">Of the stack; pixels must be square. The function is sampled at the pixel size on all axes.</param>
    /// <exception cref="RestorationException">Too few beads stand alone, or pixels are not square.</exception>
    public static PointSpreadFunction FromBeads(FloatVolume volume, VoxelSize voxel, BeadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentNullException.ThrowIfNull(voxel);
        if (Math.Abs(voxel.YUm / voxel.XUm - 1) > 0.01)
            throw new RestorationException($"Voxels are {voxel}; a point spread function is measured on pixels as high as wide.");
        var search = new BeadSearch(volume, voxel, options ?? new BeadOptions());
        double step = voxel.XUm / voxel.ZUm;
        int radiusZ = Math.Max(1, (int)(search.Radius.Z / step)), radius = search.Radius.X;
        var shape = new VolumeShape(2 * radiusZ + 1, 2 * radius + 1, 2 * radius + 1);
        Require.InRange(shape.Voxels, 1, MaxVoxels, "Voxels of the point spread function");
        var sum = new double[shape.Voxels];
        var one = new double[shape.Voxels];
        foreach (var bead in search.Find())
        {
            double background = Background(volume, bead, search.Radius);
            var centre = Centre(volume, bead, search.Radius, background);
            double light = 0;
            for (int z = -radiusZ, i = 0; z <= radiusZ; z++)
            {
                for (int y = -radius; y <= radius; y++)
                {
                    for (int x = -radius; x <= radius; x++, i++)
                        light += one[i] = Sample(volume, centre.Z + z * step, centre.Y + y, centre.X + x) - background;
                }
            }
            for (int i = 0; i < sum.Length; i++) sum[i] += one[i] / light;
        }
        double least = LeastShare * sum.Max();
        for (int i = 0; i < sum.Length; i++) sum[i] = sum[i] < least ? 0 : sum[i];
        return new PointSpreadFunction(shape, sum, voxel.XUm, null);
    }

    /// <summary>Median over the faces of what is cut out.</summary>
    private static double Background(FloatVolume volume, (int Z, int Y, int X) bead, (int Z, int Y, int X) radius)
    {
        var faces = new List<float>();
        for (int z = -radius.Z; z <= radius.Z; z++)
        {
            for (int y = -radius.Y; y <= radius.Y; y++)
            {
                for (int x = -radius.X; x <= radius.X; x++)
                {
                    if (Math.Abs(z) == radius.Z || Math.Abs(y) == radius.Y || Math.Abs(x) == radius.X) faces.Add(Voxel(volume, bead.Z + z, bead.Y + y, bead.X + x));
                }
            }
        }
        faces.Sort();
        return faces[faces.Count / 2];
    }

    /// <summary>Centre of gravity of what is brighter than half of the peak: noise further out does not move it.</summary>
    private static (double Z, double Y, double X) Centre(
        FloatVolume volume, (int Z, int Y, int X) bead, (int Z, int Y, int X) radius, double background)
    {
        double half = background + (Voxel(volume, bead.Z, bead.Y, bead.X) - background) / 2, sum = 0, sumZ = 0, sumY = 0, sumX = 0;
        for (int z = -radius.Z; z <= radius.Z; z++)
        {
            for (int y = -radius.Y; y <= radius.Y; y++)
            {
                for (int x = -radius.X; x <= radius.X; x++)
                {
                    double weight = Math.Max(0, Voxel(volume, bead.Z + z, bead.Y + y, bead.X + x) - half);
                    sum += weight;
                    sumZ += weight * z;
                    sumY += weight * y;
                    sumX += weight * x;
                }
            }
        }
        return sum > 0 ? (bead.Z + sumZ / sum, bead.Y + sumY / sum, bead.X + sumX / sum) : bead;
    }

    /// <summary>Cubic interpolation; the outermost voxels repeat.</summary>
    private static double Sample(FloatVolume volume, double z, double y, double x)
    {
        int z0 = (int)Math.Floor(z), y0 = (int)Math.Floor(y), x0 = (int)Math.Floor(x);
        double sum = 0;
        for (int k = z0 - 1; k <= z0 + 2; k++)
        {
            double inPlane = 0;
            for (int j = y0 - 1; j <= y0 + 2; j++)
            {
                double inRow = 0;
                for (int i = x0 - 1; i <= x0 + 2; i++) inRow += CubicTaps.Keys(x - i) * Voxel(volume, k, j, i);
                inPlane += CubicTaps.Keys(y - j) * inRow;
            }
            sum += CubicTaps.Keys(z - k) * inPlane;
        }
        return sum;
    }

    private static float Voxel(FloatVolume volume, int z, int y, int x)
    {
        VolumeShape shape = volume.Shape;
        float value = volume.Plane(Math.Clamp(z, 0, shape.Z - 1))[Math.Clamp(y, 0, shape.Y - 1) * shape.X + Math.Clamp(x, 0, shape.X - 1)];
        return float.IsFinite(value) ? value : 0;
    }
}
