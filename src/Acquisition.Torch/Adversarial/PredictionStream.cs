using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Torch.Adversarial;

/// <summary>Predicts plane by plane where the system is two-dimensional, else the volume once its last plane has come.</summary>
/// <remarks>Planes come and go in scaled units of the model's input, so that what it predicts in those of its target changes its scale on the way out.</remarks>
internal sealed class PredictionStream : IPlaneRestorer
{
    private readonly Predictor _predictor;
    private readonly VolumeShape _shape;
    private readonly bool _isPlanar;
    private readonly FloatVolume? _doubt;
    private readonly float _floor;
    private readonly PlaneReceiver _receiver;
    private readonly FloatVolume _acquired;
    private readonly FloatVolume _predicted;
    private readonly float[] _plane;
    private readonly float _gain;
    private readonly float _offset;
    private int _pushed;
    private double _squares;

    /// <param name="predictor">Becomes the stream's own.</param>
    public PredictionStream(
        Predictor predictor, ModelCard card, VolumeShape shape, VolumeShape finer, AdversarialSystem system, float floor, PlaneReceiver receiver)
    {
        (_predictor, _shape, _isPlanar, _floor, _receiver) = (predictor, shape, system.IsPlanar, floor, receiver);
        _acquired = new FloatVolume(_isPlanar ? shape with { Z = 1 } : shape);
        _predicted = new FloatVolume(_isPlanar ? finer with { Z = 1 } : finer);
        if (system.Doubt is not null)
        {
            Doubt = new FloatVolume(finer);
            _doubt = _isPlanar ? new FloatVolume(_predicted.Shape) : Doubt;
        }

        _plane = new float[finer.PlaneVoxels];
        IntensityScale from = card.Input.Scale, to = card.Target.Scale;
        double width = from.High - from.Low;
        (_gain, _offset) = ((float)((to.High - to.Low) / width), (float)((to.Low - from.Low) / width));
    }

    public FloatVolume? Doubt { get; }

    public void Push(ReadOnlySpan<float> plane, bool nextAtHand, CancellationToken cancellation)
    {
        if (plane.Length != _shape.PlaneVoxels)
            throw new ArgumentException($"The plane has {plane.Length} samples; one of a {_shape} volume has {_shape.PlaneVoxels}.", nameof(plane));
        if (_pushed == _shape.Z)
            throw new InvalidOperationException($"The volume has all its {_pushed} planes. Complete it, and reset the stream for another one.");
        plane.CopyTo(_acquired.Plane(_isPlanar ? 0 : _pushed));
        _pushed++;
        if (_isPlanar) Predict(_pushed - 1, cancellation);
        else if (_pushed == _shape.Z) Predict(0, cancellation);
    }

    public double Complete() => _pushed == _shape.Z ? Math.Sqrt(_squares / _shape.Voxels) : throw new InvalidOperationException($"Only {_pushed} of {_shape.Z} planes have come.");

    public void Reset() => (_pushed, _squares) = (0, 0);

    public void Dispose()
    {
        _predictor.Dispose();
        _acquired.Dispose();
        _predicted.Dispose();
        _doubt?.Dispose();
        Doubt?.Dispose();
    }

    private void Predict(int first, CancellationToken cancellation)
    {
        _squares += _predictor.Predict(_acquired, _predicted, _doubt, cancellation);
        if (_isPlanar) _doubt?.Plane(0).CopyTo(Doubt!.Plane(first));
        for (int z = 0; z < _predicted.Shape.Z; z++)
        {
            ReadOnlySpan<float> from = _predicted.Plane(z);
            for (int i = 0; i < _plane.Length; i++) _plane[i] = Math.Max(from[i] * _gain + _offset, _floor);
            _receiver(first + z, _plane);
        }
    }
}
