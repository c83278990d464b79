using Acquisition.Core;

namespace Acquisition.Restoration.Training;

/// <summary>The part of a large volume that a network is tuned on: what there is to learn repeats, and judging costs time and memory.</summary>
internal static class TuningRegion
{
    /// <summary>About 24 planes of 590 × 590.</summary>
    public const long MaxVoxels = 8L << 20;

    /// <summary>Windows are tried at this many positions on each axis.</summary>
    private const int Positions = 9;

    /// <summary>Cuts out the window with the most structure, of the volume's proportions.</summary>
    /// <returns>A copy for the caller to dispose; <see langword="null"/> when the volume is small enough as it is.</returns>
    public static FloatVolume? Of(FloatVolume volume, long maxVoxels = MaxVoxels)
    {
        VolumeShape all = volume.Shape;
        if (all.Voxels <= maxVoxels) return null;

        // Planes are kept while they fit, because axial context is the scarcest.
        int planes = (int)Math.Clamp(maxVoxels / (64L * 64), 1, all.Z);
        double shrink = Math.Sqrt((double)maxVoxels / ((long)planes * all.PlaneVoxels));
        var window = new VolumeShape(planes, Edge(all.Y, shrink), Edge(all.X, shrink));

        var best = (Energy: double.NegativeInfinity, Corner: default(Crop));
        foreach (int z in Starts(all.Z, window.Z))
        {
            foreach (int y in Starts(all.Y, window.Y))
            {
                foreach (int x in Starts(all.X, window.X))
                {
                    double energy = Energy(volume, z, y, x, window);
                    if (energy > best.Energy) best = (energy, new Crop(z, y, x, false, false, false, false));
                }
            }
        }

        var region = new FloatVolume(window);
        best.Corner.Read(volume, region);
        return region;
    }

    private static int Edge(int extent, double shrink) => Math.Clamp((int)(extent * Math.Min(shrink, 1)), Math.Min(extent, 64), extent);

    private static IEnumerable<int> Starts(int extent, int window) =>
        Enumerable.Range(0, Positions).Select(i => (int)((long)(extent - window) * i / (Positions - 1))).Distinct();

    /// <summary>Sum of squared differences between neighbours along x, on every fourth row of every fourth plane.</summary>
    private static double Energy(FloatVolume volume, int z0, int y0, int x0, VolumeShape window)
    {
        const int Stride = 4;
        double sum = 0;
        for (int z = z0; z < z0 + window.Z; z += Stride)
        {
            for (int y = y0; y < y0 + window.Y; y += Stride)
            {
                ReadOnlySpan<float> row = volume.Plane(z).Slice(y * volume.Shape.X + x0, window.X);
                for (int x = 1; x < row.Length; x++)
                {
                    float step = row[x] - row[x - 1];
                    sum += step * step;
                }
            }
        }

        return sum;
    }
}
