using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Storage.Inputs;

/// <summary>Volumes that lie somewhere in whatever format, read plane by plane. Not thread-safe.</summary>
/// <remarks>Planes of a volume are best read in order: what is compressed together is then expanded once.</remarks>
public interface IStoredInput : IDisposable
{
    /// <summary>The file or folder; an absolute path.</summary>
    string Location { get; }

    /// <summary>For people: "OME-TIFF", "ImageJ hyperstack", "OME-Zarr 0.4", "NDTiff 3.3". Where the order of planes had to be assumed, it
    /// says what was: "folder of TIFFs, one a time point".</summary>
    string Format { get; }

    /// <summary>Extent of each volume, as stored.</summary>
    VolumeShape Shape { get; }

    PixelType PixelType { get; }

    int TimePoints { get; }

    /// <summary>One a channel; "Channel 0" and so on where there are no names. Text from the file: never markup.</summary>
    ImmutableArray<string> ChannelNames { get; }

    /// <summary><see langword="null"/> where the file does not tell all three distances.</summary>
    VoxelSize? VoxelSize { get; }

    /// <summary>Time between the starts of consecutive volumes; <see langword="null"/> where the file does not tell.</summary>
    TimeSpan? Interval { get; }

    /// <summary>Whether at least one plane of the volume is there; <see langword="false"/> outside the series.</summary>
    /// <exception cref="StorageException">The disk refused.</exception>
    bool Exists(VolumeIndex index);

    /// <summary>Planes that were never stored, ascending.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> lies outside the series.</exception>
    /// <exception cref="StorageException">The disk refused.</exception>
    ImmutableArray<int> MissingPlanes(VolumeIndex index);

    /// <param name="destination">Receives the plane, (y, x), little-endian; exactly its size. Undefined after an exception. A missing plane
    /// of an OME-Zarr has its fill value.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another size.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> lies outside the series.</exception>
    /// <exception cref="StorageException">The plane was never stored, the disk refused, or a library is missing.</exception>
    /// <exception cref="DataFormatException">What is stored is cut off or damaged.</exception>
    void ReadPlane(FrameIndex index, Span<byte> destination);
}
