using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Tests.Bindings.TorchSharp;
using Acquisition.Tests.Support;
using Acquisition.Torch.Adversarial;
using Acquisition.Torch.Adversarial.C2Gan;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Acquisition.Tests.Torch.Adversarial.C2Gan;

[Collection(LibTorchPresence.Collection)]
public sealed class C2GanPredictorTests
{
    private static readonly PredictorOptions Options = new() { Threads = 1, Device = TorchCases.Device };

    public C2GanPredictorTests() => TorchCases.Require();

    [Theory]
    [InlineData(24, 20)]
    [InlineData(13, 18)]
    [InlineData(9, 31)]
    public void A_plane_of_any_size_comes_out_as_pytorch_makes_it_of_the_whole_with_doubt_and_residual(int height, int width)
    {
        OfflineModel model = C2GanCase.Drawn(C2GanCase.Settings);
        var (thresholds, _) = C2GanTraining.Read(model.Card);
        using var plane = Volumes.From(new VolumeShape(1, height, width), (_, y, x) => 0.4 + 0.6 * Math.Sin(0.8 * y) * Math.Cos(0.5 * x));
        using var oracle = new RestorationOracle();
        C2GanCase.Write(oracle, "a", plane.Plane(0));
        C2GanCase.Tell(oracle, model, C2GanCase.Settings, new()
        {
            ["shape"] = new[] { height, width },
            ["lowest"] = -0.25,
            ["highest"] = 1.5,
            ["alpha"] = (thresholds.Input + 0.25) / 0.875 - 1,
            ["beta"] = (thresholds.Target + 0.25) / 0.875 - 1,
            ["slope"] = 20,
        });
        RestorationOracle.RunScript("c2gan.py", "predict", oracle.Folder);

        // From the file alone.
        using Predictor predictor = AdversarialSystem.Get(ModelNames.C2Gan).Open(OfflineModel.FromSafeTensors(model.ToSafeTensors()), Options);
        using FloatVolume predicted = new(plane.Shape), doubt = new(plane.Shape);
        double squares = predictor.Predict(plane, predicted, doubt, TestContext.Current.CancellationToken);
        float[] wanted = oracle.Floats("predicted");
        Assert.InRange(Volumes.MaxError(wanted, predicted.Plane(0).ToArray()), 0, 2e-5);
        Assert.True(wanted.Max() - wanted.Min() > 0.05);
        // A mask is steeper than the image by its slope.
        Assert.InRange(Volumes.MaxError(oracle.Floats("doubt"), doubt.Plane(0).ToArray()), 0, 20 * 2e-5);
        Assert.All(doubt.Plane(0).ToArray(), value => Assert.InRange(value, 0, 1));
        Assert.Equal(1, squares / C2GanCase.Answer(oracle, "residual").GetDouble(), 1e-4);
    }

    [Fact]
    public void Planes_of_a_stack_come_out_as_alone_and_lent_ones_stay_as_they_are()
    {
        OfflineModel model = C2GanCase.Drawn(C2GanCase.Settings);
        using Predictor predictor = C2GanSystem.System.Open(model, Options);
        using FloatVolume stack = Volumes.Random(new VolumeShape(3, 18, 14), 1), before = Volumes.Random(stack.Shape, 1), predicted = new(stack.Shape), doubt = new(stack.Shape);
        long tensors = Tensor.TotalCount;
        double squares = predictor.Predict(stack, predicted, doubt, TestContext.Current.CancellationToken), sum = 0;
        for (int z = 0; z < 3; z++)
        {
            using FloatVolume plane = Volumes.From(stack.Shape with { Z = 1 }, stack.Plane(z).ToArray()), alone = new(plane.Shape), alonesDoubt = new(plane.Shape);
            sum += predictor.Predict(plane, alone, alonesDoubt, TestContext.Current.CancellationToken);
            Assert.Equal(alone.Plane(0).ToArray(), predicted.Plane(z).ToArray());
            Assert.Equal(alonesDoubt.Plane(0).ToArray(), doubt.Plane(z).ToArray());
            Assert.Equal(before.Plane(z).ToArray(), stack.Plane(z).ToArray());
        }

        Assert.Equal(sum, squares, 1e-9);
        Assert.Equal(tensors, Tensor.TotalCount);
    }

    [Fact]
    public void What_is_not_finite_counts_as_0()
    {
        using Predictor predictor = C2GanSystem.System.Open(C2GanCase.Drawn(C2GanCase.Settings), Options);
        using FloatVolume plane = Volumes.Random(new VolumeShape(1, 12, 12), 2), holes = Volumes.Random(plane.Shape, 2), wanted = new(plane.Shape), found = new(plane.Shape);
        (plane.Plane(0)[17], holes.Plane(0)[17]) = (0, float.NaN);
        (plane.Plane(0)[80], holes.Plane(0)[80]) = (0, float.PositiveInfinity);
        Assert.Equal(
            predictor.Predict(plane, wanted, null, TestContext.Current.CancellationToken),
            predictor.Predict(holes, found, null, TestContext.Current.CancellationToken));
        Assert.Equal(wanted.Plane(0).ToArray(), found.Plane(0).ToArray());
    }

    [Fact]
    public void Acquired_samples_are_not_clipped_and_results_stay_within_their_room()
    {
        using Predictor predictor = C2GanSystem.System.Open(C2GanCase.Drawn(C2GanCase.Settings), Options);
        using FloatVolume plane = Volumes.Random(new VolumeShape(1, 12, 12), 3), brighter = Volumes.Random(plane.Shape, 3), once = new(plane.Shape), again = new(plane.Shape);
        (plane.Plane(0)[40], brighter.Plane(0)[40]) = (1.5f, 30);
        predictor.Predict(plane, once, null, TestContext.Current.CancellationToken);
        predictor.Predict(brighter, again, null, TestContext.Current.CancellationToken);
        Assert.NotEqual(once.Plane(0).ToArray(), again.Plane(0).ToArray());
        Assert.All(again.Plane(0).ToArray(), sample => Assert.InRange(sample, -0.25f, 1.5f));
    }

    [Fact]
    public void A_plane_that_takes_more_than_the_budget_is_refused_with_what_to_raise()
    {
        using Predictor predictor = C2GanSystem.System.Open(C2GanCase.Drawn(C2GanCase.Settings), Options with { MemoryBudgetBytes = 1 << 20 });
        using FloatVolume plane = new(new VolumeShape(1, 256, 257)), predicted = new(plane.Shape);
        // Two channels, six tensors as large as the padded plane, four bytes a sample.
        Assert.Equal(2L * 6 * 4 * 256 * 260, predictor.BytesNeeded(plane.Shape));
        Assert.Contains("activation_budget_mib", Assert.Throws<RestorationException>(
            () => predictor.Predict(plane, predicted, null, TestContext.Current.CancellationToken)).Message);
    }

    [Fact]
    public void Doubt_is_1_where_content_and_background_change_places_and_0_where_they_stay()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor image = tensor([-0.8f, 0.6f, -0.7f, 0.9f]).reshape(1, 1, 1, 4);
        var mask = new ContentMask(0, 0.1);
        float[] Samples(Tensor found) => HostTensorsOf(found);
        Assert.All(Samples(mask.Disagreement(image, image, 100)), doubt => Assert.InRange(doubt, 0, 1e-4));
        Assert.All(Samples(mask.Disagreement(image, image.neg(), 100)), doubt => Assert.InRange(doubt, 0.999, 1));
        double wanted = 1 / (1 + Math.Exp(5 * 0.8)) - 1 / (1 + Math.Exp(-5 * (0.4 - 0.1)));
        Assert.Equal(Math.Abs(wanted), Samples(mask.Disagreement(image, full([1, 1, 1, 4], 0.4), 5))[0], 1e-6);
    }

    private static float[] HostTensorsOf(Tensor found) => Acquisition.Torch.HostTensors.Samples(found).ToArray();
}
