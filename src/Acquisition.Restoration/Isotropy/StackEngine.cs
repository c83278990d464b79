using Acquisition.Core;

namespace Acquisition.Restoration.Isotropy;

/// <summary>An engine that makes the stacks of one scan isotropic. Every voxel may depend on every plane, so volumes are restored when
/// their last plane has come.</summary>
public abstract class StackEngine : IRestorationEngine
{
    /// <param name="ratio">Pixels from plane to plane; see <see cref="SamplingRatio"/>.</param>
    protected StackEngine(double ratio) => Ratio = SamplingRatio.Checked(ratio);

    public abstract string Name { get; }

    public double Ratio { get; }

    public abstract TuningResult Tune(TuningRequest request, CancellationToken cancellation);

    public abstract GaugeReading? Gauge(
        TunedModel model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options, CancellationToken cancellation);

    public void Restore(
        TunedModel? model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options,
        FloatVolume destination, out double residualRms, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(acquired);
        using IStackRestorer restorer = Open(model, acquired.Shape, floor, options);
        residualRms = restorer.Restore(acquired, destination, cancellation);
    }

    public IPlaneRestorer OpenStream(
        TunedModel? model, VolumeShape acquired, Factors factors, float floor, RestorationOptions options, PlaneReceiver receiver)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        return new StackStream(Open(model, acquired, floor, options), acquired, AxialUpsampling.Shape(acquired, Ratio), receiver);
    }

    /// <summary>Bytes of the two volumes that a stream holds.</summary>
    public static long StreamBytes(VolumeShape acquired, double ratio) =>
        checked(sizeof(float) * (acquired.Voxels + AxialUpsampling.Shape(acquired, ratio).Voxels));

    /// <param name="model">What <see cref="Tune"/> returned; <see langword="null"/> for what needs none.</param>
    /// <param name="acquired">Extent of the stacks.</param>
    /// <param name="floor">Smallest value that the camera gives, in the stacks' units; negative infinity where that is not known.</param>
    /// <exception cref="RestorationException">The model is of something else.</exception>
    protected abstract IStackRestorer Open(TunedModel? model, VolumeShape acquired, float floor, RestorationOptions options);
}
