namespace Acquisition.Restoration.Isotropy;

/// <summary>Restores whole stacks of one shape, one at a time.</summary>
public interface IStackRestorer : IDisposable
{
    /// <param name="acquired">Lent until the call returns, not changed.</param>
    /// <param name="restored">Receives the result on the isotropic grid.</param>
    /// <returns>Root mean square of (acquired − restored degraded again).</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the result is undefined.</exception>
    double Restore(FloatVolume acquired, FloatVolume restored, CancellationToken cancellation);
}
