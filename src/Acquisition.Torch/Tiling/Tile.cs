using Acquisition.Core;
using Acquisition.Restoration.Inference;

namespace Acquisition.Torch.Tiling;

/// <summary>A box of a volume: what it answers for on each axis, and what it must read for that.</summary>
internal readonly record struct Tile(ColumnSpan Z, ColumnSpan Y, ColumnSpan X)
{
    /// <summary>Smaller boxes are mostly halo.</summary>
    private const int SmallestEdge = 16;

    /// <summary>What it reads.</summary>
    public VolumeShape Read => new(Z.ReadLength, Y.ReadLength, X.ReadLength);

    /// <summary>What it answers for.</summary>
    public VolumeShape Core => new(Z.End - Z.Start, Y.End - Y.Start, X.End - X.Start);

    public static Tile Whole(VolumeShape volume) => new(new(0, volume.Z, 0, volume.Z), new(0, volume.Y, 0, volume.Y), new(0, volume.X, 0, volume.X));

    /// <summary>Cuts a volume into tiles that read at most so many voxels, as far as that is possible.</summary>
    /// <param name="halo">What a network sees to either side.</param>
    public static IEnumerable<Tile> Plan(VolumeShape volume, int halo, long mostVoxels)
    {
        var left = new Stack<Tile>([Whole(volume)]);
        while (left.TryPop(out Tile tile))
        {
            if (tile.Read.Voxels > mostVoxels && tile.Halves(volume, halo) is var (first, second))
            {
                left.Push(second);
                left.Push(first);
            }
            else
            {
                yield return tile;
            }
        }
    }

    /// <summary>Cut across the longest edge; <see langword="null"/> for a tile that is too small for that.</summary>
    public (Tile First, Tile Second)? Halves(VolumeShape volume, int halo)
    {
        VolumeShape core = Core;
        int longest = Math.Max(core.Z, Math.Max(core.Y, core.X));
        if (longest < 2 * SmallestEdge) return null;
        if (core.Y == longest) return (this with { Y = Half(Y, volume.Y, halo, false) }, this with { Y = Half(Y, volume.Y, halo, true) });
        if (core.X == longest) return (this with { X = Half(X, volume.X, halo, false) }, this with { X = Half(X, volume.X, halo, true) });
        return (this with { Z = Half(Z, volume.Z, halo, false) }, this with { Z = Half(Z, volume.Z, halo, true) });
    }

    private static ColumnSpan Half(ColumnSpan span, int length, int halo, bool isSecond)
    {
        int middle = (span.Start + span.End) / 2;
        int start = isSecond ? middle : span.Start, end = isSecond ? span.End : middle;
        return new(start, end, Math.Max(0, start - halo), Math.Min(length, end + halo));
    }
}
