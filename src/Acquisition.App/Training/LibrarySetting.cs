using Acquisition.Core;

namespace Acquisition.App.Training;

/// <summary>How the images of a library were taken, as far as a person says it.</summary>
internal sealed record LibrarySetting
{
    /// <summary>Default <see langword="null"/>: as the files tell it.</summary>
    public VoxelSize? Voxel { get; init; }

    /// <summary>Default <see langword="null"/>: not known, and not asked for in a scan.</summary>
    public string? Objective { get; init; }

    /// <summary>Default <see langword="null"/>: not known, and not asked for in a scan.</summary>
    public double? Gain { get; init; }
}
