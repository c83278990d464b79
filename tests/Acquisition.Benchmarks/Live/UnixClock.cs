namespace Acquisition.Benchmarks.Live;

/// <summary>The one clock of all processes.</summary>
internal static class UnixClock
{
    public static long NowNs() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
