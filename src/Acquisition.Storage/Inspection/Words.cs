using System.Globalization;
using Acquisition.Core;

namespace Acquisition.Storage.Inspection;

/// <summary>Parts of a finding in words.</summary>
internal static class Words
{
    private const int MostRanges = 8;

    /// <summary>"10 time points × 2 channels (DNA, actin) of 6×20×7 uint16, voxels of 1×0.125×0.25 µm".</summary>
    public static string Volumes(int timePoints, IReadOnlyCollection<string> channels, VolumeShape shape, PixelType type, VoxelSize? voxel)
    {
        string size = voxel is null ? "of unknown size" : $"of {voxel}";
        return $"{Count(timePoints, "time point")} × {Count(channels.Count, "channel")} ({string.Join(", ", channels)}) of {shape} {type.Name()}, voxels {size}";
    }

    /// <summary>"1 volume", "3 volumes".</summary>
    public static string Count(long count, string thing) => string.Create(CultureInfo.InvariantCulture, $"{count} {thing}{(count == 1 ? "" : "s")}");

    /// <summary>Volumes by channel and ranges of time points: "t0, t4 to t7 of channel 0; t3 of channel 1".</summary>
    public static string List(IEnumerable<VolumeIndex> volumes) => string.Join("; ",
        from index in volumes
        group index.T by index.C into channel
        orderby channel.Key
        select $"{Ranges(channel)} of channel {channel.Key}");

    private static string Ranges(IEnumerable<int> timePoints)
    {
        var points = new StoredTimePoints();
        foreach (int t in timePoints) points.Add(t);
        string[] ranges = [.. points.Ranges.Select(range => range.First == range.Last ? $"t{range.First}" : $"t{range.First} to t{range.Last}")];
        return ranges.Length <= MostRanges ? string.Join(", ", ranges) : $"{string.Join(", ", ranges.Take(MostRanges))} and {ranges.Length - MostRanges} more ranges";
    }
}
