using Acquisition.Core;

namespace Acquisition.Torch.Isotropy;

/// <summary>How stacks are restored; none of it changes what the network does to a section, but for rounding.</summary>
public sealed record IsotropicRestorerOptions
{
    public ViewMean Mean
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Mean), value, "Mean is not one.");
    }

    /// <summary>Of interpolation, and of libtorch while it restores.</summary>
    public int Threads { get; init => field = Require.InRange(value, 1, 1024); } = 1;

    /// <summary>What the sections that pass the network at a time may take. One always passes. Default 512 MiB.</summary>
    public long MemoryBudgetBytes { get; init => field = Require.Positive(value); } = 512L << 20;

    /// <summary>As libtorch names it: "cpu", "cuda", "cuda:1".</summary>
    public string Device { get; init; } = "cpu";
}
