using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Tests.Support;

/// <summary>A run folder in memory, whose volumes are filled by a formula.</summary>
internal sealed class ViewerArchive(ScanPlan plan, string folder = "/nowhere") : IRunArchive
{
    private readonly Lock _gate = new();
    private readonly HashSet<(VolumeKind, VolumeIndex)> _stored = [];
    private bool _changed;

    public string Folder => folder;

    public ScanPlan? Plan => plan;

    public RunStatus Status => throw new NotSupportedException();

    /// <summary>Sample number <paramref name="i"/> of a volume.</summary>
    public static ushort Sample(VolumeKind kind, VolumeIndex index, long i) => (ushort)(i * 31 + 1000 * index.T + 7 * index.C + 131 * (int)kind);

    public static VolumeBuffer Fill(VolumeBuffer volume, VolumeKind kind, VolumeIndex index)
    {
        for (int z = 0; z < volume.Shape.Z; z++)
        {
            Span<ushort> plane = volume.Plane<ushort>(z);
            for (int i = 0; i < plane.Length; i++) plane[i] = Sample(kind, index, (long)z * plane.Length + i);
        }

        return volume;
    }

    public void Store(VolumeKind kind, VolumeIndex index)
    {
        lock (_gate) _changed |= _stored.Add((kind, index));
    }

    public bool Refresh()
    {
        lock (_gate) return (_changed, _changed = false).Item1;
    }

    public ImmutableArray<TimePointRange> Stored(VolumeKind kind, int channel)
    {
        lock (_gate)
        {
            return [.. from item in _stored where item.Item1 == kind && item.Item2.C == channel orderby item.Item2.T select new TimePointRange(item.Item2.T, item.Item2.T)];
        }
    }

    public bool IsStored(VolumeKind kind, VolumeIndex index)
    {
        lock (_gate) return _stored.Contains((kind, index));
    }

    public Provenance? ProvenanceOf(VolumeIndex index) => ViewerSamples.Made(index, isPreview: false);

    /// <summary>Most bytes that were read at once.</summary>
    public long LargestRead { get; private set; }

    public VolumeShape PiecesOf(VolumeKind kind) => new(2, 5, 8);

    public void Read(VolumeKind kind, VolumeIndex index, SamplePoint from, VolumeBuffer destination)
    {
        LargestRead = Math.Max(LargestRead, destination.Bytes);
        VolumeShape whole = plan.ShapeOf(kind), part = destination.Shape;
        for (int z = 0; z < part.Z; z++)
        {
            Span<ushort> plane = destination.Plane<ushort>(z);
            for (int i = 0; i < plane.Length; i++)
                plane[i] = Sample(kind, index, ((long)(from.Z + z) * whole.Y + from.Y + i / part.X) * whole.X + from.X + i % part.X);
        }
    }
}
