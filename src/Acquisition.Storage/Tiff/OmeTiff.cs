using Acquisition.Core;

namespace Acquisition.Storage.Tiff;

/// <summary>Gives one z plane, (y, x), little-endian; what it returns is used before the next call.</summary>
public delegate ReadOnlySpan<byte> PlaneReader(int z);

/// <summary>Writes a volume as OME-TIFF.</summary>
public static class OmeTiff
{
    public static void Write(string path, VolumeShape shape, PixelType type, VoxelSize voxel, PlaneReader plane) =>
        throw new NotSupportedException();
}
