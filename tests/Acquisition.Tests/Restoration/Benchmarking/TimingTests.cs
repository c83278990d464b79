using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Benchmarking;
using Xunit;

namespace Acquisition.Tests.Restoration.Benchmarking;

public sealed class TimingTests
{
    [Fact]
    public void The_median_is_taken_of_each_clock_for_itself()
    {
        Assert.Equal(new RunTime(2, 8), RunTime.Median([new(3, 8), new(1, 7), new(2, 9)]));
        Assert.Equal(new RunTime(2.5, 10), RunTime.Median([new(1, 4), new(4, 10), new(2, 10), new(3, 11)]));
        Assert.Throws<ArgumentException>(() => RunTime.Median([]));
    }

    [Fact]
    public void The_time_of_one_run_is_that_of_its_sample_divided_by_the_repeats()
    {
        int runs = 0;
        RunTime time = RunTime.Measure(samples: 3, repeats: 4, () => runs++);
        Assert.Equal(12, runs);
        Assert.InRange(time.WallMs, 0, 1000);
    }

    [Fact]
    public void Rates_and_fractions_follow_from_operations_and_time()
    {
        var timing = new KernelTiming(
            NetworkVariant.Public, "12 → 12, 3³", 4, "direct", true, new VolumeShape(4, 32, 32), KernelPass.Forward,
            Flops: 3e8, DoneFlops: 1.2e8, new RunTime(4, 9), PeakGflopPerSecond: 120);
        Assert.Equal(75, timing.GflopPerSecond, 1e-9);
        Assert.Equal(0.25, timing.FractionOfPeak, 1e-9);
    }

    [Fact]
    public void Ratios_compare_medians_and_rounds_compare_what_was_measured_side_by_side()
    {
        var timing = new WorkTiming(
            NetworkVariant.Public, WorkKind.TrainingStep, "step", 2e9,
            OneThread: [new(20, 40), new(10, 30), new(40, 50)], 2, ManyThreads: [new(22, 25), new(20, 16), new(24, 20)],
            Torch: [new(200, 200), new(300, 240), new(100, 280)]);

        Assert.Equal(100, timing.GflopPerSecond, 1e-9);
        Assert.Equal(10, timing.ProcessorRatio);
        Assert.Equal(6, timing.WallRatio);
        Assert.Equal(2, timing.ThreadGain);
        Assert.Equal([2.5, 10, 30], timing.RatiosByRound(time => time.ProcessorMs));
        Assert.Equal([5, 5.6, 8], timing.RatiosByRound(time => time.WallMs));
    }

    [Fact]
    public void Without_PyTorch_and_with_one_thread_there_is_nothing_to_compare()
    {
        var timing = new WorkTiming(NetworkVariant.Paper, WorkKind.Inference, "volume", 1, [new(1, 1)], 1, [], []);
        Assert.Null(timing.Theirs);
        Assert.Null(timing.ProcessorRatio);
        Assert.Null(timing.WallRatio);
        Assert.Null(timing.ThreadGain);
        Assert.Empty(timing.RatiosByRound(time => time.WallMs));
    }
}
