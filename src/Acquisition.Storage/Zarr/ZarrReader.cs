using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Storage.Zarr;

/// <summary>Reads a dataset that this program wrote, finished or still growing, without its plan. Thread-safe.</summary>
public sealed class ZarrReader
{
    private readonly ZarrDescription _description;
    private readonly ShardFile _shards;

    private ZarrReader(string location, ZarrDescription description)
    {
        Location = location;
        _description = description;
        _shards = new(Path.Combine(location, ZarrMetadata.ArrayPath), description.Layout, description.Codec, description.ChunksSealed);
    }

    /// <param name="path">Folder of the dataset: raw.zarr or restored.zarr of a run.</param>
    /// <exception cref="StorageException">It cannot be read, or needs a codec that is not installed.</exception>
    /// <exception cref="DataFormatException">It is no OME-Zarr 0.5 dataset as this program writes them.</exception>
    public static ZarrReader Open(string path)
    {
        string location = Path.GetFullPath(path);
        return new(location, ZarrDescription.Load(location));
    }

    /// <summary>The dataset's folder; an absolute path.</summary>
    public string Location { get; }

    /// <summary>Time points that the metadata announced on opening; a volume among them may be missing.</summary>
    public int TimePoints => _description.TimePoints;

    public int Channels => ChannelNames.Length;

    public ImmutableArray<string> ChannelNames => _description.ChannelNames;

    public VolumeShape Shape => _description.Layout.Volume;

    /// <summary>Extent of a chunk, the smallest piece that can be read; the last one of an axis may be smaller.</summary>
    public VolumeShape ChunkShape => _description.Layout.Chunk;

    public PixelType PixelType => _description.Layout.PixelType;

    public VoxelSize VoxelSize => _description.VoxelSize;

    internal ZarrDescription Description => _description;

    /// <summary>Volumes whose file is there, by time point and channel.</summary>
    /// <exception cref="StorageException">The disk refused.</exception>
    internal ImmutableArray<VolumeIndex> List() => _shards.List(Channels);

    /// <summary>Whether the volume has been stored.</summary>
    public bool Exists(VolumeIndex index) => index is { T: >= 0, C: >= 0 } && File.Exists(_shards.PathOf(index));

    /// <param name="destination">Of the dataset's <see cref="Shape"/> and <see cref="PixelType"/>; undefined after an exception.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> does not match the dataset.</exception>
    /// <exception cref="StorageException">The volume was never stored, is damaged, or cannot be read.</exception>
    public void ReadVolume(VolumeIndex index, VolumeBuffer destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (destination.Shape != Shape) throw Mismatch(destination);
        ReadPart(index, default, destination);
    }

    /// <summary>Reads a part of a volume. Memory stays at two chunks, and time goes with the chunks that the part touches.</summary>
    /// <param name="from">The part's first sample.</param>
    /// <param name="destination">Of the dataset's <see cref="PixelType"/>, and of the part's shape; undefined after an exception.</param>
    /// <exception cref="ArgumentException">The part does not lie inside the volume, or <paramref name="destination"/> is of another type.</exception>
    /// <exception cref="StorageException">The volume was never stored, is damaged, or cannot be read.</exception>
    public void ReadPart(VolumeIndex index, SamplePoint from, VolumeBuffer destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        Require.NotNegative(index.T);
        Require.InRange(index.C, 0, Channels - 1);
        if (destination.PixelType != PixelType) throw Mismatch(destination);
        if (!IsInside(from.Z, destination.Shape.Z, Shape.Z) || !IsInside(from.Y, destination.Shape.Y, Shape.Y) || !IsInside(from.X, destination.Shape.X, Shape.X))
            throw new ArgumentException($"A part of {destination.Shape} from {from} does not lie inside {Shape}.", nameof(from));
        _shards.Read(index, from, destination);
    }

    private static bool IsInside(int first, int extent, int whole) => first >= 0 && extent <= whole - first;

    private ArgumentException Mismatch(VolumeBuffer destination) =>
        new($"The buffer is {destination.Shape} {destination.PixelType.Name()}; '{Location}' holds {Shape} {PixelType.Name()}.", nameof(destination));
}
