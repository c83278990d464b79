using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Benchmarks.Live;

/// <summary>Restores nothing, in a way of its own.</summary>
/// <param name="onPlane">Runs with every acquired plane, on the restoration's thread.</param>
internal sealed class MisbehavingEngine(Action onPlane) : IRestorationEngine
{
    public string Name => "misbehaving";

    public TuningResult Tune(TuningRequest request, CancellationToken cancellation) =>
        throw new RestorationException("This engine cannot tune.");

    public void Restore(
        TunedModel? model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options, FloatVolume destination,
        out double residualRms, CancellationToken cancellation) => residualRms = 0;

    public GaugeReading? Gauge(
        TunedModel model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options, CancellationToken cancellation) => null;

    public IPlaneRestorer OpenStream(
        TunedModel? model, VolumeShape acquired, Factors factors, float floor, RestorationOptions options, PlaneReceiver receiver) => new Stream(onPlane);

    private sealed class Stream(Action onPlane) : IPlaneRestorer
    {
        public void Push(ReadOnlySpan<float> plane, bool nextAtHand, CancellationToken cancellation) => onPlane();

        public double Complete() => 0;

        public void Reset() { }

        public void Dispose() { }
    }
}
