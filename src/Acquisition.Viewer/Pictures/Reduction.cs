using System.Numerics;
using Acquisition.Core;

namespace Acquisition.Viewer.Pictures;

/// <summary>Samples that are averaged into one on each axis; whole numbers, 1 for none.</summary>
internal readonly record struct Reduction(int Z, int Y, int X)
{
    public static Reduction None { get; } = new(1, 1, 1);

    /// <summary>The least that makes a volume fit, taken from the axis that is sampled most finely in the specimen.</summary>
    /// <param name="budgetVoxels">Most samples wanted, at least 1; rounded down to a power of two, so that many clients share few copies.</param>
    public static Reduction For(VolumeShape shape, VoxelSize voxel, long budgetVoxels)
    {
        long budget = 1L << BitOperations.Log2((ulong)budgetVoxels);
        Reduction reduction = None;
        while (reduction.Of(shape).Voxels > budget)
        {
            double z = Pitch(voxel.ZUm, reduction.Z, shape.Z), y = Pitch(voxel.YUm, reduction.Y, shape.Y), x = Pitch(voxel.XUm, reduction.X, shape.X);
            reduction = z < y && z < x ? reduction with { Z = reduction.Z + 1 }
                : y < x ? reduction with { Y = reduction.Y + 1 }
                : reduction with { X = reduction.X + 1 };
        }

        return reduction;
    }

    /// <summary>Extent of what is left. The last block of an axis may be smaller.</summary>
    public VolumeShape Of(VolumeShape shape) => new(Blocks(shape.Z, Z), Blocks(shape.Y, Y), Blocks(shape.X, X));

    /// <summary>How many planes are left of the first <paramref name="planes"/> that came, counting whole blocks only.</summary>
    public int PlanesOf(int planes, VolumeShape shape) => planes >= shape.Z ? Blocks(shape.Z, Z) : planes / Z;

    private static int Blocks(int extent, int block) => (extent + block - 1) / block;

    /// <summary>Distance of samples after averaging; infinite where nothing is left to average.</summary>
    private static double Pitch(double um, int block, int extent) => block >= extent ? double.PositiveInfinity : um * block;
}
