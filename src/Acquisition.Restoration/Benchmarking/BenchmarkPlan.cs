using Acquisition.Core;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>What <see cref="EngineBenchmark"/> measures. Every value is checked, also through <c>with</c>.</summary>
public sealed record BenchmarkPlan
{
    /// <summary>Crops per training step. Default 8, the paper's.</summary>
    public int BatchSize { get; init => field = Require.InRange(value, 1, 64); } = 8;

    /// <summary>A crop as the network sees it; square in the plane. Default 4×32×32, the paper's.</summary>
    public VolumeShape Crop { get; init => field = RequireFilled(value); } = new(4, 32, 32);

    /// <summary>The volume that inference enlarges, before enlarging; at least twice the crop on every axis. Default 32×128×128.</summary>
    public VolumeShape Volume { get; init => field = RequireFilled(value); } = new(32, 128, 128);

    /// <summary>How many times finer the network's output is: 1 or 2 on each axis. Default 2,2,2.</summary>
    public Factors Factors { get; init; } = new(2, 2, 2);

    /// <summary>How often everything is measured in turn; 1 to 1000. Medians are taken over the rounds.</summary>
    public int Rounds { get; init => field = Require.InRange(value, 1, 1000); } = 5;

    /// <summary>Threads that whole steps and inference run on beside one; 1 to 256. Default: one per processor.</summary>
    public int Threads { get; init => field = Require.InRange(value, 1, 256); } = Environment.ProcessorCount;

    /// <summary>Shortest time over which a kernel is measured; longer than 1 ms. Default 10 ms.</summary>
    public TimeSpan KernelSample
    {
        get;
        init => field = value > TimeSpan.FromMilliseconds(1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(KernelSample), value, "Must be longer than 1 ms.");
    } = TimeSpan.FromMilliseconds(10);

    /// <summary>Whether PyTorch is measured in turn, where it is installed.</summary>
    public bool ComparesWithTorch { get; init; } = true;

    private static VolumeShape RequireFilled(VolumeShape shape)
    {
        Require.Positive(shape.Z);
        Require.Positive(shape.Y);
        Require.Positive(shape.X);
        return shape;
    }
}
