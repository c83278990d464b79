using Acquisition.Core;

namespace Acquisition.Storage.Inputs;

/// <summary>What is accepted of a series before anything of its size is made.</summary>
internal static class InputLimits
{
    /// <summary>As many as a scan can have.</summary>
    public const int MaxChannels = 64;

    public const int MaxTimePoints = 1 << 24;

    /// <summary>Of a plane or a chunk.</summary>
    public const int MaxBytes = 1 << 30;

    /// <summary>More files or chunks than this a volume are beyond what file systems bear.</summary>
    public const int MaxPieces = 1 << 22;

    /// <exception cref="DataFormatException">The series has an extent that is not accepted.</exception>
    public static void Check(string path, SeriesShape shape, PixelType type)
    {
        Extent(path, "time points", shape.T, MaxTimePoints);
        Extent(path, "channels", shape.C, MaxChannels);
        Extent(path, "planes", shape.Z, ScanPlan.MaxExtent);
        Extent(path, "rows", shape.Y, ScanPlan.MaxExtent);
        Extent(path, "columns", shape.X, ScanPlan.MaxExtent);
        long bytes = (long)shape.Y * shape.X * type.Bytes();
        if (bytes > MaxBytes) throw new DataFormatException($"'{path}' has planes of {bytes} bytes; at most {MaxBytes} are accepted.");
    }

    /// <exception cref="ArgumentException"><paramref name="destination"/> is not as large as a plane.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> lies outside the series.</exception>
    public static void Check(this IStoredInput input, FrameIndex index, ReadOnlySpan<byte> destination)
    {
        input.Check(index.Volume);
        Require.InRange(index.Z, 0, input.Shape.Z - 1);
        int bytes = input.Shape.PlaneVoxels * input.PixelType.Bytes();
        if (destination.Length != bytes)
            throw new ArgumentException($"The destination has {destination.Length} bytes; a plane has {bytes}.", nameof(destination));
    }

    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> lies outside the series.</exception>
    public static void Check(this IStoredInput input, VolumeIndex index)
    {
        Require.InRange(index.T, 0, input.TimePoints - 1);
        Require.InRange(index.C, 0, input.ChannelNames.Length - 1);
    }

    public static bool Holds(this IStoredInput input, VolumeIndex index) =>
        index.T >= 0 && index.T < input.TimePoints && index.C >= 0 && index.C < input.ChannelNames.Length;

    private static void Extent(string path, string what, int found, int most)
    {
        if (found <= 0 || found > most) throw new DataFormatException($"'{path}' has {found} {what}; accepted are 1 to {most}.");
    }
}
