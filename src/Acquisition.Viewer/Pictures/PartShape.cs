using Acquisition.Core;

namespace Acquisition.Viewer.Pictures;

/// <summary>How large a part of a volume is read at once to be shrunk: whole rows of whole blocks.</summary>
internal static class PartShape
{
    /// <summary>As many whole pieces as fit, because a piece that two parts share is read twice; at least one block.</summary>
    /// <param name="piece">Extent of the pieces that the volume is stored in.</param>
    /// <param name="sampleBytes">Of one sample.</param>
    /// <param name="mostBytes">For the part. One row of blocks may take more.</param>
    public static VolumeShape Of(VolumeShape volume, VolumeShape piece, Reduction reduction, int sampleBytes, long mostBytes)
    {
        long rows = Math.Max(1, mostBytes / ((long)volume.X * sampleBytes)); // of one plane or of several
        int y = UpTo(piece.Y, reduction.Y, volume.Y), z = UpTo(piece.Z, reduction.Z, volume.Z);
        if ((long)z * y > rows) y = Within(rows / z, reduction.Y);
        if ((long)z * y > rows) z = Within(rows / y, reduction.Z);
        y = Grown(y, rows / z, volume.Y);
        if (y == volume.Y) z = Grown(z, rows / y, volume.Z);
        return new VolumeShape(z, y, volume.X);
    }

    /// <summary>Whole blocks that hold a piece, or the volume.</summary>
    private static int UpTo(int piece, int block, int volume) => Math.Min((piece + block - 1) / block * block, volume);

    /// <summary>Whole blocks that have room, and one if none has.</summary>
    private static int Within(long room, int block) => (int)Math.Max(block, room / block * block);

    /// <summary>A multiple that has room, or the volume.</summary>
    private static int Grown(int extent, long room, int volume) => (int)Math.Min(volume, Math.Max(1, room / extent) * extent);
}
