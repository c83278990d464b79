using Acquisition.Core;

namespace Acquisition.Restoration.Isotropy;

/// <summary>Gathers a stack's planes, restores it when the last one has come, and hands the restored planes on.</summary>
internal sealed class StackStream(IStackRestorer restorer, VolumeShape shape, VolumeShape restoredShape, PlaneReceiver receiver) : IPlaneRestorer
{
    private readonly FloatVolume _acquired = new(shape);
    private readonly FloatVolume _restored = new(restoredShape);
    private int _pushed;
    private double _residualRms;

    public void Push(ReadOnlySpan<float> plane, bool nextAtHand, CancellationToken cancellation)
    {
        if (plane.Length != shape.PlaneVoxels)
            throw new ArgumentException($"The plane has {plane.Length} samples; one of a {shape} volume has {shape.PlaneVoxels}.", nameof(plane));
        if (_pushed == shape.Z)
            throw new InvalidOperationException($"The volume has all its {_pushed} planes. Complete it, and reset the stream for another one.");
        plane.CopyTo(_acquired.Plane(_pushed++));
        if (_pushed < shape.Z) return;
        _residualRms = restorer.Restore(_acquired, _restored, cancellation);
        for (int z = 0; z < restoredShape.Z; z++) receiver(z, _restored.Plane(z));
    }

    public double Complete() => _pushed == shape.Z ? _residualRms : throw new InvalidOperationException($"Only {_pushed} of {shape.Z} planes have come.");

    public void Reset() => _pushed = 0;

    public void Dispose()
    {
        restorer.Dispose();
        _acquired.Dispose();
        _restored.Dispose();
    }
}
