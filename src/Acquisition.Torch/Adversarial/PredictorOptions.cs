using Acquisition.Core;

namespace Acquisition.Torch.Adversarial;

/// <summary>What a prediction may take.</summary>
public sealed record PredictorOptions
{
    public int Threads { get; init => field = Require.InRange(value, 1, 256); } = Environment.ProcessorCount;

    /// <summary>For activations; where a volume would take more, systems that can go by tiles.</summary>
    public long MemoryBudgetBytes { get; init => field = Require.InRange(value, 1 << 20, long.MaxValue); } = 1L << 30;

    /// <summary>As libtorch names it.</summary>
    public string Device { get; init; } = "cpu";
}
