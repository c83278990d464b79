using Acquisition.Core;

namespace Acquisition.Viewer.Pictures;

/// <summary>The planes across z, y and x through one place of a volume, in full resolution.</summary>
/// <param name="At">The place, in samples of the volume.</param>
/// <param name="Pixels">The three planes one after the other, each in C order; whoever was given the sections releases them once.</param>
/// <param name="Made">How the volume was restored; <see langword="null"/> for a raw one.</param>
/// <param name="FinishedUnixMs">When the volume was complete.</param>
internal sealed record Sections(
    VolumeKind Kind, VolumeIndex Index, PictureSource Source, VolumeShape Full, SamplePoint At, VolumeBuffer Pixels, Provenance? Made, long FinishedUnixMs)
{
    /// <summary>Extent of the memory that holds the planes of such a volume.</summary>
    public static VolumeShape Extent(VolumeShape volume) =>
        new(1, 1, checked(volume.Y * volume.X + volume.Z * volume.X + volume.Z * volume.Y));

    /// <summary>Copies the planes.</summary>
    /// <param name="at">Inside the volume.</param>
    /// <param name="destination">Of the volume's type and of <see cref="Extent"/>.</param>
    public static void Cut(VolumeBuffer volume, SamplePoint at, VolumeBuffer destination)
    {
        VolumeShape shape = volume.Shape;
        int bytes = volume.PixelType.Bytes(), row = shape.X * bytes;
        Span<byte> acrossZ = destination.Plane(0), acrossY = acrossZ[(shape.Y * row)..], acrossX = acrossY[(shape.Z * row)..];
        volume.Plane(at.Z).CopyTo(acrossZ);
        for (int z = 0; z < shape.Z; z++)
        {
            Span<byte> plane = volume.Plane(z);
            plane.Slice(at.Y * row, row).CopyTo(acrossY[(z * row)..]);
            for (int y = 0; y < shape.Y; y++)
                plane.Slice(y * row + at.X * bytes, bytes).CopyTo(acrossX[((z * shape.Y + y) * bytes)..]);
        }
    }
}
