using Acquisition.Core;

namespace Acquisition.Storage.Zarr;

/// <summary>How one volume is cut into chunks; the shard that holds them is the volume rounded up to whole chunks.</summary>
internal sealed record ZarrLayout
{
    public ZarrLayout(VolumeShape volume, VolumeShape chunk, PixelType pixelType)
    {
        Volume = volume;
        Chunk = chunk;
        PixelType = pixelType;
        Grid = new(Parts(volume.Z, chunk.Z), Parts(volume.Y, chunk.Y), Parts(volume.X, chunk.X));
        Shard = new(checked(Grid.Z * chunk.Z), checked(Grid.Y * chunk.Y), checked(Grid.X * chunk.X));
        ChunkBytes = checked((int)(chunk.Voxels * pixelType.Bytes()));
        ChunkCount = checked((int)Grid.Voxels);
    }

    public VolumeShape Volume { get; }

    public VolumeShape Chunk { get; }

    public PixelType PixelType { get; }

    /// <summary>Chunks along each axis.</summary>
    public VolumeShape Grid { get; }

    /// <summary>Extent of the shard; at least the volume's, and a multiple of the chunk's.</summary>
    public VolumeShape Shard { get; }

    public int ChunkBytes { get; }

    public int ChunkCount { get; }

    /// <summary>Bytes of the volume without padding.</summary>
    public long VolumeBytes => checked(Volume.Voxels * PixelType.Bytes());

    /// <summary>Cuts each axis into as few parts as the limits allow, and these as equal as can be, so that padding
    /// stays below one sample a part.</summary>
    public static ZarrLayout Balanced(VolumeShape volume, PixelType pixelType, int mostPlanes, int longestEdgePx) => new(
        volume,
        new(Balance(volume.Z, mostPlanes), Balance(volume.Y, longestEdgePx), Balance(volume.X, longestEdgePx)),
        pixelType);

    /// <summary>First sample (z, y, x) of a chunk; chunks are numbered in C order.</summary>
    public (int Z, int Y, int X) Origin(int chunk) => (
        chunk / (Grid.Y * Grid.X) * Chunk.Z,
        chunk / Grid.X % Grid.Y * Chunk.Y,
        chunk % Grid.X * Chunk.X);

    private static int Balance(int extent, int most) => Parts(extent, Parts(extent, most));

    private static int Parts(int extent, int size) => (extent - 1) / size + 1;
}
