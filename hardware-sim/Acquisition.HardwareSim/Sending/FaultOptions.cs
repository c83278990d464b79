using Acquisition.Core;

namespace Acquisition.HardwareSim.Sending;

/// <summary>What goes wrong on the way. The same seed does the same wrong.</summary>
internal sealed record FaultOptions
{
    /// <summary>Share of frames that get lost; 0 to 1.</summary>
    public double Drop { get; init => field = Require.InRange(value, 0, 1); }

    /// <summary>Share of frames that arrive twice; 0 to 1.</summary>
    public double Duplicate { get; init => field = Require.InRange(value, 0, 1); }

    /// <summary>Whether the frames of a volume arrive in random order.</summary>
    public bool Shuffle { get; init; }

    /// <summary>Frames sent before the source falls silent for good; <see langword="null"/> for never.</summary>
    public long? DieAfter { get; init; }

    /// <summary>Whether frames of another scan come in between, after one frame in twenty.</summary>
    public bool SecondScan { get; init; }

    public int Seed { get; init; } = 1;
}
