namespace Acquisition.HardwareSim.Sending;

/// <summary>The clock of the computer that the simulator stands for: this one's.</summary>
internal static class SourceClock
{
    /// <summary>Nanoseconds since 1970-01-01 UTC, in steps of 100.</summary>
    public static long UnixNs() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
