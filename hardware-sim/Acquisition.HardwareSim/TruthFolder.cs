using System.Globalization;
using Acquisition.Core;
using Acquisition.Storage.Tiff;

namespace Acquisition.HardwareSim;

/// <summary>Keeps what the receiver does not see, so that its restoration can be scored: one OME-TIFF a volume.</summary>
internal sealed class TruthFolder
{
    /// <exception cref="StorageException">The folder cannot be made.</exception>
    public TruthFolder(string path)
    {
        Location = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(Location);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                $"The truth folder {Location} cannot be made: {fault.Message} Choose another --truth folder.", fault);
        }
    }

    /// <summary>The folder; an absolute path.</summary>
    public string Location { get; }

    /// <summary>Writes a volume as t000_c0.tif, replacing what is there.</summary>
    /// <exception cref="StorageException">The disk refused.</exception>
    public void Write(VolumeIndex index, VolumeShape shape, PixelType type, VoxelSize voxel, PlaneReader plane) =>
        OmeTiff.Write(PathOf(index), shape, type, voxel, plane);

    /// <summary>Writes a volume rounded to <paramref name="type"/>.</summary>
    /// <exception cref="StorageException">The disk refused.</exception>
    public void Write(VolumeIndex index, FloatVolume volume, PixelType type, VoxelSize voxel)
    {
        byte[] plane = new byte[volume.Shape.PlaneVoxels * type.Bytes()];
        Write(index, volume.Shape, type, voxel, z =>
        {
            Samples.FromFloat(volume.Plane(z), type, plane);
            return plane;
        });
    }

    private string PathOf(VolumeIndex index) =>
        Path.Combine(Location, string.Create(CultureInfo.InvariantCulture, $"t{index.T:000}_c{index.C}.tif"));
}
