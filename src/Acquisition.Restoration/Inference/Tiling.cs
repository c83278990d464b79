using Acquisition.Core;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Inference;

/// <summary>Part of a volume on one axis: what a tile answers for, and what it must read for that.</summary>
internal readonly record struct TileSpan(int Start, int End, int ReadStart, int ReadEnd)
{
    public int ReadLength => ReadEnd - ReadStart;
}

/// <summary>Cuts a volume into tiles whose activations fit a budget and that give the whole's bits.</summary>
internal sealed class Tiling
{
    /// <summary>Tiles are not cut smaller than this, whatever the budget: the halo would dominate.</summary>
    private const int MinEdge = 16;

    private Tiling(TileSpan[] z, TileSpan[] y, TileSpan[] x) => (Z, Y, X) = (z, y, x);

    public TileSpan[] Z { get; }

    public TileSpan[] Y { get; }

    public TileSpan[] X { get; }

    /// <summary>Halves the longest axis until the largest tile with its halo fits.</summary>
    public static Tiling Plan(VolumeShape volume, CompiledNetwork network, long budgetBytes)
    {
        NetworkLayout layout = network.Layout;
        int halo = network.TileHalo, grid = network.TileGrid;
        int cutsZ = 1, cutsY = 1, cutsX = 1;
        while (true)
        {
            var tiling = new Tiling(
                Cut(volume.Z, cutsZ, halo, grid), Cut(volume.Y, cutsY, halo, grid), Cut(volume.X, cutsX, layout.Radius, 1));
            if (Bytes(tiling, layout) <= budgetBytes) return tiling;
            int z = volume.Z / cutsZ, y = volume.Y / cutsY, x = volume.X / cutsX;
            // Ties are cut in z, then y: long rows of x suit the kernels.
            int longest = Math.Max(z, Math.Max(y, x));
            if (longest < 2 * MinEdge) return tiling;
            if (z == longest) cutsZ *= 2;
            else if (y == longest) cutsY *= 2;
            else cutsX *= 2;
        }
    }

    private static TileSpan[] Cut(int length, int pieces, int halo, int grid)
    {
        var spans = new TileSpan[pieces];
        for (int i = 0; i < pieces; i++)
        {
            int start = Start(i), end = i + 1 == pieces ? length : Start(i + 1);
            spans[i] = new(start, end, Math.Max(0, start - halo), Math.Min(length, end + halo));
        }
        return spans;

        int Start(int piece) => (int)((long)length * piece / pieces) / grid * grid;
    }

    private static long Bytes(Tiling tiling, NetworkLayout layout)
    {
        int z = tiling.Z.Max(span => span.ReadLength), y = tiling.Y.Max(span => span.ReadLength), x = tiling.X.Max(span => span.ReadLength);
        return Activations.Bytes(z, y, 1, x) + 2 * Activations.Bytes(z, y, layout.MaxChannels, x);
    }
}
