using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;
using Acquisition.Restoration.Sampling;
using Acquisition.Tests.Bindings.TorchSharp;
using Acquisition.Torch.Isotropy;
using Xunit;
using static TorchSharp.torch;

namespace Acquisition.Tests.Torch.Isotropy;

[Collection(LibTorchPresence.Collection)]
public sealed class IsotropicTrainerTests
{
    public IsotropicTrainerTests() => TorchCases.Require();

    [Theory]
    [InlineData(IsotropicNetwork.IsoNet1, IsotropicLoss.LogSquareError, 0.5)]
    [InlineData(IsotropicNetwork.IsoNet2, IsotropicLoss.LogSquareError, 2)]
    [InlineData(IsotropicNetwork.CareIsotropic, IsotropicLoss.AbsoluteError, 1)]
    public void Held_out_planes_come_out_better_than_interpolated(IsotropicNetwork network, IsotropicLoss loss, double gainDb)
    {
        using FloatVolume stack = IsotropicCase.Stack();
        var reports = new List<IsotropicProgress>();
        var options = IsotropicCase.Options with { Network = network, Loss = loss, Steps = network == IsotropicNetwork.IsoNet1 ? 120 : 60 };
        IsotropicModel model = IsotropicTrainer.Train(stack, IsotropicCase.Ratio, IsotropicCase.Psf, options, reports.Add, cancellation: TestContext.Current.CancellationToken);
        Assert.True(model.HeldOutDb > model.InputDb + gainDb, $"from {model.InputDb} to {model.HeldOutDb} dB");
        Assert.Equal(options.Steps / 20, reports.Count);
        Assert.Equal(reports.Max(report => report.HeldOutDb), model.HeldOutDb);
        Assert.All(reports, report => Assert.Equal(model.InputDb, report.InputDb));
        Assert.Equal(TimeSpan.Zero, reports[^1].Remaining);
        Assert.True(reports[^1].Loss < reports[0].Loss);
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_with_dropout_and_noise_too()
    {
        using FloatVolume stack = IsotropicCase.Stack();
        var options = IsotropicCase.Options with { Device = "cpu", Steps = 6, Dropout = 0.2, Noise = new() { ReadSigma = 5 } };
        float[] first = Train(options), again = Train(options), other = Train(options with { Seed = 2 });
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);

        float[] Train(IsotropicOptions with) => [.. IsotropicTrainer.Train(stack, IsotropicCase.Ratio, IsotropicCase.Psf, with, cancellation: TestContext.Current.CancellationToken).Weights];
    }

    [Theory]
    [InlineData(LateralAxis.X)]
    [InlineData(LateralAxis.Y)]
    public void Inputs_are_planes_blurred_thinned_out_and_interpolated_along_their_columns(LateralAxis axis)
    {
        using FloatVolume stack = IsotropicCase.Stack();
        var (scale, shape) = (new IntensityScale(100, 600), stack.Shape);
        var degradation = new LateralDegradation(SplitPsf.Of(IsotropicCase.Psf, DegradationKernel.Split), IsotropicCase.Ratio);
        PlanePair pair = TrainingPlanes.Pair(stack.Plane(5), shape, scale, degradation, axis, 0);
        int rows = axis == LateralAxis.X ? shape.Y : shape.X, columns = axis == LateralAxis.X ? shape.X : shape.Y;
        Assert.Equal((rows, columns), (pair.Height, pair.Width));
        double sigma = Math.Sqrt(9 - 1);
        double[] bell = [.. Enumerable.Range(-12, 25).Select(t => Math.Exp(-t * t / (2 * sigma * sigma)))];
        double all = bell.Sum();
        for (int r = 0; r < rows; r++)
        {
            double[] line = [.. Enumerable.Range(0, columns).Select(c => (stack.Plane(5)[axis == LateralAxis.X ? r * shape.X + c : c * shape.X + r] - 100) / 500.0)];
            double[] coarse = [.. Enumerable.Range(0, (columns - 1) / 4 + 1).Select(k =>
                Enumerable.Range(-12, 25).Sum(t => bell[t + 12] / all * line[CubicTaps.Mirror(4 * k + t, columns)]))];
            for (int c = 0; c < columns; c++)
            {
                double wanted = Enumerable.Range(c / 4 - 1, 4).Sum(k => CubicTaps.Keys(c / 4.0 - k) * coarse[Math.Clamp(k, 0, coarse.Length - 1)]);
                Assert.Equal(wanted, pair.Input[r * columns + c], 1e-4);
                Assert.Equal(line[c], pair.Target[r * columns + c], 1e-5);
            }
        }
    }

    [Fact]
    public void Patches_are_pieces_of_both_at_the_same_place_turned_over_alike()
    {
        using FloatVolume stack = IsotropicCase.Stack();
        // Without blur and thinning, input and target are one.
        var options = IsotropicCase.Options with { Kernel = DegradationKernel.Identity };
        var planes = new TrainingPlanes(stack, new(100, 600), IsotropicCase.Psf, 1, options, TestContext.Current.CancellationToken);
        float[] input = new float[32 * 32], target = new float[32 * 32];
        var random = new Random(1);
        var seen = new HashSet<float>();
        for (int i = 0; i < 50; i++)
        {
            planes.Draw(random, input, target);
            Assert.Equal(input, target);
            Assert.Contains(target, sample => sample > 0.1f);
            seen.Add(target[0]);
        }
        Assert.InRange(seen.Count, 40, 50);
        Assert.Equal(double.PositiveInfinity, planes.InputDb);
    }

    [Fact]
    public void Training_ends_at_once_when_cancelled_and_leaves_no_tensor()
    {
        using FloatVolume stack = IsotropicCase.Stack();
        long before = Tensor.TotalCount;
        using var cancellation = new CancellationTokenSource();
        var reports = new List<IsotropicProgress>();
        Assert.Throws<OperationCanceledException>(() => IsotropicTrainer.Train(
            stack, IsotropicCase.Ratio, IsotropicCase.Psf, IsotropicCase.Options with { Steps = 100_000, ReportEvery = 3 },
            report => { reports.Add(report); cancellation.Cancel(); }, cancellation: cancellation.Token));
        Assert.Equal([3], reports.Select(report => report.Step));
        IsotropicTrainer.Train(stack, IsotropicCase.Ratio, IsotropicCase.Psf, IsotropicCase.Options with { Steps = 5, Dropout = 0.1 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Every_step_takes_the_threads_that_the_budget_leaves()
    {
        using FloatVolume stack = IsotropicCase.Stack();
        var budget = new ThreadBudget(2);
        var taken = new List<int>();
        var left = new Queue<int>([1, 1, 3, 2, 1]);
        var options = IsotropicCase.Options with { Steps = 5, ReportEvery = 1, Threads = 2 };
        IsotropicTrainer.Train(stack, IsotropicCase.Ratio, IsotropicCase.Psf, options, Report, budget, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([2, 1, 1, 2, 2], taken);

        void Report(IsotropicProgress progress)
        {
            taken.Add(get_num_threads());
            budget.Threads = left.Dequeue();
        }
    }

    [Fact]
    public void A_stack_with_nothing_in_it_and_planes_smaller_than_a_patch_are_refused()
    {
        using var empty = new FloatVolume(new(4, 40, 40));
        using FloatVolume stack = IsotropicCase.Stack();
        Assert.Throws<RestorationException>(() => Train(empty, IsotropicCase.Ratio, IsotropicCase.Options));
        Assert.Throws<RestorationException>(() => Train(stack, IsotropicCase.Ratio, IsotropicCase.Options with { PatchPx = 64 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Train(stack, 0.5, IsotropicCase.Options));

        static IsotropicModel Train(FloatVolume volume, double ratio, IsotropicOptions options) =>
            IsotropicTrainer.Train(volume, ratio, IsotropicCase.Psf, options, cancellation: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => IsotropicCase.Options with { PatchPx = 30 });
        Assert.Throws<ArgumentOutOfRangeException>(() => IsotropicCase.Options with { Steps = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => IsotropicCase.Options with { Batch = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => IsotropicCase.Options with { LearningRate = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => IsotropicCase.Options with { Dropout = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => IsotropicCase.Options with { Network = (IsotropicNetwork)9 });
        Assert.Equal((40_000, 16, 4e-4), (IsotropicOptions.Care.Steps, IsotropicOptions.Care.Batch, IsotropicOptions.Care.LearningRate));
        Assert.Equal((0.2, 5e-3), (IsotropicOptions.Article.Dropout, IsotropicOptions.Article.LearningRate));
    }
}
