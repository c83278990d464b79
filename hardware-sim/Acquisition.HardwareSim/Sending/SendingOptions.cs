using Acquisition.Transport;

namespace Acquisition.HardwareSim.Sending;

/// <summary>Where a scan goes, how fast, and what goes wrong on the way.</summary>
internal sealed record SendingOptions
{
    public required SenderOptions Socket { get; init; }

    public required Announcement Announcement { get; init; }

    /// <summary>From frame to frame; <see cref="TimeSpan.Zero"/> for as fast as the receiver takes them.</summary>
    public TimeSpan FrameInterval { get; init; }

    /// <summary>Time one sample takes, which decides the frame interval once the plane's size is known;
    /// <see langword="null"/> leaves that to <see cref="FrameInterval"/>.</summary>
    public TimeSpan? Dwell { get; init; }

    /// <summary>From opening the socket to the first message.</summary>
    public TimeSpan StartDelay { get; init; }

    public FaultOptions Faults { get; init; } = new();

    /// <summary>Where the truth goes, for the summary; <see langword="null"/> for nowhere.</summary>
    public TruthFolder? Truth { get; init; }
}
