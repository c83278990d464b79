using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Storage.Zarr;

/// <summary>One coarser copy of a dataset's volumes, for readers that show all of them at once.</summary>
/// <param name="Number">1-based; 0 are the volumes themselves.</param>
/// <param name="Shape">Extent of a volume.</param>
/// <param name="Shrinking">Samples of level 0, along each axis, whose mean is one sample here; powers of two.</param>
internal readonly record struct PyramidLevel(int Number, VolumeShape Shape, (int Z, int Y, int X) Shrinking)
{
    /// <summary>An axis that is longer is halved once more; about what a screen shows of a volume at a glance.</summary>
    public const int LargestEdge = 256;

    /// <summary>All levels below the volumes, fine to coarse: each halves the axes that are still too long, until y and x fit.</summary>
    /// <returns>Nothing for small volumes.</returns>
    public static ImmutableArray<PyramidLevel> Of(VolumeShape volume)
    {
        var levels = ImmutableArray.CreateBuilder<PyramidLevel>();
        var level = new PyramidLevel(0, volume, (1, 1, 1));
        while (level.Shape.Y > LargestEdge || level.Shape.X > LargestEdge) levels.Add(level = level.Next());
        return levels.ToImmutable();
    }

    /// <summary>Where the first sample stands, in samples of level 0 along an axis: in the middle of those it is the mean of.</summary>
    public static double Origin(int shrinking) => (shrinking - 1) / 2.0;

    private PyramidLevel Next() => new(
        Number + 1,
        new(Half(Shape.Z), Half(Shape.Y), Half(Shape.X)),
        (Shrinking.Z * Step(Shape.Z), Shrinking.Y * Step(Shape.Y), Shrinking.X * Step(Shape.X)));

    private static int Step(int extent) => extent > LargestEdge ? 2 : 1;

    /// <summary>Where the extent is odd, the last sample has no partner and stays.</summary>
    private static int Half(int extent) => (extent - 1) / Step(extent) + 1;
}
