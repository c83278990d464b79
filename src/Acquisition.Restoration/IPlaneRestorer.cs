namespace Acquisition.Restoration;

/// <summary>Restores a volume while it is acquired: acquired planes go in, restored planes come out to the receiver that the stream was
/// opened with, each once, in order, and as soon as all planes are there that it depends on.</summary>
/// <remarks>The planes have the bits that <see cref="IRestorationEngine.Restore"/> gives for the whole volume. One thread at a time; the
/// receiver is called on it. Holds the acquired volume, for a factor of 4 the volume between the stages, and the planes under way.</remarks>
public interface IPlaneRestorer : IDisposable
{
    /// <summary>Takes the next acquired plane, (y, x), scaled; copied before the call returns. The last one finishes the volume.</summary>
    /// <param name="nextAtHand">Whether the next plane comes at once, so that work may wait to be done together. Does not change results.</param>
    /// <exception cref="ArgumentException">It is not of the acquired extent.</exception>
    /// <exception cref="InvalidOperationException">The volume has all its planes.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; only <see cref="Reset"/> helps.</exception>
    void Push(ReadOnlySpan<float> plane, bool nextAtHand, CancellationToken cancellation);

    /// <summary>What restoration leaves, after the last plane.</summary>
    /// <returns>Root mean square of (acquired − restored shrunk to the acquired grid).</returns>
    /// <exception cref="InvalidOperationException">Planes are missing.</exception>
    double Complete();

    /// <summary>How far each restored voxel of the volume that was completed last is to be doubted, without a truth: on the restored grid, in units of
    /// <see cref="DoubtScale.Largest"/>, 0 for no doubt. <see langword="null"/> where that is not known. Valid until the next volume's first plane.</summary>
    FloatVolume? Doubt => null;

    /// <summary>Forgets the volume and makes ready for another one.</summary>
    void Reset();
}
