using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Tests.Bindings.TorchSharp;
using Acquisition.Tests.Support;
using Acquisition.Torch.Adversarial;
using Acquisition.Torch.Adversarial.DualHrgan;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Acquisition.Tests.Torch.Adversarial.DualHrgan;

[Collection(LibTorchPresence.Collection)]
public sealed class DualHrganPredictorTests
{
    public DualHrganPredictorTests() => TorchCases.Require();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_prediction_and_its_doubt_are_what_pytorch_computes(bool isPaper)
    {
        using DisposeScope scope = NewDisposeScope();
        using var at = new DualHrganCase(isPaper ? DualHrganCase.TinyPaper : DualHrganCase.Tiny);
        var shape = new VolumeShape(7, 8, 9);
        using FloatVolume acquired = Volumes.Random(shape, 3);
        float[] samples = Volumes.Samples(acquired);
        Tensor coarse = tensor(samples).reshape(1, 1, 7, 8, 9);
        at.Ask("forward", 0, ("coarse", coarse), ("fine", zeros([1, 1, 12, 12, 12])));
        float[] restored = at.Answer("restored"), takenBack = at.Answer("taken_back");

        var (predicted, doubt, sum) = Predicted(at.Model(), acquired, 1L << 30);
        Assert.InRange(TorchCases.Relative(restored, predicted), 0, 2e-5);
        double most = takenBack.Max(Math.Abs);
        for (int z = 0; z < 21; z++)
        {
            for (int y = 0; y < 24; y++)
            {
                for (int x = 0; x < 27; x++)
                {
                    int at0 = (z / 3 * 8 + y / 3) * 9 + x / 3;
                    Assert.Equal(Math.Abs(samples[at0] - takenBack[at0]), doubt[(z * 24 + y) * 27 + x], 3e-5 * most);
                }
            }
        }

        double wanted = samples.Zip(takenBack, (a, b) => Math.Pow((double)a - b, 2)).Sum();
        Assert.Equal(wanted, sum, 1e-4 * wanted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Tiles_give_what_the_whole_gives(bool isPaper)
    {
        using DisposeScope scope = NewDisposeScope();
        using var at = new DualHrganCase(isPaper ? DualHrganCase.TinyPaper : DualHrganCase.Tiny);
        using (no_grad())
        {
            // As training begins, but for a last layer that says something.
            using var chance = new Generator(6);
            at.Restore.Draw(chance);
            at.Degrade.Draw(chance);
            at.Degrade.state_dict()["layers.4.weight"].normal_(0, 0.05, chance);
        }

        using FloatVolume acquired = Volumes.Rods(new VolumeShape(35, 33, 64), 4);
        var whole = Predicted(at.Model(), acquired, 1L << 34);
        var parts = Predicted(at.Model(), acquired, 1L << 20);
        // Of what is computed with: a doubt is the small difference of numbers of that size.
        double most = whole.Predicted.Concat(whole.Doubt).Append(1).Max(Math.Abs);
        Assert.InRange(Volumes.MaxError(whole.Predicted, parts.Predicted) / most, 0, 1e-6);
        Assert.InRange(Volumes.MaxError(whole.Doubt, parts.Doubt) / most, 0, 1e-6);
        Assert.Equal(whole.Sum, parts.Sum, 1e-6 * whole.Sum);
        Assert.True(Bytes(1L << 20) < Bytes(1L << 34));

        long Bytes(long budget)
        {
            using Predictor predictor = DualHrganSystem.System.Open(at.Model(), new PredictorOptions { MemoryBudgetBytes = budget, Device = TorchCases.Device });
            return predictor.BytesNeeded(acquired.Shape);
        }
    }

    [Fact]
    public void Thirty_two_voxels_become_ninety_six_with_the_preset_that_small_machines_train()
    {
        using DisposeScope scope = NewDisposeScope();
        using var at = new DualHrganCase(DualHrganSettings.Of(TrainingPreset.Small));
        using FloatVolume acquired = Volumes.Random(new VolumeShape(32, 32, 32), 5), predicted = new(new VolumeShape(96, 96, 96)), wrong = new(new VolumeShape(96, 96, 95));
        using Predictor predictor = DualHrganSystem.System.Open(OfflineModel.FromSafeTensors(at.Model().ToSafeTensors()), new PredictorOptions { Device = TorchCases.Device });
        Assert.True(predictor.Predict(acquired, predicted, null, TestContext.Current.CancellationToken) > 0);
        Assert.All(Volumes.Samples(predicted), sample => Assert.True(float.IsFinite(sample)));
        Assert.Throws<ArgumentException>(() => predictor.Predict(acquired, wrong, null, TestContext.Current.CancellationToken));
        Assert.Throws<OperationCanceledException>(() => predictor.Predict(acquired, predicted, null, new CancellationToken(true)));
    }

    [Fact]
    public void A_card_without_the_networks_sizes_is_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        using var at = new DualHrganCase(DualHrganCase.Tiny);
        OfflineModel model = at.Model();
        var broken = new OfflineModel(model.Card with { Settings = model.Card.Settings.Remove("features") }, model.Tensors);
        Assert.Contains("features", Assert.Throws<DataFormatException>(() => DualHrganSystem.System.Open(broken, new PredictorOptions())).Message, StringComparison.Ordinal);
    }

    private static (float[] Predicted, float[] Doubt, double Sum) Predicted(OfflineModel model, FloatVolume acquired, long budget)
    {
        using Predictor predictor = DualHrganSystem.System.Open(model, new PredictorOptions { MemoryBudgetBytes = budget, Threads = 2, Device = TorchCases.Device });
        VolumeShape fine = acquired.Shape.Times(new Factors(3, 3, 3));
        using FloatVolume predicted = new(fine), doubt = new(fine);
        double sum = predictor.Predict(acquired, predicted, doubt, TestContext.Current.CancellationToken);
        return (Volumes.Samples(predicted), Volumes.Samples(doubt), sum);
    }
}
