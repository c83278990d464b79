using Acquisition.Core;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Training;

/// <summary>Tells without a truth how well a model suits a volume.</summary>
/// <remarks>
/// On the volume's most structured 131,072 samples. The shrunk volume restored and compared with the acquired one is what tuning works
/// on (He et al. 2023); it is an octave coarser than what the model restores and does not see a sample going out of focus. How
/// far detail carries over to copies closer to the acquired grid (<see cref="ScaleTransfer"/>) does: on real volumes it lay below one half where the
/// model did harm, and nowhere else (tests/studies/drift.md).
/// </remarks>
internal static class QualityGauge
{
    private const long MaxVoxels = 1 << 17;

    /// <returns><see langword="null"/> for a volume that is too small to be shrunk, or equal to its shrunk copies.</returns>
    public static GaugeReading? Measure(
        SelfVisionEngine engine, INetworkBackend backend, SelfVisionModel model, FloatVolume acquired, Factors factors, float floor,
        RestorationOptions options, CancellationToken cancellation)
    {
        using FloatVolume? region = TuningRegion.Of(acquired, MaxVoxels);
        FloatVolume judged = region ?? acquired;
        var extent = new VolumeShape(Whole(judged.Shape.Z, factors.Z), Whole(judged.Shape.Y, factors.Y), Whole(judged.Shape.X, factors.X));
        if (extent.Voxels == 0) return null;

        using FloatVolume truth = new(extent), coarse = new(Resampling.ShrunkShape(extent, factors)), restored = new(extent);
        new Crop(0, 0, 0, false, false, false, false).Read(judged, truth);
        Resampling.Shrink(truth, factors, coarse, options.Threads, cancellation);
        SampleRange.Of(truth).Clamp(coarse);
        RestorationOptions single = options with { Ensemble = false };
        double modelDb = Reach(model), projectedDb = Reach(null);
        return double.IsFinite(modelDb) && double.IsFinite(projectedDb) ? new GaugeReading(modelDb, projectedDb, Carries()) : null;

        double Reach(SelfVisionModel? with)
        {
            engine.Restore(with, coarse, factors, floor, single, restored, out _, cancellation);
            return Quality.Psnr(restored, truth, border: 0);
        }

        // The second stage of a factor of 4 works on what the first one has made; how that suits the volume is told by the first.
        double Carries()
        {
            TunedStage first = model.Stages[0];
            using INetwork network = backend.Open(new NetworkLayout(model.Variant, first.Factors), options.CropPlanes);
            network.Load(first.Weights.AsSpan());
            using var transfer = new ScaleTransfer(judged, first.Factors, single, cancellation);
            return transfer.Judge(network, cancellation).Gain;
        }
    }

    private static int Whole(int extent, int factor) => extent / factor * factor;
}
