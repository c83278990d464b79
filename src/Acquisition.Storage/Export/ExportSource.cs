using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Acquisition.Core;
using Acquisition.Storage.Inspection;
using Acquisition.Storage.Tiff;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage.Export;

/// <summary>The volumes of a dataset that are exported, numbered from 0 as they are in the export.</summary>
internal sealed class ExportSource
{
    private readonly ZarrReader _reader;
    private readonly ScanPlan? _plan;
    private readonly ImmutableArray<int> _channels;

    private ExportSource(ZarrReader reader, JsonObject group, TimePointRange timePoints, ImmutableArray<int> channels)
    {
        (_reader, Group, First, _channels) = (reader, group, timePoints.First, channels);
        TimePoints = timePoints.Last - timePoints.First + 1;
        _plan = PlanOf(group);
        Missing = [.. Indices.Where(index => !reader.Exists(Original(index)))];
    }

    /// <summary>Metadata of the dataset's group.</summary>
    public JsonObject Group { get; }

    public string Location => _reader.Location;

    /// <summary>Time point of the dataset that is the first one here.</summary>
    public int First { get; }

    public int TimePoints { get; }

    public ImmutableArray<int> Channels => _channels;

    public ZarrDescription Description => _reader.Description;

    public VolumeShape Shape => _reader.Shape;

    public PixelType PixelType => _reader.PixelType;

    public VoxelSize VoxelSize => _reader.VoxelSize;

    /// <summary>Volumes that were never stored; zeros stand for them.</summary>
    public ImmutableArray<VolumeIndex> Missing { get; }

    public IEnumerable<VolumeIndex> Indices =>
        from t in Enumerable.Range(0, TimePoints) from c in Enumerable.Range(0, _channels.Length) select new VolumeIndex(t, c);

    /// <summary>How TIFFs describe these volumes.</summary>
    public OmeImage Image => new()
    {
        TimePoints = TimePoints,
        Channels = [.. _channels.Select(string? (c) => _reader.ChannelNames[c])],
        Shape = Shape,
        PixelType = PixelType,
        VoxelSize = VoxelSize,
        Name = (string?)Group["attributes"]!["ome"]!["multiscales"]![0]!["name"],
        Interval = _plan?.Interval is { } interval && interval > TimeSpan.Zero ? interval : null,
        SignificantBits = PixelType == PixelType.UInt16 ? _plan?.BitDepth : null,
        Notes = Notes(),
    };

    /// <summary>Opens what the request names.</summary>
    /// <exception cref="StorageException">It is not there, cannot be read, or holds none of the volumes.</exception>
    /// <exception cref="DataFormatException">It is no dataset of this program.</exception>
    public static ExportSource Open(ExportRequest request)
    {
        string source = Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.Source));
        string location = File.Exists(Path.Combine(source, ZarrMetadata.FileName)) ? source : Path.Combine(source, request.What switch
        {
            VolumeKind.Raw => RunFolder.RawName,
            VolumeKind.Restored => RunFolder.RestoredName,
            _ => RunFolder.UncertaintyName,
        });
        if (!Directory.Exists(location)) throw new StorageException($"There is no '{location}'. Give a run folder that holds it, or a dataset.");

        ZarrReader reader = ZarrReader.Open(location);
        int last = reader.List().Select(index => index.T).DefaultIfEmpty(-1).Max();
        if (last < 0) throw new StorageException($"No volume is stored in '{location}'.");
        TimePointRange timePoints = request.TimePoints ?? new(0, last);
        if (timePoints.First < 0 || timePoints.Last < timePoints.First || timePoints.Last > last)
            throw new StorageException($"Time points {timePoints.First} to {timePoints.Last} are wanted; '{location}' holds 0 to {last}.");
        ImmutableArray<int> channels = request.Channels.IsEmpty ? [.. Enumerable.Range(0, reader.Channels)] : request.Channels;
        if (channels.Any(c => c < 0 || c >= reader.Channels))
            throw new StorageException($"Channels {string.Join(", ", channels)} are wanted; '{location}' holds 0 to {reader.Channels - 1}.");
        var found = new ExportSource(reader, ZarrMetadata.Load(Path.Combine(location, ZarrMetadata.FileName)), timePoints, channels);
        return found.Missing.Length < (long)found.TimePoints * channels.Length ? found
            : throw new StorageException($"None of the volumes that are wanted is stored in '{location}'.");
    }

    /// <summary>Reads a volume, or zeros in place of one that is missing.</summary>
    /// <exception cref="StorageException">It is damaged.</exception>
    public void Read(VolumeIndex index, VolumeBuffer volume)
    {
        if (_reader.Exists(Original(index))) _reader.ReadVolume(Original(index), volume);
        else volume.Clear();
    }

    public VolumeBuffer Rent(VolumePool pool) => pool.TryRent(Shape, PixelType) ?? throw new StorageException($"There is no memory for a volume of {Shape}.");

    /// <summary>Index in the dataset.</summary>
    public VolumeIndex Original(VolumeIndex index) => new(First + index.T, _channels[index.C]);

    private ImmutableArray<(string Name, string Value)> Notes()
    {
        var notes = ImmutableArray.CreateBuilder<(string, string)>();
        notes.Add(("dataset", Path.GetFileName(Location)));
        notes.Add(("time points", $"{First} to {First + TimePoints - 1}"));
        notes.Add(("channels", string.Join(", ", _channels)));
        if (!Missing.IsEmpty) notes.Add(("missing volumes, zero here", Words.List(Missing.Select(Original))));
        if (_plan is not null && Origin() is { } origin) notes.Add(("first sample (z, y, x), micrometre", origin));
        notes.AddRange(Making.Of(Location, Group["attributes"]!.AsObject()));
        return notes.ToImmutable();
    }

    private string? Origin() =>
        Group["attributes"]!["ome"]!["multiscales"]![0]!["datasets"]![0]!["coordinateTransformations"]!.AsArray() is { Count: > 1 } parts
            ? string.Join(' ', parts[1]!["translation"]!.AsArray().Skip(2).Select(value => value!.GetValue<double>().ToString("R", CultureInfo.InvariantCulture)))
            : null;

    private static ScanPlan? PlanOf(JsonObject group)
    {
        try
        {
            return group["attributes"]?[ZarrMetadata.ProvenanceKey]?["steps"]?[0]?["plan"]?.Deserialize<ScanPlan>(RecordJson.Compact);
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException or InvalidOperationException)
        {
            return null; // then times and bits are not told
        }
    }
}
