using System.Collections.Immutable;
using System.Globalization;
using Acquisition.Core;
using Acquisition.Storage.Files;
using Microsoft.Win32.SafeHandles;

namespace Acquisition.Storage.Inputs.NdTiff;

/// <summary>A dataset of NDTiff 3, Micro-Manager's format: one position, planes by time, channel and z.</summary>
/// <remarks>Times and z run from the smallest to the largest number that is there, whatever is missing between; channels are in the order of
/// their numbers, or that of the summary metadata, or else that in which they came. One file is open at a time.</remarks>
internal sealed class NdTiffInput : IStoredInput
{
    /// <summary>Datasets of which fewer than one in so many planes is there are taken for damaged.</summary>
    private const double MostSparse = 1000;

    private readonly Dictionary<FrameIndex, NdTiffPlane> _planes = [];
    private SafeFileHandle? _open;
    private string _openFile = "";

    private NdTiffInput(string location, NdTiffIndex index, NdTiffSummary summary)
    {
        Location = location;
        (Format, VoxelSize) = ($"NDTiff {summary.Version}", summary.VoxelSize);
        string[] channels = [.. Ordered(index, summary)];
        ChannelNames = [.. channels.Select((channel, c) => NameOf(index, summary, channel, c))];

        int firstTime = index.Planes.Keys.Min(key => key.Time), firstZ = index.Planes.Keys.Min(key => key.Z);
        long times = index.Planes.Keys.Max(key => (long)key.Time) - firstTime + 1, planes = index.Planes.Keys.Max(key => (long)key.Z) - firstZ + 1;
        if ((double)times * planes * channels.Length > index.Planes.Count * MostSparse || times > InputLimits.MaxTimePoints || planes > ScanPlan.MaxExtent)
            throw new DataFormatException($"'{location}' has {index.Planes.Count} planes, numbered as if there were {times} time points, "
                + $"{channels.Length} channels and {planes} planes a volume; expected are most of those to be there.");

        NdTiffPlane first = index.Planes.First().Value;
        (Shape, PixelType, TimePoints) = (new((int)planes, first.Height, first.Width), first.PixelType, (int)times);
        Interval = TimePoints > 1 ? summary.Interval : null;
        InputLimits.Check(location, new(TimePoints, channels.Length, Shape.Z, Shape.Y, Shape.X), PixelType);
        var numberOf = channels.Select((channel, c) => (channel, c)).ToDictionary(pair => pair.channel, pair => pair.c);
        foreach (var ((time, channel, z), plane) in index.Planes)
        {
            FrameIndex frame = new(time - firstTime, numberOf[channel], z - firstZ);
            if (plane.Height != first.Height || plane.Width != first.Width || plane.PixelType != first.PixelType)
                throw new DataFormatException($"'{location}': plane {frame} is {plane.Height}×{plane.Width} {plane.PixelType.Name()}, others are "
                    + $"{first.Height}×{first.Width} {first.PixelType.Name()}; accepted are datasets of one size and type.");
            _planes[frame] = plane;
        }
    }

    public string Location { get; }

    public string Format { get; }

    public VolumeShape Shape { get; }

    public PixelType PixelType { get; }

    public int TimePoints { get; }

    public ImmutableArray<string> ChannelNames { get; }

    public VoxelSize? VoxelSize { get; }

    public TimeSpan? Interval { get; }

    /// <exception cref="DataFormatException">It is no dataset of NDTiff 3, is damaged, or is of a kind that is not accepted.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static NdTiffInput Open(string location)
    {
        try
        {
            var index = NdTiffIndex.Read(location);
            return new(location, index, NdTiffSummary.Read(Path.Combine(location, index.Planes.First().Value.File)));
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "open an NDTiff", location);
        }
    }

    public bool Exists(VolumeIndex index) =>
        this.Holds(index) && Enumerable.Range(0, Shape.Z).Any(z => _planes.ContainsKey(new(index.T, index.C, z)));

    public ImmutableArray<int> MissingPlanes(VolumeIndex index)
    {
        this.Check(index);
        return [.. Enumerable.Range(0, Shape.Z).Where(z => !_planes.ContainsKey(new(index.T, index.C, z)))];
    }

    public void ReadPlane(FrameIndex index, Span<byte> destination)
    {
        this.Check(index, destination);
        if (!_planes.TryGetValue(index, out NdTiffPlane plane)) throw new StorageException($"Plane {index} was never stored in '{Location}'.");
        string path = Path.Combine(Location, plane.File);
        try
        {
            if (_open is null || _openFile != plane.File)
            {
                _open?.Dispose();
                _open = null;
                _open = File.OpenHandle(path, share: FileShare.ReadWrite);
                _openFile = plane.File;
            }

            for (int done = 0; done < destination.Length;)
            {
                int got = RandomAccess.Read(_open, destination[done..], plane.Offset + done);
                if (got == 0)
                    throw new DataFormatException($"'{path}' is cut off: plane {index} should have {destination.Length} bytes at {plane.Offset}, "
                        + $"the file has {RandomAccess.GetLength(_open)}. Copy the file again from its source.");
                done += got;
            }
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, $"read plane {index}", path);
        }
    }

    public void Dispose() => _open?.Dispose();

    private static IEnumerable<string> Ordered(NdTiffIndex index, NdTiffSummary summary)
    {
        if (index.AreChannelsNumbers) return index.Channels.OrderBy(channel => int.Parse(channel, CultureInfo.InvariantCulture));
        return index.Channels.All(summary.ChannelNames.Contains) ? index.Channels.OrderBy(channel => summary.ChannelNames.IndexOf(channel)) : index.Channels;
    }

    private static string NameOf(NdTiffIndex index, NdTiffSummary summary, string channel, int c)
    {
        if (!index.AreChannelsNumbers) return channel.Length > 0 ? channel : summary.ChannelNames is [{ Length: > 0 } only] ? only : $"Channel {c}";
        int number = int.Parse(channel, CultureInfo.InvariantCulture);
        return number >= 0 && number < summary.ChannelNames.Length && summary.ChannelNames[number].Length > 0
            ? summary.ChannelNames[number]
            : $"Channel {channel}";
    }
}
