namespace Acquisition.Core;

/// <summary>Where the samples of restored volumes stand.</summary>
public sealed record RestoredGrid
{
    public required VolumeShape Shape { get; init; }

    public required VoxelSize VoxelSize { get; init; }

    /// <summary>Where the first restored sample stands, seen from the first acquired one; micrometres.</summary>
    public required Offset OriginUm { get; init; }
}
