using Perfolizer.Horology;

namespace Acquisition.Benchmarks;

/// <summary>Time that the process has computed, so that other work on the machine does not count.</summary>
internal sealed class ProcessorClock : IClock
{
    public string Title => "processor time of the process";

    /// <summary>Windows counts in ticks of 16 ms, which is too coarse.</summary>
    public bool IsAvailable => !OperatingSystem.IsWindows();

    public Frequency Frequency => new(TimeSpan.TicksPerSecond);

    public long GetTimestamp() => Environment.CpuUsage.TotalTime.Ticks;
}
