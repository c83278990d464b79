using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Tests.Bindings.TorchSharp;
using Acquisition.Tests.Support;
using Acquisition.Torch;
using Acquisition.Torch.Adversarial;
using Acquisition.Torch.Adversarial.CrossModality;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Acquisition.Tests.Torch.Adversarial;

[Collection(LibTorchPresence.Collection)]
public sealed class CrossModalityPredictorTests
{
    private const long Least = 1 << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public CrossModalityPredictorTests() => TorchCases.Require();

    [Theory]
    [InlineData(70, 801)]
    [InlineData(530, 33)]
    [InlineData(420, 500)]
    public void A_plane_restored_by_tiles_is_the_plane_restored_whole(int height, int width)
    {
        using CrossModalityTraining training = CrossModalityCase.Training();
        CrossModalityCase.Disturb(training.Generator, 3);
        OfflineModel model = training.Model([]);
        using FloatVolume plane = Volumes.Random(new VolumeShape(1, height, width), 8), whole = new(plane.Shape), parts = new(plane.Shape);
        using Predictor large = Open(model, 1L << 34), small = Open(model, Least);
        double residual = large.Predict(plane, whole, null, Cancellation);
        Assert.Equal(1, small.Predict(plane, parts, null, Cancellation) / residual, 1e-6);
        // Convolutions add up in another order in smaller images.
        Assert.InRange(TorchCases.Relative(Volumes.Samples(whole), Volumes.Samples(parts)), 0, 1e-5);
        Assert.True(small.BytesNeeded(plane.Shape) < large.BytesNeeded(plane.Shape));
        Assert.Equal(Volumes.Samples(plane).Zip(Volumes.Samples(whole), (a, b) => Math.Pow((double)a - b, 2)).Sum(), residual, residual * 1e-9);
    }

    [Fact]
    public void Tiles_cover_an_axis_once_and_bring_the_generators_reach_with_them()
    {
        foreach (int extent in (int[])[16, 352, 368, 400, 1024, 2000])
        {
            TileSpan[] spans = [.. PlanePrediction.Spans(extent, PlanePrediction.LeastTilePx)];
            Assert.Equal([0, .. spans.SkipLast(1).Select(span => span.To)], spans.Select(span => span.From));
            Assert.Equal(extent, spans[^1].To);
            Assert.All(spans, span =>
            {
                Assert.Equal(0, span.ReadFrom % UNetGenerator.Multiple);
                Assert.Equal(0, span.Read % UNetGenerator.Multiple);
                Assert.InRange(span.Read, 1, PlanePrediction.LeastTilePx);
                Assert.True(span.ReadFrom == 0 || span.From - span.ReadFrom >= UNetGenerator.ReachPx);
                Assert.True(span.ReadTo == extent || span.ReadTo - span.To >= UNetGenerator.ReachPx);
            });
        }

        Assert.True(PlanePrediction.HaloPx >= 128);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 40)]
    [InlineData(21, 32)]
    public void Planes_of_any_size_are_continued_by_their_mirror_image(int height, int width)
    {
        using CrossModalityTraining training = CrossModalityCase.Training();
        CrossModalityCase.Disturb(training.Generator, 4);
        using Predictor predictor = Open(training.Model([]), Least);
        using FloatVolume plane = Volumes.Random(new VolumeShape(1, height, width), 2), found = new(plane.Shape);
        predictor.Predict(plane, found, null, Cancellation);

        int tall = (height + 15) / 16 * 16, wide = (width + 15) / 16 * 16;
        int[] rows = Mirror(height, tall), columns = Mirror(width, wide);
        using FloatVolume padded = Volumes.From(new VolumeShape(1, tall, wide), (_, y, x) => plane.Plane(0)[rows[y] * width + columns[x]]);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        Device device = TorchDevice.Open(TorchCases.Device);
        float[] wanted = HostTensors.Samples(training.Generator.call(HostTensors.Sections(Volumes.Samples(padded), 1, tall, wide, device)).cpu()).ToArray();
        for (int y = 0; y < height; y++) Assert.Equal(wanted[(y * wide)..(y * wide + width)], found.Plane(0).Slice(y * width, width).ToArray());

        // There and back again, ends not repeated.
        static int[] Mirror(int extent, int to)
        {
            int[] period = [.. Enumerable.Range(0, extent), .. Enumerable.Range(1, Math.Max(0, extent - 2)).Reverse()];
            return [.. Enumerable.Range(0, to).Select(at => period[at % period.Length])];
        }
    }

    [Fact]
    public void What_is_not_finite_counts_as_background_and_not_as_residual()
    {
        using CrossModalityTraining training = CrossModalityCase.Training();
        using Predictor predictor = Open(training.Model([]), Least);
        using FloatVolume holed = Volumes.Random(new VolumeShape(1, 32, 32), 2), filled = Volumes.From(holed.Shape, Volumes.Samples(holed));
        using FloatVolume a = new(holed.Shape), b = new(holed.Shape);
        holed.Plane(0)[100] = float.NaN;
        filled.Plane(0)[100] = 0;
        double residual = predictor.Predict(holed, a, null, Cancellation), full = predictor.Predict(filled, b, null, Cancellation);
        Assert.Equal(Volumes.Samples(b), Volumes.Samples(a));
        Assert.Equal(full - Math.Pow(b.Plane(0)[100], 2), residual, 1e-6 * full);
    }

    [Fact]
    public void A_card_that_does_not_say_how_large_the_network_is_is_refused_and_cancelling_ends_a_prediction()
    {
        using CrossModalityTraining training = CrossModalityCase.Training();
        OfflineModel model = training.Model([]);
        OfflineModel silent = new(model.Card with { Settings = model.Card.Settings.Remove("generator_channels") }, model.Tensors);
        Assert.Contains("generator_channels", Assert.Throws<DataFormatException>(() => Open(silent, Least)).Message, StringComparison.Ordinal);
        OfflineModel wrong = new(model.Card with { Settings = model.Card.Settings.SetItem("generator_channels", "8") }, model.Tensors);
        Assert.Throws<DataFormatException>(() => Open(wrong, Least));

        using Predictor predictor = Open(model, Least);
        using FloatVolume plane = new(new VolumeShape(1, 32, 32)), predicted = new(plane.Shape);
        Assert.Throws<OperationCanceledException>(() => predictor.Predict(plane, predicted, null, new CancellationToken(canceled: true)));
    }

    private static Predictor Open(OfflineModel model, long budgetBytes) =>
        CrossModalitySystem.System.Open(model, new PredictorOptions { MemoryBudgetBytes = budgetBytes, Threads = 1, Device = TorchCases.Device });
}
