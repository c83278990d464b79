using Acquisition.Core;

namespace Acquisition.Restoration;

/// <summary>Tunes a model on one volume and restores volumes with it.</summary>
/// <remarks>Volumes are in scaled units (see <see cref="IntensityScale"/>). An engine holds no state between calls: calls
/// may run side by side, each with its own volumes.</remarks>
public interface IRestorationEngine
{
    /// <summary>What computes, for people.</summary>
    string Name { get; }

    /// <summary>Tunes a network on one volume and measures on held-out blocks of it whether the network helps.</summary>
    /// <exception cref="RestorationException">The volume is too small, constant or mostly saturated, or the weights to go on from
    /// are of another network.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is kept.</exception>
    TuningResult Tune(TuningRequest request, CancellationToken cancellation);

    /// <summary>Restores one volume.</summary>
    /// <param name="model">What <see cref="Tune"/> returned for the same factors; <see langword="null"/> restores
    /// without one, which works for every volume.</param>
    /// <param name="acquired">The undersampled volume; lent until the call returns, not changed.</param>
    /// <param name="floor">Smallest value a restored sample may take; negative infinity for none.</param>
    /// <param name="destination">Receives the volume on the finer grid: <paramref name="factors"/> times finer, or <see cref="ScanRestoration.Grid"/>.</param>
    /// <param name="residualRms">Root mean square of (acquired − destination brought back to the acquired grid: shrunk, or degraded as the model
    /// takes the microscope to do).</param>
    /// <exception cref="RestorationException">The model was tuned for other factors.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the destination is undefined.</exception>
    void Restore(
        TunedModel? model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options,
        FloatVolume destination, out double residualRms, CancellationToken cancellation);

    /// <summary>Reads how well a model suits a volume, from smaller copies of it; costs a few hundredths of restoring a large volume.</summary>
    /// <param name="model">What <see cref="Tune"/> returned for the same factors.</param>
    /// <param name="acquired">The undersampled volume; lent until the call returns, not changed.</param>
    /// <param name="floor">Smallest value a restored sample may take; negative infinity for none.</param>
    /// <returns><see langword="null"/> for a volume that is too small to be shrunk or has no contrast.</returns>
    /// <exception cref="RestorationException">The model was tuned for other factors.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    GaugeReading? Gauge(
        TunedModel model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options, CancellationToken cancellation);

    /// <summary>Opens a stream that restores volumes of one shape while they are acquired.</summary>
    /// <param name="model">As for <see cref="Restore"/>.</param>
    /// <param name="acquired">Extent of the undersampled volumes.</param>
    /// <param name="floor">Smallest value a restored sample may take; negative infinity for none.</param>
    /// <param name="receiver">Is given the planes of the finer grid.</param>
    /// <exception cref="RestorationException">The model was tuned for other factors.</exception>
    IPlaneRestorer OpenStream(
        TunedModel? model, VolumeShape acquired, Factors factors, float floor, RestorationOptions options, PlaneReceiver receiver);
}
