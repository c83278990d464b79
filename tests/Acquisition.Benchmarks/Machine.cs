using System.Diagnostics;

namespace Acquisition.Benchmarks;

/// <summary>The clock and the name of the machine.</summary>
internal static class Machine
{
    public static string Processor => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "?"
        : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "?";

    /// <summary>What <see cref="Median"/> measures.</summary>
    public static string Clock(int threads) => threads == 1 ? "of the processor" : "of the clock";

    /// <summary>Median of several runs; milliseconds.</summary>
    public static double Median(int runs, int threads, Action work)
    {
        var times = new double[runs];
        for (int i = 0; i < runs; i++)
        {
            TimeSpan before = Now(threads);
            work();
            times[i] = (Now(threads) - before).TotalMilliseconds;
        }

        return Series.Median(times);
    }

    private static TimeSpan Now(int threads) => threads == 1
        ? Environment.CpuUsage.TotalTime
        : Stopwatch.GetElapsedTime(0);
}
