using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Benchmarking;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration.Benchmarking;

public sealed class EngineBenchmarkTests
{
    /// <summary>More than any core reaches: 4 GHz · 16 lanes · 2 pipes · 2 operations, twice.</summary>
    private const double IncredibleGflopPerSecond = 500;

    /// <summary>Of the measured peak; a kernel may be measured at a higher clock than the peak was.</summary>
    private const double MostOfPeak = 1.2;

    /// <summary>How many multiplications the largest usual Winograd tile saves, F(4×4, 3×3): (4·3)² / 6².</summary>
    private const double WinogradGain = 4;

    private static readonly BenchmarkPlan Tiny = new()
    {
        BatchSize = 2,
        Crop = new VolumeShape(4, 8, 8),
        Volume = new VolumeShape(9, 17, 19),
        Rounds = 2,
        Threads = 2,
        KernelSample = TimeSpan.FromMilliseconds(2),
        ComparesWithTorch = false,
    };

    [Fact]
    public void Every_layer_shape_of_both_networks_is_measured_and_nothing_is_faster_than_physics_allows()
    {
        var progress = new Told();
        BenchmarkReport report = EngineBenchmark.Run(Tiny, progress);

        Assert.InRange(report.Peak.GflopPerSecond, 0.01, IncredibleGflopPerSecond);
        Assert.Contains(report.Peak.VectorBits, report.Machine.VectorBits.IsEmpty ? [32] : report.Machine.VectorBits);
        Assert.Equal(Environment.ProcessorCount, report.Machine.Cores);
        Assert.NotEmpty(report.Machine.Processor);
        string[] publicLayers = ["1 → 16, 5³", "16 → 12, 1³", "12 → 12, 3³", "12 → 16, 1³", "16 → 27, 1³"], paperLayers = ["1 → 16, 5³", "16 → 6, 3³", "6 → 6, 3³, 3 groups", "6 → 8, 3³"];
        Assert.Equal(publicLayers, Layers(report, NetworkVariant.Public));
        Assert.Equal(paperLayers, Layers(report, NetworkVariant.Paper));
        KernelTiming[] used = [.. report.Kernels.Where(kernel => kernel.IsUsed)];
        // Forward on two extents and both gradients; the first layer of each network has no input gradient.
        Assert.Equal((5 + 4) * 4 - 2, used.Length);
        Assert.Equal(2 * (7 + 1) + 2 * 7, used.Where(k => k.Pass == KernelPass.Forward).Sum(k => k.Count));
        Assert.All(report.Kernels.Except(used), kernel => Assert.Equal("direct", kernel.Form));
        Assert.All(report.Kernels, kernel =>
        {
            Assert.Equal(kernel.Flops / (1e-3 * kernel.Time.ProcessorMs) / 1e9, kernel.GflopPerSecond, 1e-6 * kernel.GflopPerSecond);
            Assert.Equal(kernel.DoneFlops / kernel.Flops * kernel.GflopPerSecond / report.Peak.GflopPerSecond, kernel.FractionOfPeak, 1e-9);
            Assert.InRange(kernel.FractionOfPeak, 1e-6, MostOfPeak);
            Assert.InRange(kernel.DoneFlops / kernel.Flops, kernel.Form == "direct" ? 1 : 1 / WinogradGain, 1);
        });
        Assert.Equal(
            [(NetworkVariant.Public, WorkKind.TrainingStep), (NetworkVariant.Public, WorkKind.Inference), (NetworkVariant.Paper, WorkKind.TrainingStep), (NetworkVariant.Paper, WorkKind.Inference)],
            report.Work.Select(work => (work.Variant, work.Kind)));
        Assert.All(report.Work, work =>
        {
            Assert.Equal((2, 2, 0), (work.OneThread.Length, work.ManyThreads.Length, work.Torch.Length));
            Assert.InRange(work.GflopPerSecond, 1e-6 * report.Peak.GflopPerSecond, MostOfPeak * WinogradGain * report.Peak.GflopPerSecond);
        });
        Assert.Equal("not asked for", report.Torch);
        Assert.Contains("paper network, round 2 of 2", progress.Lines);
    }

    [Fact]
    public void PyTorch_builds_the_same_networks_and_is_measured_as_often()
    {
        BenchmarkReport report = EngineBenchmark.Run(Tiny with { ComparesWithTorch = true, Threads = 1 }, progress: null);

        Assert.StartsWith("PyTorch ", report.Torch, StringComparison.Ordinal);
        Assert.All(report.Work, work =>
        {
            Assert.Equal((2, 0, 2), (work.OneThread.Length, work.ManyThreads.Length, work.Torch.Length));
            Assert.All(work.Torch, time => Assert.InRange(time.WallMs, 0.01, 60_000));
            Assert.InRange(work.ProcessorRatio!.Value, 1e-4, 1e4);
        });
    }

    [Fact]
    public void A_plan_that_cannot_be_measured_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Tiny with { Rounds = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Tiny with { Threads = 257 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Tiny with { Crop = new VolumeShape(0, 8, 8) });
        Assert.Throws<ArgumentOutOfRangeException>(() => Tiny with { KernelSample = TimeSpan.Zero });
    }

    private static IEnumerable<string> Layers(BenchmarkReport report, NetworkVariant variant) =>
        report.Kernels.Where(kernel => kernel.Variant == variant).Select(kernel => kernel.Layer).Distinct();
}
