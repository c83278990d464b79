using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Pipeline.Assembly;

/// <summary>A volume as the camera gave it, closed: no frame will be added.</summary>
/// <remarks>Lent until <c>OnNext</c> returns; whoever keeps it retains <see cref="Pixels"/>.</remarks>
/// <param name="Pixels">Acquired planes; a missing one is all zero.</param>
/// <param name="MissingPlanes">Planes that did not come, ascending.</param>
/// <param name="FirstFrameTimestamp">When its first frame came, in ticks of the run's clock.</param>
/// <param name="LastFrameTimestamp">When its last frame came, in ticks of the run's clock.</param>
internal sealed record AssembledVolume(
    VolumeIndex Index, VolumeBuffer Pixels, ImmutableArray<int> MissingPlanes, long FirstFrameTimestamp, long LastFrameTimestamp)
{
    public int FramesHeld => Pixels.Shape.Z - MissingPlanes.Length;

    public bool IsComplete => MissingPlanes.IsEmpty;
}
