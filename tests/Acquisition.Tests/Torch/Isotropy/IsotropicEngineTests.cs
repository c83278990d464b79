using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;
using Acquisition.Tests.Support;
using Acquisition.Torch.Isotropy;
using Xunit;

namespace Acquisition.Tests.Torch.Isotropy;

public sealed class IsotropicEngineTests
{
    private static readonly ScanPlan Plan = Scans.Plan(z: 12, y: 48, x: 40, undersampling: Factors.One);

    private static readonly IsotropicScanOptions ScanOptions = new() { PsfLateralUm = 1.2, PsfAxialUm = 3.5, Steps = 40, BatchSize = 2, PatchPx = 32 };

    private static readonly RestorationOptions Options = new() { Threads = 2 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Tuning_gives_a_model_that_beats_interpolation_shows_it_on_the_way_and_is_read_back()
    {
        ScanRestoration how = How();
        using FloatVolume stack = IsotropicCase.Stack();
        var reports = new List<TuningProgress>();
        TuningResult result = how.Engine.Tune(Request(stack) with { Progress = new Collected(reports) }, Cancel);

        Assert.True(result.BeatsProjection, result.Reason);
        Assert.Equal((40, "isonet-2"), (result.StepsRun, result.Model!.Method));
        TuningProgress best = reports.MaxBy(report => report.HeldOutDb)!;
        Assert.Equal(best.HeldOutDb, result.HeldOutDb);
        Assert.Equal(result.Model.ToSafeTensors(), best.Snapshot!.ToSafeTensors());
        Assert.Equal(result.Model.ToSafeTensors(), how.ReadModel(result.Model.ToSafeTensors()).ToSafeTensors());
    }

    [Fact]
    public void Tuning_goes_on_from_weights_with_half_the_steps_and_their_scale()
    {
        ScanRestoration how = How();
        using FloatVolume stack = IsotropicCase.Stack();
        var first = (IsotropicModel)how.Engine.Tune(Request(stack), Cancel).Model!;
        for (int z = 0; z < stack.Shape.Z; z++)
        {
            foreach (ref float sample in stack.Plane(z)) sample *= 1.5f;
        }

        TuningResult second = how.Engine.Tune(Request(stack) with { Start = first }, Cancel);
        Assert.Equal(20, second.StepsRun);
        Assert.Equal(first.Scale, ((IsotropicModel)second.Model!).Scale);
        Assert.NotEqual(first.Weights, ((IsotropicModel)second.Model).Weights);
    }

    [Fact]
    public void Streams_give_what_restorer_and_interpolation_give()
    {
        ScanRestoration how = How();
        using FloatVolume stack = IsotropicCase.Stack(), expected = new(how.Grid!.Shape), restored = new(how.Grid.Shape);
        var model = (IsotropicModel)how.Engine.Tune(Request(stack), Cancel).Model!;

        using (var restorer = new IsotropicRestorer(model, new IsotropicRestorerOptions { Threads = 2 })) restorer.Restore(stack, expected, Cancel);
        Assert.InRange(Run(model), 1e-6, double.MaxValue);
        Assert.Equal(Volumes.Samples(expected), Volumes.Samples(restored));

        AxialUpsampling.Apply(stack, how.Engine is StackEngine engine ? engine.Ratio : 0, expected, 1, Cancel);
        // Acquired planes stay what they are.
        Assert.InRange(Run(null), 0, 1e-3);
        Assert.Equal(Volumes.Samples(expected), Volumes.Samples(restored));

        double Run(TunedModel? with)
        {
            using IPlaneRestorer stream = how.Engine.OpenStream(with, stack.Shape, Factors.One, 0, Options, (z, plane) => plane.CopyTo(restored.Plane(z)));
            for (int z = 0; z < stack.Shape.Z; z++) stream.Push(stack.Plane(z), nextAtHand: true, Cancel);
            return stream.Complete();
        }
    }

    [Fact]
    public void The_gauge_tells_a_stack_like_the_one_tuned_on_from_one_that_is_not()
    {
        ScanRestoration how = How(ScanOptions with { Steps = 120 });
        using FloatVolume stack = IsotropicCase.Stack(), noise = new(stack.Shape), constant = new(stack.Shape);
        var random = new Random(4);
        for (int z = 0; z < noise.Shape.Z; z++)
        {
            foreach (ref float sample in noise.Plane(z)) sample = 100 + 900 * random.NextSingle();
        }

        TunedModel model = how.Engine.Tune(Request(stack), Cancel).Model!;
        GaugeReading own = how.Engine.Gauge(model, stack, Factors.One, 0, Options, Cancel)!.Value;
        GaugeReading other = how.Engine.Gauge(model, noise, Factors.One, 0, Options, Cancel)!.Value;
        Assert.True(own.ModelDb > own.ProjectedDb, $"{own}");
        Assert.False(own.IsHarmful, $"{own}");
        Assert.True(other.Carries < 0.7 * own.Carries, $"{other} against {own}");
        Assert.Null(how.Engine.Gauge(model, constant, Factors.One, 0, Options, Cancel));
    }

    [Fact]
    public void Weights_of_something_else_are_refused_with_what_differs()
    {
        using FloatVolume stack = IsotropicCase.Stack();
        byte[] file = How().Engine.Tune(Request(stack), Cancel).Model!.ToSafeTensors();

        Assert.Contains("point spread function: Gaussian", Refusal(How(ScanOptions with { PsfAxialUm = 3 })), StringComparison.Ordinal);
        Assert.Contains("kernel: Split, and here it is Full", Refusal(How(ScanOptions with { Kernel = DegradationKernel.Full })), StringComparison.Ordinal);
        Assert.Contains("distance of planes in pixels: 4, and here it is 6", Refusal(How(plan: Plan with { VoxelSize = Plan.VoxelSize with { ZUm = 3 } })), StringComparison.Ordinal);
        Assert.Contains("isonet-2, and IsoNet1 is configured", Refusal(How(model: ModelNames.IsoNet1)), StringComparison.Ordinal);
        Assert.Throws<RestorationException>(() => How().Engine.OpenStream(Models.Of(1), Plan.Shape, Factors.One, 0, Options, (_, _) => { }));

        string Refusal(ScanRestoration how) => Assert.Throws<RestorationException>(() => how.ReadModel(file)).Message;
    }

    [Fact]
    public void Planes_smaller_than_patches_and_devices_that_are_not_there_are_refused_before_anything_runs()
    {
        Assert.Contains("isotropy.patch_px, which is 64", Assert.Throws<RestorationException>(() => How(ScanOptions with { PatchPx = 64 })).Message, StringComparison.Ordinal);
        var scan = new StackScan(Plan, ScanOptions, null);
        IsotropicOptions far = IsotropicOptions.For(ModelNames.IsoNet2, ScanOptions) with { Device = "cuda:99" };
        Assert.Throws<RestorationException>(() => IsotropicEngine.Restoration(scan, far));
    }

    private static ScanRestoration How(IsotropicScanOptions? options = null, string model = ModelNames.IsoNet2, ScanPlan? plan = null) =>
        IsotropicEngine.Restoration(new StackScan(plan ?? Plan, options ?? ScanOptions, null), IsotropicOptions.For(model, options ?? ScanOptions));

    private static TuningRequest Request(FloatVolume stack) => new() { Acquired = stack, Factors = Factors.One, Floor = 0, Options = Options };

    private sealed class Collected(List<TuningProgress> reports) : IProgress<TuningProgress>
    {
        public void Report(TuningProgress value) => reports.Add(value);
    }
}
