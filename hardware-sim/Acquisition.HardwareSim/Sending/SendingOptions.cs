using Acquisition.HardwareSim.Faults;
using Acquisition.Transport;

namespace Acquisition.HardwareSim.Sending;

/// <summary>Where a stream goes, and what goes wrong on the way.</summary>
internal sealed record SendingOptions
{
    public required SenderOptions Socket { get; init; }

    /// <summary>From opening the socket to the first message.</summary>
    public TimeSpan StartDelay { get; init; }

    public FaultOptions Faults { get; init; } = new();
}
