using System.Collections.Immutable;

namespace Acquisition.Core;

/// <summary>What a microscope announces before its first frame. Immutable; one plan a scan.</summary>
public sealed record ScanPlan
{
    /// <summary>Largest accepted extent of one axis; keeps every product of two extents inside 32 bits.</summary>
    public const int MaxExtent = 32_768;

    public required Guid ScanId { get; init; }

    /// <summary>The stream's name on the wire: [a-z0-9-]{1,32}.</summary>
    public required string Stream { get; init; }

    /// <summary>Planned time points; <see langword="null"/> for an open-ended scan.</summary>
    public required int? TimePoints { get; init; }

    /// <summary>Extent of each volume as scanned, that is undersampled.</summary>
    public required VolumeShape Shape { get; init; }

    public required PixelType PixelType { get; init; }

    /// <summary>Voxel size as scanned.</summary>
    public required VoxelSize VoxelSize { get; init; }

    /// <summary>The wanted grid is this many times finer than the scanned one.</summary>
    public required Factors Undersampling { get; init; }

    /// <summary>Kind of microscope: "light-sheet", "two-photon" or "other".</summary>
    public required string Mode { get; init; }

    /// <summary>Names of the channels; their number is the extent of c. Text from the wire: never markup.</summary>
    public required ImmutableArray<string> Channels { get; init; }

    /// <summary>Time between the starts of consecutive volumes; <see langword="null"/> when not announced.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Exposure of one frame; <see langword="null"/> when not announced.</summary>
    public TimeSpan? Exposure { get; init; }

    /// <summary>Significant bits of a sample; <see langword="null"/> when not announced.</summary>
    public int? BitDepth { get; init; }

    public string? Objective { get; init; }

    /// <summary>Widths (FWHM) of the point spread function; <see langword="null"/> when not announced.</summary>
    public VoxelSize? PsfFwhm { get; init; }

    /// <summary>Free map of the source, as JSON text; stored as it came, never interpreted.</summary>
    public string UserJson { get; init; } = "{}";

    /// <summary>Source clock at the announcement; Unix nanoseconds.</summary>
    public long AnnouncedUnixNs { get; init; }

    public int PlaneBytes => checked(Shape.PlaneVoxels * PixelType.Bytes());

    public long VolumeBytes => checked((long)PlaneBytes * Shape.Z);

    /// <summary>The grid of restored volumes where it is another than <see cref="Undersampling"/> tells; <see langword="null"/> where it is
    /// that. Never announced: whoever restores the scan sets it.</summary>
    public RestoredGrid? Grid { get; init; }

    /// <summary>Extent of a restored volume.</summary>
    public VolumeShape RestoredShape => Grid?.Shape ?? Shape.Times(Undersampling);

    public VoxelSize RestoredVoxelSize => Grid?.VoxelSize ?? VoxelSize.DividedBy(Undersampling);

    /// <summary>Where the first restored sample stands, seen from the first acquired one; micrometres.</summary>
    public Offset RestoredOriginUm => Grid?.OriginUm ?? VoxelSize.OriginOfFiner(Undersampling);

    /// <summary>The scanned sample in whose voxel a restored one lies.</summary>
    public SamplePoint Scanned(SamplePoint restored)
    {
        return new(
            OnAxis(restored.Z, RestoredShape.Z, Shape.Z), OnAxis(restored.Y, RestoredShape.Y, Shape.Y), OnAxis(restored.X, RestoredShape.X, Shape.X));

        static int OnAxis(int at, int restored, int scanned) => (int)((long)at * scanned / restored);
    }

    /// <summary>How many times finer the restored grid is (z, y, x); whole where <see cref="Grid"/> is <see langword="null"/>.</summary>
    public (double Z, double Y, double X) RestoredScale => Grid is { VoxelSize: var fine }
        ? (VoxelSize.ZUm / fine.ZUm, VoxelSize.YUm / fine.YUm, VoxelSize.XUm / fine.XUm)
        : (Undersampling.Z, Undersampling.Y, Undersampling.X);

    /// <summary>Whether <paramref name="index"/> lies inside the announced shape.</summary>
    public bool Contains(FrameIndex index) =>
        index.T >= 0 && (TimePoints is not { } planned || index.T < planned)
        && index.C >= 0 && index.C < Channels.Length
        && index.Z >= 0 && index.Z < Shape.Z;
}
