using System.Globalization;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Tests.Bindings.TorchSharp;
using Acquisition.Tests.Support;
using Acquisition.Torch;
using Xunit;

namespace Acquisition.Tests.Torch;

/// <summary>The networks of the Torch engine against the processor's and against PyTorch for Python.</summary>
[Collection(LibTorchPresence.Collection)]
public sealed class TorchParityTests
{
    private static readonly RestorationOptions Options = new() { Threads = 2 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(NetworkVariant.Public, 1, 2, 2)]
    [InlineData(NetworkVariant.Public, 2, 2, 2)]
    [InlineData(NetworkVariant.Public, 2, 1, 1)]
    [InlineData(NetworkVariant.Paper, 1, 2, 2)]
    [InlineData(NetworkVariant.Paper, 2, 2, 2)]
    [InlineData(NetworkVariant.Paper, 1, 2, 1)]
    public void All_three_give_the_same_outputs_gradients_and_steps(NetworkVariant variant, int fz, int fy, int fx)
    {
        TorchCases.Require();
        using var comparison = new EngineComparison(variant, new Factors(fz, fy, fx));
        TestContext.Current.TestOutputHelper?.WriteLine(comparison.Row);
        Assert.All(comparison.OutputErrors, error => Assert.InRange(error, 0, 1e-5));
        Assert.All(comparison.GradientErrors, error => Assert.InRange(error, 0, 1e-4));
        Assert.All(comparison.StepErrors, error => Assert.InRange(error, 0, 1e-3));
    }

    [Theory]
    [InlineData(NetworkVariant.Public, 1)]
    [InlineData(NetworkVariant.Public, 40_000)]
    [InlineData(NetworkVariant.Paper, 1)]
    public void Tiles_do_not_show_in_any_orientation(NetworkVariant variant, int mostVoxels)
    {
        TorchCases.Require();
        var factors = new Factors(2, 2, 2);
        var layout = new NetworkLayout(variant, factors);
        using FloatVolume volume = Volumes.Random(new(35, 40, 66), 2);
        using FloatVolume expected = new(volume.Shape.Times(factors)), found = new(expected.Shape);
        float[] parameters = TorchCases.Parameters(layout, new Random(3));
        using (INetwork processor = new CpuBackend(KernelSet.Default).Open(layout, volume.Shape.Z))
        {
            processor.Load(parameters);
            processor.Detail(volume, expected, Options, Cancel);
        }

        using var tiles = new TorchTiles(layout, new global::TorchSharp.torch.Device(TorchCases.Device));
        tiles.Load(parameters);
        new Acquisition.Torch.Tiling.TiledDetail(tiles, factors, layout.Radius).Add(volume, found, mostVoxels, ensemble: true, flipZ: true, isHalf: false, Cancel);

        Assert.InRange(TorchCases.Relative(Volumes.Samples(expected), Volumes.Samples(found)), 0, 1e-5);
    }

    [Theory]
    [InlineData(NetworkVariant.Public)]
    [InlineData(NetworkVariant.Paper)]
    public void Training_by_either_engine_comes_to_the_same_quality_and_the_same_winner(NetworkVariant variant)
    {
        TorchCases.Require();
        var factors = new Factors(2, 2, 2);
        using FloatVolume truth = Volumes.Rods(new(20, 80, 80), 2), acquired = new(new(10, 40, 40));
        Resampling.Shrink(truth, factors, acquired, 1, Cancel);
        var options = new RestorationOptions
        {
            Variant = variant, Steps = 150, BatchSize = 4, CropPlanes = 4, CropEdgePx = 24, BackProjections = 3, Threads = 2,
        };
        var processor = new CpuEngine();
        var torch = new TorchEngine(TorchCases.Device);

        TuningResult expected = Tune(processor), found = Tune(torch);

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{variant}: held out {expected.HeldOutDb:0.000} dB here, {found.HeldOutDb:0.000} dB in Torch; against the truth {Restored(processor, expected):0.000} and {Restored(torch, found):0.000} dB"));
        Assert.Equal(expected.BeatsProjection, found.BeatsProjection);
        Assert.Equal(expected.ProjectedDb, found.ProjectedDb, 1e-6);
        Assert.Equal(expected.HeldOutDb, found.HeldOutDb, 0.05);

        TuningResult Tune(IRestorationEngine engine) =>
            engine.Tune(new() { Acquired = acquired, Factors = factors, Floor = 0, Options = options }, Cancel);

        double Restored(IRestorationEngine engine, TuningResult tuned)
        {
            using var volume = new FloatVolume(truth.Shape);
            engine.Restore(tuned.Model, acquired, factors, 0, options, volume, out _, Cancel);
            return Quality.Psnr(volume, truth);
        }
    }

    [Theory]
    [InlineData(NetworkVariant.Public, 2, 2, 2)]
    [InlineData(NetworkVariant.Paper, 1, 2, 2)]
    [InlineData(NetworkVariant.Public, 4, 4, 4)]
    public void A_model_that_one_engine_tuned_runs_in_the_other(NetworkVariant variant, int fz, int fy, int fx)
    {
        TorchCases.Require();
        var factors = new Factors(fz, fy, fx);
        using FloatVolume acquired = Volumes.Rods(new(9, 26, 31), 4);
        var options = new RestorationOptions { Variant = variant, Steps = 12, BatchSize = 3, CropPlanes = 2, CropEdgePx = 16, BackProjections = 3, Threads = 2 };
        var processor = new CpuEngine();
        var torch = new TorchEngine(TorchCases.Device);
        foreach (IRestorationEngine tuner in new IRestorationEngine[] { processor, torch })
        {
            TunedModel tuned = tuner.Tune(new() { Acquired = acquired, Factors = factors, Floor = 0, Options = options }, Cancel).Model!;
            var model = SelfVisionModel.FromSafeTensors(tuned.ToSafeTensors());

            float[] expected = Restored(processor, model), found = Restored(torch, model);

            Assert.InRange(TorchCases.Relative(expected, found), 0, TorchCases.Device == "cpu" ? 1e-5 : 1e-3);
            GaugeReading one = processor.Gauge(model, acquired, factors, 0, options, Cancel)!.Value, other = torch.Gauge(model, acquired, factors, 0, options, Cancel)!.Value;
            Assert.Equal(one.ModelDb, other.ModelDb, 1e-2);
        }

        float[] Restored(IRestorationEngine engine, TunedModel model)
        {
            using var restored = new FloatVolume(acquired.Shape.Times(factors));
            engine.Restore(model, acquired, factors, 0, options, restored, out _, Cancel);
            return Volumes.Samples(restored);
        }
    }

    [Fact]
    public void A_stream_gives_what_restoring_the_whole_volume_gives()
    {
        TorchCases.Require();
        var factors = new Factors(2, 2, 2);
        using FloatVolume acquired = Volumes.Rods(new(7, 20, 22), 4);
        TunedModel model = TorchCases.Model(NetworkVariant.Public, factors);
        var engine = new TorchEngine(TorchCases.Device);
        using var whole = new FloatVolume(acquired.Shape.Times(factors));
        engine.Restore(model, acquired, factors, 0, Options, whole, out double residual, Cancel);
        var streamed = new List<float>();
        using IPlaneRestorer stream = engine.OpenStream(model, acquired.Shape, factors, 0, Options, (_, plane) => streamed.AddRange(plane));
        for (int z = 0; z < acquired.Shape.Z; z++) stream.Push(acquired.Plane(z), nextAtHand: false, Cancel);

        Assert.Equal(residual, stream.Complete());
        Assert.Equal(Volumes.Samples(whole), streamed);
    }
}
