using Acquisition.Core;
using Acquisition.Restoration.Training;

namespace Acquisition.Restoration;

/// <summary>Tells without a truth how well a model suits a volume: the acquired volume is shrunk, restored from that, and compared
/// with itself (He et al. 2023 train the same way).</summary>
/// <remarks>On the volume's most structured 262,144 samples and from a single orientation, so that it costs a few hundredths of
/// restoring the volume. The shrunk copy is an octave coarser than what the model restores: differences between volumes tell
/// something, the number itself is no estimate of the restored volume's quality.</remarks>
public static class QualityGauge
{
    private const long MaxVoxels = 1 << 18;

    /// <param name="acquired">In scaled units; lent until the call returns, not changed.</param>
    /// <param name="floor">Smallest value a restored sample may take; negative infinity for none.</param>
    /// <returns><see langword="null"/> for a volume that is too small to be shrunk or agrees with its shrunk copies exactly.</returns>
    public static GaugeReading? Measure(
        IRestorationEngine engine, TunedModel model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(acquired);
        ArgumentNullException.ThrowIfNull(options);
        using FloatVolume? region = TuningRegion.Of(acquired, MaxVoxels);
        FloatVolume whole = region ?? acquired;
        var extent = new VolumeShape(Whole(whole.Shape.Z, factors.Z), Whole(whole.Shape.Y, factors.Y), Whole(whole.Shape.X, factors.X));
        if (extent.Voxels == 0) return null;

        using FloatVolume truth = new(extent), coarse = new(Resampling.ShrunkShape(extent, factors)), restored = new(extent);
        new Crop(0, 0, 0, false, false, false, false).Read(whole, truth);
        Resampling.Shrink(truth, factors, coarse, options.Threads, cancellation);
        SampleRange.Of(truth).Clamp(coarse);
        RestorationOptions single = options with { Ensemble = false };
        double modelDb = Reach(model), projectedDb = Reach(null);
        return double.IsFinite(modelDb) && double.IsFinite(projectedDb) ? new GaugeReading(modelDb, projectedDb) : null;

        double Reach(TunedModel? with)
        {
            engine.Restore(with, coarse, factors, floor, single, restored, out _, cancellation);
            return Quality.Psnr(restored, truth, border: 0);
        }
    }

    private static int Whole(int extent, int factor) => extent / factor * factor;
}
