using Acquisition.Core;

namespace Acquisition.Restoration.Isotropy;

/// <summary>Cubic interpolation along z, then Richardson-Lucy deconvolution. The darkest value that the camera gives counts as no light, so a
/// camera's offset has to be taken off before; where that value is not known, the stack's darkest sample does.</summary>
public sealed class RichardsonLucyEngine(StackScan scan, int iterations) : StackEngine(scan.Ratio)
{
    public override string Name => "Richardson-Lucy deconvolution";

    /// <summary>How a scan is restored by this.</summary>
    public static ScanRestoration Restoration(StackScan scan, IsotropicScanOptions options)
    {
        ArgumentNullException.ThrowIfNull(scan);
        ArgumentNullException.ThrowIfNull(options);
        return new ScanRestoration
        {
            Engine = new RichardsonLucyEngine(scan, options.Iterations),
            Grid = scan.Grid,
            Baseline = ModelNames.RichardsonLucy,
            WhyNotTuned = "richardson-lucy learns nothing",
            StreamBytes = checked(StreamBytes(scan.Shape, scan.Ratio) + RichardsonLucy.BytesNeeded(scan.Grid.Shape, scan.Psf)),
            ReadModel = _ => throw new DataFormatException($"{ModelNames.RichardsonLucy} has no weights."),
        };
    }

    public override TuningResult Tune(TuningRequest request, CancellationToken cancellation) => throw new RestorationException($"{Name} has nothing to tune.");

    public override GaugeReading? Gauge(
        TunedModel model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options, CancellationToken cancellation) => null;

    protected override IStackRestorer Open(TunedModel? model, VolumeShape acquired, float floor, RestorationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return model is null
            ? new Deconvolution(scan.Ratio, scan.Psf, AxialUpsampling.Shape(acquired, scan.Ratio), iterations, floor, options.Threads)
            : throw new RestorationException($"The model is of {model.Method}; {ModelNames.RichardsonLucy} takes none.");
    }

    private sealed class Deconvolution(double ratio, PointSpreadFunction psf, VolumeShape shape, int iterations, float floor, int threads) : IStackRestorer
    {
        private readonly RichardsonLucy _deconvolution = new(shape, psf, threads);

        public double Restore(FloatVolume acquired, FloatVolume restored, CancellationToken cancellation)
        {
            AxialUpsampling.Apply(acquired, ratio, restored, threads, cancellation);
            float dark = float.IsFinite(floor) ? floor : Darkest(acquired);
            Shift(restored, -dark);
            _deconvolution.Restore(restored, restored, iterations, cancellation);
            Shift(restored, dark);
            return IsotropyQuality.Residual(restored, acquired, ratio, psf, threads, cancellation).Rms;
        }

        public void Dispose() => _deconvolution.Dispose();

        private static float Darkest(FloatVolume volume)
        {
            float darkest = float.MaxValue;
            for (int z = 0; z < volume.Shape.Z; z++)
            {
                foreach (float sample in volume.Plane(z))
                {
                    if (sample < darkest && float.IsFinite(sample)) darkest = sample;
                }
            }

            return darkest == float.MaxValue ? 0 : darkest;
        }

        private static void Shift(FloatVolume volume, float by)
        {
            for (int z = 0; z < volume.Shape.Z; z++)
            {
                foreach (ref float sample in volume.Plane(z)) sample += by;
            }
        }
    }
}
