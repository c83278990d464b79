using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Storage;

/// <summary>The coarser levels that a dataset now has.</summary>
public sealed record DatasetLevels
{
    /// <summary>The dataset's folder; an absolute path.</summary>
    public required string Location { get; init; }

    /// <summary>Extent of a volume in each level, fine to coarse, without the volumes themselves; empty when these are small already.</summary>
    public required ImmutableArray<VolumeShape> Shapes { get; init; }

    /// <summary>Volumes stored.</summary>
    public required int Volumes { get; init; }

    /// <summary>Levels of volumes that were made now; the others were there and are whole.</summary>
    public required int Made { get; init; }

    /// <summary>How long that took, with looking at what was there.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Volumes that are damaged and have no levels, for people.</summary>
    public required ImmutableArray<string> Faults { get; init; }
}
