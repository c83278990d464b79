using System.Collections.Immutable;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>Whole work on one thread, on several, and by PyTorch on one, measured in turn.</summary>
/// <param name="What">The shapes, for people.</param>
/// <param name="Flops">Operations of the convolutions by their definition.</param>
/// <param name="OneThread">Round by round.</param>
/// <param name="Threads">How many threads <paramref name="ManyThreads"/> ran on.</param>
/// <param name="ManyThreads">Round by round; empty when <paramref name="Threads"/> is 1.</param>
/// <param name="Torch">Convolutions, loss and Adam alone, on one thread, round by round; empty where PyTorch was not measured.</param>
public sealed record WorkTiming(
    NetworkVariant Variant, WorkKind Kind, string What, double Flops, ImmutableArray<RunTime> OneThread,
    int Threads, ImmutableArray<RunTime> ManyThreads, ImmutableArray<RunTime> Torch)
{
    /// <summary>Median of the rounds.</summary>
    public RunTime Ours => RunTime.Median(OneThread);

    public RunTime? Theirs => Torch.Length > 0 ? RunTime.Median(Torch) : null;

    /// <summary>On one thread, by time of the processor.</summary>
    public double GflopPerSecond => Flops / Ours.ProcessorMs / 1e6;

    /// <summary>How many times longer PyTorch takes, by medians and time of the processor.</summary>
    public double? ProcessorRatio => Theirs?.ProcessorMs / Ours.ProcessorMs;

    /// <summary>How many times longer PyTorch takes, by medians and the clock.</summary>
    public double? WallRatio => Theirs?.WallMs / Ours.WallMs;

    /// <summary>How many times faster several threads are than one, by medians and the clock.</summary>
    public double? ThreadGain => ManyThreads.Length > 0 ? Ours.WallMs / RunTime.Median(ManyThreads).WallMs : null;

    /// <summary>Ratios of the rounds, each to what was measured beside it; lowest first.</summary>
    /// <param name="clock">Which clock.</param>
    public ImmutableArray<double> RatiosByRound(Func<RunTime, double> clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        return [.. Torch.Zip(OneThread, (theirs, ours) => clock(theirs) / clock(ours)).Order()];
    }
}
