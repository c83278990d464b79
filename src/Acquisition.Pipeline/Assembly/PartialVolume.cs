using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Pipeline.Assembly;

/// <summary>A volume that still receives frames. One thread.</summary>
/// <param name="opened">Now, in ticks of the run's clock.</param>
internal sealed class PartialVolume(VolumeIndex index, VolumeBuffer pixels, long opened)
{
    private readonly bool[] _held = new bool[pixels.Shape.Z];

    public VolumeIndex Index => index;

    public VolumeBuffer Pixels => pixels;

    public int FramesHeld { get; private set; }

    /// <summary>How many planes from the first on are held without a gap; they do not change any more.</summary>
    public int FinalPlanes { get; private set; }

    public long FirstFrameTimestamp { get; private set; }

    /// <summary>When it was opened, before its first frame.</summary>
    public long LastFrameTimestamp { get; private set; } = opened;

    public bool IsComplete => FramesHeld == _held.Length;

    public bool Holds(int z) => _held[z];

    /// <summary>Copies one plane to its place: the only copy between the socket and the disk.</summary>
    public void Place(int z, ReadOnlySpan<byte> plane, long timestamp)
    {
        plane.CopyTo(pixels.Plane(z));
        _held[z] = true;
        FirstFrameTimestamp = FramesHeld++ == 0 ? timestamp : Math.Min(FirstFrameTimestamp, timestamp);
        while (FinalPlanes < _held.Length && _held[FinalPlanes]) FinalPlanes++;
        LastFrameTimestamp = Math.Max(LastFrameTimestamp, timestamp);
    }

    /// <summary>Closes the volume. Planes that did not come are set to zero: the memory is a former volume's.</summary>
    public AssembledVolume Close()
    {
        ImmutableArray<int> missing = [.. Enumerable.Range(0, _held.Length).Where(z => !_held[z])];
        foreach (int z in missing) pixels.Plane(z).Clear();
        return new AssembledVolume(index, pixels, missing, FirstFrameTimestamp, LastFrameTimestamp);
    }
}
