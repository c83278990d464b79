using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Pipeline.Restoring;

/// <summary>A volume that lies in the raw dataset and waits to be restored.</summary>
/// <param name="Pixels">Retained pixels, or <see langword="null"/> when they are to be read back from disk.</param>
/// <param name="LastFrameTimestamp">When its last frame came, in ticks of the run's clock.</param>
/// <param name="StoredTimestamp">When it was on disk, in ticks of the run's clock.</param>
internal readonly record struct PendingVolume(
    VolumeIndex Index, ImmutableArray<int> MissingPlanes, VolumeBuffer? Pixels, long LastFrameTimestamp, long StoredTimestamp)
{
    /// <summary>Whether its pixels were given up for want of memory.</summary>
    public bool FoundNoRoom { get; init; }
}
