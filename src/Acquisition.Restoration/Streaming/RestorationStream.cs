using Acquisition.Core;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Threading;

namespace Acquisition.Restoration.Streaming;

/// <summary>Restoration plane by plane: one stage, or two in a row and a last projection onto what was acquired.</summary>
internal sealed unsafe class RestorationStream : IPlaneRestorer
{
    private readonly WorkTeam _team;
    private readonly FloatVolume _acquired;
    private readonly bool _ownsAcquired;
    private readonly FloatVolume? _between;
    private readonly StageStream _first;
    private readonly StageStream? _second;
    private readonly ProjectionCascade? _last;
    private CancellationToken _cancellation;
    private bool _nextAtHand;
    private int _pushed;

    /// <param name="acquired">A volume that is complete already and only to be restored; <see langword="null"/> for one that comes.</param>
    /// <param name="whole">Where the restored volume is to stand; <see langword="null"/> when planes are only handed on.</param>
    public RestorationStream(
        SelfVisionModel? model, VolumeShape shape, Factors factors, float floor, RestorationOptions options, INetworkBackend backend,
        FloatVolume? acquired, FloatVolume? whole, PlaneReceiver receiver)
    {
        _team = new WorkTeam(options.Threads);
        _ownsAcquired = acquired is null;
        _acquired = acquired ?? new FloatVolume(shape);
        NetworkVariant variant = model?.Variant ?? default;
        if (model is null || model.Stages.Length == 1)
        {
            _first = new StageStream(
                _acquired, factors, variant, model?.Stages[0], backend, floor, options, _team, whole, receiver);
            return;
        }
        TunedStage first = model.Stages[0], second = model.Stages[1];
        _between = new FloatVolume(shape.Times(first.Factors));
        _first = new StageStream(
            _acquired, first.Factors, variant, first, backend, floor, options, _team, _between, (_, _) => _second!.Advance(_nextAtHand, _cancellation));
        _second = new StageStream(
            _between, second.Factors, variant, second, backend, floor, options, _team, null, AcceptForLast);
        _last = new ProjectionCascade(
            _acquired, shape.Times(factors), factors, options.BackProjections, floor, _team, whole, receiver);
    }

    /// <summary>Bytes of planes that a stream holds at most.</summary>
    public static long Bytes(VolumeShape acquired, Factors[] stages, RestorationOptions options)
    {
        long bytes = 0;
        VolumeShape coarse = acquired;
        foreach (Factors stage in stages)
        {
            VolumeShape fine = coarse.Times(stage);
            bytes = checked(bytes + sizeof(float) * coarse.Voxels + StageStream.Bytes(coarse, stage, options));
            coarse = fine;
        }
        if (stages.Length < 2) return bytes;
        var factors = new Factors(coarse.Z / acquired.Z, coarse.Y / acquired.Y, coarse.X / acquired.X);
        return checked(bytes + ProjectionCascade.Bytes(acquired, coarse, factors, options.BackProjections));
    }

    public void Push(ReadOnlySpan<float> plane, bool nextAtHand, CancellationToken cancellation)
    {
        if (plane.Length != _acquired.Shape.PlaneVoxels)
            throw new ArgumentException($"The plane has {plane.Length} samples; one of a {_acquired.Shape} volume has {_acquired.Shape.PlaneVoxels}.", nameof(plane));
        if (_pushed == _acquired.Shape.Z)
            throw new InvalidOperationException($"The volume has all its {_pushed} planes. Complete it, and reset the stream for another one.");
        plane.CopyTo(_acquired.Plane(_pushed));
        Advance(nextAtHand, cancellation);
    }

    /// <summary>Takes notice that the next acquired plane is there.</summary>
    public void Advance(bool nextAtHand, CancellationToken cancellation)
    {
        (_nextAtHand, _cancellation) = (nextAtHand, cancellation);
        _pushed++;
        _first.Advance(nextAtHand, cancellation);
    }

    public double Complete()
    {
        if (_pushed < _acquired.Shape.Z)
            throw new InvalidOperationException($"Only {_pushed} of {_acquired.Shape.Z} planes have come.");
        return _last?.ResidualRms ?? _first.ResidualRms;
    }

    public void Reset()
    {
        _pushed = 0;
        _first.Reset();
        _second?.Reset();
        _last?.Reset();
    }

    public void Dispose()
    {
        _last?.Dispose();
        _second?.Dispose();
        _first.Dispose();
        _between?.Dispose();
        if (_ownsAcquired) _acquired.Dispose();
        _team.Dispose();
    }

    private void AcceptForLast(int z, ReadOnlySpan<float> plane)
    {
        plane.CopyTo(new Span<float>(_last!.Plane(z), plane.Length));
        _last.Accept(_cancellation);
    }
}
