using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Torch.Adversarial;

/// <summary>Runs a trained generator over volumes. One caller at a time.</summary>
public abstract class Predictor : IDisposable
{
    /// <summary>Predicts what a volume would look like in the target's library.</summary>
    /// <param name="acquired">Scaled by <see cref="LibraryCard.Scale"/> of the card's input; of two-dimensional systems a single plane. Lent, not changed.</param>
    /// <param name="predicted">Receives the result, scaled by that of the card's target, on the grid that is <see cref="AdversarialSystem.Finer"/> times finer.</param>
    /// <param name="doubt">Receives how far each voxel is to be doubted, 0 for not at all, on the grid of <paramref name="predicted"/>, in the unit of
    /// <see cref="AdversarialSystem.Doubt"/>; <see langword="null"/> where nobody asks or the system knows none.</param>
    /// <returns>Sum over acquired samples of (acquired − predicted brought back to the acquired grid)², in scaled units of the input.</returns>
    /// <exception cref="RestorationException">The device fails, for instance for lack of memory.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; results are undefined.</exception>
    public abstract double Predict(FloatVolume acquired, FloatVolume predicted, FloatVolume? doubt, CancellationToken cancellation);

    /// <summary>Bytes that a prediction takes at most, beside the volumes, for acquired volumes of a shape.</summary>
    public abstract long BytesNeeded(VolumeShape acquired);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
