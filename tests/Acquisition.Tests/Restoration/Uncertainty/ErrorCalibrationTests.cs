using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Training;
using Acquisition.Restoration.Uncertainty;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration.Uncertainty;

public sealed class ErrorCalibrationTests
{
    private static readonly RestorationOptions Options = new() { Threads = 2 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 2, 2)]
    [InlineData(2, 2, 2)]
    [InlineData(1, 4, 4)]
    public void It_finds_the_errors_that_a_restoration_makes(int z, int y, int x)
    {
        var factors = new Factors(z, y, x);
        using FloatVolume acquired = Volumes.Random(new(18, 130, 122), seed: 1); // no multiple of 4: tuning trims it
        var engine = new ErringEngine(acquired, brightness => 0.01 + 0.1 * brightness);

        ErrorModel model = ErrorCalibration.Measure(engine, null, acquired, factors, 0, Options, Cancel);

        double[] steep = [0.2, 0.4];
        foreach (double b in (double[])[0.2, 0.5, 0.8])
            Assert.InRange(model.Predict(model.Score(b, steep.Average())) / model.GridFactor / (0.01 + 0.1 * b), 0.85, 1.15);
        Assert.Equal(0.683, model.HeldOut.WithinOne, 0.03);
        Assert.Equal(Math.Pow(ErrorCalibration.NoiseGrowth(factors), 0.25), model.GridFactor, 1e-12);
    }

    [Theory]
    [InlineData(1, 2, 2)]
    [InlineData(2, 2, 2)]
    [InlineData(1, 4, 2)]
    public void White_noise_shrinks_by_the_growth_it_is_said_to_have(int z, int y, int x)
    {
        var factors = new Factors(z, y, x);
        using FloatVolume noise = Volumes.Random(new(32, 128, 128), seed: 2);
        using var shrunk = new FloatVolume(new VolumeShape(32 / z, 128 / y, 128 / x));
        Resampling.Shrink(noise, factors, shrunk, 1, Cancel);
        Assert.InRange(ErrorCalibration.NoiseGrowth(factors) * Deviation(shrunk) / Deviation(noise), 0.97, 1.03);
    }

    [Fact]
    public void Only_blocks_that_tuning_never_saw_count()
    {
        using FloatVolume acquired = Volumes.Rods(new(13, 41, 50), seed: 3);
        var layout = new NetworkLayout(NetworkVariant.Paper, new(2, 2, 2));
        using var tuner = new StageTuner(acquired, layout, 0, Options, new ThreadBudget(Options.Threads), new CpuBackend(KernelSet.Default));
        FloatVolume training = tuner.HeldOut.TrainingWeights;

        // Wrong by 1 wherever training looks, by 0.25 elsewhere: only the latter must be found.
        var engine = new ErringEngine(acquired, _ => 0) { Offset = (z, y, x) => training.Plane(z)[y * training.Shape.X + x] > 0 ? 1 : 0.25 };
        ErrorModel model = ErrorCalibration.Measure(engine, null, acquired, new(2, 2, 2), 0, Options, Cancel);

        Assert.All(model.Errors, error => Assert.Equal(0.25, error / model.GridFactor, 1e-4));
    }

    [Fact]
    public void The_processors_engine_is_calibrated_alike_on_any_number_of_threads()
    {
        using FloatVolume acquired = Volumes.Rods(new(12, 48, 48), seed: 4);
        var engine = new CpuEngine();
        string Text(int threads) => ErrorCalibration.Measure(
            engine, null, acquired, new(2, 2, 2), 0, Options with { Threads = threads }, Cancel).ToText();
        Assert.Equal(Text(1), Text(3));
    }

    [Theory]
    [InlineData(4, 20, 20, 1, 1, 1)]
    [InlineData(1, 20, 20, 2, 2, 2)]
    [InlineData(4, 3, 20, 1, 4, 4)]
    public void What_cannot_be_shrunk_is_refused(int z, int y, int x, int fz, int fy, int fx)
    {
        using FloatVolume acquired = Volumes.Random(new(z, y, x), seed: 5);
        var fault = Assert.Throws<RestorationException>(
            () => ErrorCalibration.Measure(new CpuEngine(), null, acquired, new(fz, fy, fx), 0, Options, Cancel));
        Assert.Contains($"{fz},{fy},{fx}", fault.Message, StringComparison.Ordinal);
    }

    private static double Deviation(FloatVolume volume)
    {
        float[] samples = Volumes.Samples(volume);
        double mean = samples.Average(sample => (double)sample);
        return Math.Sqrt(samples.Average(sample => (sample - mean) * (sample - mean)));
    }

    /// <summary>Knows the truth and misses it by normal errors of a given size.</summary>
    private sealed class ErringEngine(FloatVolume truth, Func<double, double> deviation) : IRestorationEngine
    {
        public Func<int, int, int, double> Offset { get; init; } = (_, _, _) => 0;

        public string Name => "errs on purpose";

        public TuningResult Tune(TuningRequest request, CancellationToken cancellation) => throw new NotSupportedException();

        public GaugeReading? Gauge(
            TunedModel model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public IPlaneRestorer OpenStream(
            TunedModel? model, VolumeShape acquired, Factors factors, float floor, RestorationOptions options, PlaneReceiver receiver) =>
            throw new NotSupportedException();

        public void Restore(
            TunedModel? model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options, FloatVolume destination,
            out double residualRms, CancellationToken cancellation)
        {
            var random = new Random(6);
            VolumeShape shape = destination.Shape;
            for (int z = 0; z < shape.Z; z++)
            {
                for (int y = 0; y < shape.Y; y++)
                {
                    for (int x = 0; x < shape.X; x++)
                    {
                        double right = truth.Plane(z)[y * truth.Shape.X + x];
                        double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                        destination.Plane(z)[y * shape.X + x] = (float)(right + deviation(right) * normal + Offset(z, y, x));
                    }
                }
            }
            residualRms = 0;
        }
    }
}
