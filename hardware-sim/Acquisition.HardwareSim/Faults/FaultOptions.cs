using Acquisition.Core;

namespace Acquisition.HardwareSim.Faults;

/// <summary>What goes wrong on the way. The same seed does the same wrong to the same frames.</summary>
/// <remarks>Shares are of the frames, 0 to 1. What happens after a number of frames counts those that left, copies not counted.</remarks>
internal sealed record FaultOptions
{
    /// <summary>Share that gets lost.</summary>
    public double Drop { get; init => field = Require.InRange(value, 0, 1); }

    /// <summary>Share that arrives twice.</summary>
    public double Duplicate { get; init => field = Require.InRange(value, 0, 1); }

    /// <summary>Whether frames of another scan come in between, after one frame in twenty.</summary>
    public bool SecondScan { get; init; }

    /// <summary>Share that comes late by <see cref="DelayBy"/>.</summary>
    public double Delay { get; init => field = Require.InRange(value, 0, 1); }

    public TimeSpan DelayBy { get; init; }

    /// <summary>Share that arrives with the second half of its pixels missing.</summary>
    public double Truncate { get; init => field = Require.InRange(value, 0, 1); }

    /// <summary>Share whose header cannot be read, or lacks a key.</summary>
    public double CorruptHeader { get; init => field = Require.InRange(value, 0, 1); }

    /// <summary>Share whose nbytes is wrong.</summary>
    public double CorruptLength { get; init => field = Require.InRange(value, 0, 1); }

    /// <summary>Share whose sequence number is far too large.</summary>
    public double CorruptSequence { get; init => field = Require.InRange(value, 0, 1); }

    /// <summary>Share whose index lies outside every volume.</summary>
    public double WrongIndex { get; init => field = Require.InRange(value, 0, 1); }

    /// <summary>Share whose index names a volume up to three time points ahead.</summary>
    public double StrayIndex { get; init => field = Require.InRange(value, 0, 1); }

    /// <summary>Share at which the source's clocks jump, an hour ahead or back, and go on from there.</summary>
    public double ClockJump { get; init => field = Require.InRange(value, 0, 1); }

    /// <summary>Whether the frames of a volume arrive in random order, when all of them are there.</summary>
    public bool Shuffle { get; init; }

    /// <summary>Frames of one volume that wait and leave in random order; <see langword="null"/> for none.</summary>
    public int? ReorderWindow { get; init; }

    /// <summary>Frames after which nothing comes for <see cref="StallFor"/>.</summary>
    public long? StallAfter { get; init; }

    public TimeSpan StallFor { get; init; }

    /// <summary>Frames after which the socket is closed, and opened again after <see cref="DisconnectFor"/>.</summary>
    public long? DisconnectAfter { get; init; }

    public TimeSpan DisconnectFor { get; init; }

    /// <summary>Frames after which the source ends without a word and starts again.</summary>
    public long? RestartAfter { get; init; }

    public Restart RestartAs { get; init; }

    /// <summary>Frames after which the source ends without a word.</summary>
    public long? DieAfter { get; init; }

    public int Seed { get; init; } = 1;
}
