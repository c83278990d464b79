using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Storage.Files;

namespace Acquisition.Storage.Zarr;

/// <summary>Writes one OME-Zarr 0.5 dataset: array "0" of the axes (t, c, z, y, x), each volume a file of its own.</summary>
/// <remarks>Thread-safe; volumes may be written side by side. Pixels pass through unchanged. Coarser levels, which are made of what is
/// stored (<see cref="Pyramid"/>), are taken out of the metadata before anything changes that they would have to follow.</remarks>
internal sealed class ZarrVolumeStore : IVolumeStore
{
    /// <summary>Ends the name of a volume's file that was put aside.</summary>
    public const string AsideSuffix = ".damaged";

    private readonly Lock _gate = new();
    private readonly ZarrDataset _dataset;
    private readonly ZarrLayout _layout;
    private readonly ChunkCodec _codec;
    private readonly bool _chunksSealed;
    private readonly ShardFile _shards;
    private readonly DisplayWindow?[] _windows;
    private int _extent; // time points that the metadata announces
    private int _written;
    private bool _announcesLevels;

    private ZarrVolumeStore(string location, ZarrDataset dataset, ZarrLayout layout, ChunkCodec codec, bool chunksSealed)
    {
        (Location, _dataset, _layout, _codec, _chunksSealed) = (location, dataset, layout, codec, chunksSealed);
        _shards = new(ArrayFolder, _layout, _codec, chunksSealed);
        _windows = new DisplayWindow?[dataset.Channels.Length];
    }

    public string Location { get; }

    private string ArrayFolder => Path.Combine(Location, ZarrMetadata.ArrayPath);

    /// <param name="path">Folder of the dataset; made here, and must not exist.</param>
    /// <exception cref="StorageException">The folder exists, the disk refused, or a wanted codec is not installed.</exception>
    public static ZarrVolumeStore Create(string path, ZarrDataset dataset, StorageOptions options)
    {
        string location = Path.GetFullPath(path);
        if (Path.Exists(location))
            throw new StorageException($"There is already something at '{location}'; a dataset is never overwritten. Choose another place.");

        var store = new ZarrVolumeStore(
            location, dataset, ZarrLayout.Balanced(dataset.Shape, dataset.PixelType, options.ChunkPlanes, options.ChunkEdgePx),
            ChunkCodec.Choose(options.Compression, dataset.PixelType), chunksSealed: true);
        try
        {
            Directory.CreateDirectory(store.ArrayFolder);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "make a dataset", location);
        }

        store.SaveArray(dataset.TimePoints ?? 1);
        store.SaveGroup();
        return store;
    }

    /// <summary>Opens a dataset for more volumes, which are packed as those that it holds.</summary>
    /// <param name="dataset">What the plan says of it.</param>
    /// <param name="counts">Whether to find out how many time points are stored, which looks at every one of them.</param>
    /// <exception cref="StorageException">It cannot be read, or needs a codec that is not installed.</exception>
    /// <exception cref="DataFormatException">It is no dataset of this program, or not that of the plan.</exception>
    public static ZarrVolumeStore Reopen(string path, ZarrDataset dataset, bool counts = true)
    {
        string location = Path.GetFullPath(path);
        ZarrDescription found = ZarrDescription.Load(location);
        if (found.Layout.Volume != dataset.Shape || found.Layout.PixelType != dataset.PixelType || !found.ChannelNames.SequenceEqual(dataset.Channels))
        {
            throw new DataFormatException(
                $"'{location}' holds volumes of {found.Layout.Volume} {found.Layout.PixelType.Name()} in {found.ChannelNames.Length} channel(s); "
                + $"the run's plan says {dataset.Shape} {dataset.PixelType.Name()} in {dataset.Channels.Length}.");
        }

        var store = new ZarrVolumeStore(location, dataset, found.Layout, found.Codec, found.ChunksSealed)
        {
            _extent = found.TimePoints,
            _announcesLevels = found.Levels > 1,
        };
        for (int c = 0; c < found.Windows.Length; c++)
            if (found.Windows[c] != DisplayWindow.Unseen(dataset)) store._windows[c] = found.Windows[c];
        if (counts) store._written = store.List().Select(index => index.T + 1).DefaultIfEmpty().Max();
        return store;
    }

    public void Write(VolumeIndex index, VolumeBuffer volume)
    {
        RequireMatch(index, volume);
        lock (_gate)
        {
            // Metadata first: if it cannot be written, the volume must not count as stored.
            if (index.T >= _extent) SaveArray(Math.Max(checked(index.T + 1), (int)Math.Min(2L * _extent, int.MaxValue)));
            bool isFirst = _windows[index.C] is null;
            if (isFirst) _windows[index.C] = DisplayWindow.Of(volume);
            if (isFirst || _announcesLevels) SaveGroup();
        }

        _shards.Write(index, volume);
        lock (_gate) _written = Math.Max(_written, index.T + 1);
    }

    public void Read(VolumeIndex index, VolumeBuffer destination)
    {
        RequireMatch(index, destination);
        _shards.Read(index, from: default, destination);
    }

    /// <summary>Whether the volume lies here.</summary>
    public bool Exists(VolumeIndex index) => File.Exists(_shards.PathOf(index));

    /// <summary>Volumes that lie here whole, by time point and channel.</summary>
    /// <exception cref="StorageException">The disk refused.</exception>
    public ImmutableArray<VolumeIndex> List() => _shards.List(_dataset.Channels.Length);

    /// <summary>Takes a volume out again that nothing accounts for; none is no fault.</summary>
    /// <exception cref="StorageException">The disk refused.</exception>
    public void Remove(VolumeIndex index)
    {
        RemoveLevels(index);
        _shards.Remove(index);
    }

    /// <summary>Gives a volume that cannot be read another name, under which nobody looks for it.</summary>
    /// <exception cref="StorageException">The disk refused.</exception>
    public void PutAside(VolumeIndex index)
    {
        RemoveLevels(index);
        _shards.PutAside(index, AsideSuffix);
    }

    /// <summary>When the volume's file was written; UTC.</summary>
    public DateTimeOffset WrittenAt(VolumeIndex index) => File.GetLastWriteTimeUtc(_shards.PathOf(index));

    /// <summary>One more than the last time point stored.</summary>
    public int TimePointsStored { get { lock (_gate) return _written; } }

    /// <summary>Sets how many time points the metadata announces. Writing stays possible.</summary>
    public void Announce(int timePoints)
    {
        lock (_gate)
        {
            if (timePoints != _extent) SaveArray(timePoints);
        }
    }

    private void SaveArray(int timePoints)
    {
        if (_announcesLevels) SaveGroup();
        ZarrMetadata.Save(ArrayFolder, ZarrMetadata.Array(_dataset.Channels.Length, _layout, _codec, timePoints, _chunksSealed));
        _extent = timePoints;
    }

    private void SaveGroup()
    {
        ZarrMetadata.Save(Location, ZarrMetadata.Group(_dataset, _windows));
        _announcesLevels = false;
    }

    /// <summary>Before the volume itself goes: a level that outlived it would pass for one of the volume that takes its place.</summary>
    private void RemoveLevels(VolumeIndex index)
    {
        foreach (string path in Pyramid.FilesOf(Location, index, _layout))
            RunFolder.Store($"remove the levels of volume {index}", path, 0, () => File.Delete(path));
    }

    private void RequireMatch(VolumeIndex index, VolumeBuffer volume)
    {
        Require.NotNegative(index.T);
        Require.InRange(index.C, 0, _dataset.Channels.Length - 1);
        if (volume.Shape != _layout.Volume || volume.PixelType != _layout.PixelType)
            throw new ArgumentException(
                $"Volume {index} is {volume.Shape} {volume.PixelType.Name()}; '{Location}' holds {_layout.Volume} {_layout.PixelType.Name()}.",
                nameof(volume));
    }
}
