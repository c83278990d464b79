using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Torch.Adversarial;

/// <summary>Predictions of a system that knows where it is to be doubted.</summary>
internal sealed class DoubtedPredictionStream(
    Predictor predictor, ModelCard card, VolumeShape shape, VolumeShape finer, bool isPlanar, float floor, PlaneReceiver receiver)
    : PredictionStream(predictor, card, shape, finer, isPlanar, floor, receiver), IDoubtingRestorer
{
    private readonly FloatVolume? _plane = isPlanar ? new(finer with { Z = 1 }) : null;

    public FloatVolume Doubt { get; } = new(finer);

    protected override FloatVolume? DoubtOf(int first) => _plane ?? Doubt;

    protected override void NoteDoubt(int first) => _plane?.Plane(0).CopyTo(Doubt.Plane(first));

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing) return;
        _plane?.Dispose();
        Doubt.Dispose();
    }
}
