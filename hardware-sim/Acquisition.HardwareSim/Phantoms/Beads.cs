using Acquisition.HardwareSim.Optics;

namespace Acquisition.HardwareSim.Phantoms;

/// <summary>Points far smaller than a voxel, one per 35,000 voxels of the fine grid.</summary>
internal sealed class Beads(Field field, int seed, bool moving) : IPhantom
{
    private const int VoxelsPerBead = 35_000;
    private const double WanderUm = 1;

    public void Draw(int timePoint, int channel, FloatVolume volume)
    {
        var random = new SeededRandom(seed, channel);
        long count = Math.Max(1, field.Shape.Voxels / VoxelsPerBead);
        for (long i = 0; i < count; i++)
        {
            PointUm home = field.RandomPoint(random);
            double brightness = random.Next(0.5, 1);
            var wander = new Wander(random, moving, WanderUm);
            Add(volume, home + wander.At(timePoint), brightness);
        }
    }

    /// <summary>Spreads one point over the 27 voxels nearest to it, so that its centre is exact and its width zero.</summary>
    /// <remarks>The weights are those of quadratic interpolation. They keep the first and the second moment, which linear
    /// ones do not: a bead between two voxels would come out wider than one on a voxel. The negative ones among them
    /// vanish in the blur.</remarks>
    internal void Add(FloatVolume volume, PointUm place, double brightness)
    {
        Span<double> wz = stackalloc double[3];
        Span<double> wy = stackalloc double[3];
        Span<double> wx = stackalloc double[3];
        int z = Weigh(place.Z / field.Voxel.ZUm - 0.5, field.Shape.Z, wz);
        int y = Weigh(place.Y / field.Voxel.YUm - 0.5, field.Shape.Y, wy);
        int x = Weigh(place.X / field.Voxel.XUm - 0.5, field.Shape.X, wx);
        for (int i = 0; i < 27; i++)
        {
            (int dz, int dy, int dx) = (i / 9, i / 3 % 3, i % 3);
            int offset = volume.Offset(
                AxisFilter.Mirror(z + dz - 1, field.Shape.Z),
                AxisFilter.Mirror(y + dy - 1, field.Shape.Y),
                AxisFilter.Mirror(x + dx - 1, field.Shape.X));
            volume.Samples[offset] += (float)(brightness * wz[dz] * wy[dy] * wx[dx]);
        }
    }

    private static int Weigh(double coordinate, int extent, Span<double> weights)
    {
        int nearest = (int)Math.Round(Math.Clamp(coordinate, -1, extent));
        double d = Math.Clamp(coordinate, -1, extent) - nearest;
        weights[0] = d * (d - 1) / 2;
        weights[1] = 1 - d * d;
        weights[2] = d * (d + 1) / 2;
        return nearest;
    }
}
