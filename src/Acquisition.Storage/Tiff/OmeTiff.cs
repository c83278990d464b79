using Acquisition.Core;

namespace Acquisition.Storage.Tiff;

/// <summary>Gives one z plane, (y, x), little-endian; what it returns is used before the next call.</summary>
public delegate ReadOnlySpan<byte> PlaneReader(int z);

/// <summary>Gives one plane of a series, (y, x), little-endian; what it returns is used before the next call.</summary>
public delegate ReadOnlySpan<byte> FrameReader(FrameIndex index);

/// <summary>Writes OME-TIFF: BigTIFF, little-endian, uncompressed, all pixels in one piece.</summary>
public static class OmeTiff
{
    /// <summary>Writes one volume.</summary>
    /// <param name="path">The file, usually *.ome.tif; replaced as a whole if it exists.</param>
    /// <param name="plane">Called once per plane, in order.</param>
    /// <exception cref="ArgumentException"><paramref name="plane"/> returned a plane of another size.</exception>
    /// <exception cref="StorageException">The disk refused; a file that was there before is unchanged.</exception>
    public static void Write(string path, VolumeShape shape, PixelType type, VoxelSize voxel, PlaneReader plane)
    {
        ArgumentNullException.ThrowIfNull(voxel);
        ArgumentNullException.ThrowIfNull(plane);
        Write(path, new OmeImage { TimePoints = 1, Channels = [null], Shape = shape, PixelType = type, VoxelSize = voxel }, index => plane(index.Z));
    }

    /// <summary>Writes a series of volumes.</summary>
    /// <param name="path">The file, usually *.ome.tif; replaced as a whole if it exists.</param>
    /// <param name="plane">Called once per plane, in the order (t, c, z).</param>
    /// <exception cref="ArgumentException"><paramref name="plane"/> returned a plane of another size.</exception>
    /// <exception cref="StorageException">The disk refused; a file that was there before is unchanged.</exception>
    public static void Write(string path, OmeImage image, FrameReader plane)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(plane);
        VolumeShape shape = image.Shape;
        Require.Positive(shape.Z);
        Require.Positive(shape.Y);
        Require.Positive(shape.X);
        Require.Positive(image.TimePoints);
        Require.Positive(image.Channels.Length);

        int channels = image.Channels.Length;
        var file = new TiffPlanes
        {
            IsBig = true,
            Planes = image.Planes,
            Height = shape.Y,
            Width = shape.X,
            PixelType = image.PixelType,
            Description = image.ToXml(),
        };
        file.Write(path, page => plane(new(page / shape.Z / channels, page / shape.Z % channels, page % shape.Z)));
    }
}
