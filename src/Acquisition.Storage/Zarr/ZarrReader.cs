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

    public PixelType PixelType => _description.Layout.PixelType;

    public VoxelSize VoxelSize => _description.VoxelSize;

    /// <summary>Whether the volume has been stored.</summary>
    public bool Exists(VolumeIndex index) => index is { T: >= 0, C: >= 0 } && File.Exists(_shards.PathOf(index));

    /// <param name="destination">Of the dataset's <see cref="Shape"/> and <see cref="PixelType"/>; undefined after an exception.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> does not match the dataset.</exception>
    /// <exception cref="StorageException">The volume was never stored, is damaged, or cannot be read.</exception>
    public void ReadVolume(VolumeIndex index, VolumeBuffer destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        Require.NotNegative(index.T);
        Require.InRange(index.C, 0, Channels - 1);
        if (destination.Shape != Shape || destination.PixelType != PixelType)
            throw new ArgumentException(
                $"The buffer is {destination.Shape} {destination.PixelType.Name()}; '{Location}' holds {Shape} {PixelType.Name()}.",
                nameof(destination));
        _shards.Read(index, destination);
    }
}
