using Acquisition.Core;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Kernels;

namespace Acquisition.Restoration;

/// <summary>Self-Vision on the processor. The same volume, options and seed give the same bits for any number of threads.</summary>
/// <remarks>Memory: see <see cref="StreamBytes"/>, the options' activation budget and what tuning holds, at most three volumes of 8 million
/// voxels, one of the fine grid, 30 MB of copies between the grids and all feature maps of one crop a thread.</remarks>
public sealed class CpuEngine : IRestorationEngine
{
    private readonly SelfVisionEngine _engine;

    public CpuEngine() : this(KernelSet.Default) { }

    internal CpuEngine(KernelSet kernels) => _engine = new(new CpuBackend(kernels));

    public string Name => _engine.Name;

    /// <summary>Makes sure of the kernels that the environment asks for, before anything depends on them.</summary>
    /// <exception cref="RestorationException">Their name is unknown, or the processor lacks what they need.</exception>
    public static void RequireKernels() => _ = KernelSet.Default;

    /// <summary>Bytes that a stream holds at most, beside the activation budget.</summary>
    public static long StreamBytes(VolumeShape acquired, Factors factors, RestorationOptions options) =>
        SelfVisionEngine.StreamBytes(acquired, factors, options);

    public TuningResult Tune(TuningRequest request, CancellationToken cancellation) => _engine.Tune(request, cancellation);

    public void Restore(
        TunedModel? model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options,
        FloatVolume destination, out double residualRms, CancellationToken cancellation) =>
        _engine.Restore(model, acquired, factors, floor, options, destination, out residualRms, cancellation);

    public GaugeReading? Gauge(
        TunedModel model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options, CancellationToken cancellation) =>
        _engine.Gauge(model, acquired, factors, floor, options, cancellation);

    public IPlaneRestorer OpenStream(
        TunedModel? model, VolumeShape acquired, Factors factors, float floor, RestorationOptions options, PlaneReceiver receiver) =>
        _engine.OpenStream(model, acquired, factors, floor, options, receiver);
}
