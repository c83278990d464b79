using Acquisition.Core;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Inference;

/// <summary>Part of a volume in x: what it answers for, and what it must read for that.</summary>
internal readonly record struct ColumnSpan(int Start, int End, int ReadStart, int ReadEnd)
{
    public int ReadLength => ReadEnd - ReadStart;
}

/// <summary>Cuts a volume in x into columns that stream within a budget, and in the cache.</summary>
internal static class Columns
{
    /// <summary>Columns are not cut narrower than this, whatever the budget: halos would dominate.</summary>
    private const int MinWidth = 32;

    /// <summary>Wider columns leave the cache.</summary>
    private const int MaxWidth = 256;

    public static ColumnSpan[] Plan(VolumeShape volume, CompiledNetwork network, int threads, long budgetBytes)
    {
        int most = Math.Max(1, volume.X / MinWidth);
        for (int count = Math.Min(most, (volume.X + MaxWidth - 1) / MaxWidth); ; count++)
        {
            ColumnSpan[] columns = Cut(volume.X, count, network.Layout.Radius);
            long bytes = NetworkStream.Bytes(network, volume.Y, columns.Max(column => column.ReadLength), threads);
            if (bytes <= budgetBytes || count == most) return columns;
        }
    }

    private static ColumnSpan[] Cut(int length, int pieces, int halo)
    {
        var spans = new ColumnSpan[pieces];
        for (int i = 0; i < pieces; i++)
        {
            int start = (int)((long)length * i / pieces), end = (int)((long)length * (i + 1) / pieces);
            spans[i] = new(start, end, Math.Max(0, start - halo), Math.Min(length, end + halo));
        }
        return spans;
    }
}
