namespace Acquisition.Transport;

/// <summary>This machine's clock as the wire gives it.</summary>
internal static class UnixTime
{
    /// <summary>Nanoseconds since 1970-01-01 UTC, in steps of 100.</summary>
    public static long NowNs() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
