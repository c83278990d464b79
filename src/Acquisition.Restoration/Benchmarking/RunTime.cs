using System.Diagnostics;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>How long one piece of work took.</summary>
/// <param name="ProcessorMs">Time of the processor, of all threads of the process together; milliseconds. Work on one thread takes
/// this long on an idle machine, whatever else the machine does meanwhile. On Windows, which counts it in ticks of 16 ms, equal to
/// <paramref name="WallMs"/>.</param>
/// <param name="WallMs">Time of the clock; milliseconds.</param>
public readonly record struct RunTime(double ProcessorMs, double WallMs)
{
    /// <summary>Median of each clock for itself; of an even number, the mean of the two in the middle.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static RunTime Median(IReadOnlyCollection<RunTime> times)
    {
        ArgumentNullException.ThrowIfNull(times);
        return new(Middle(times.Select(time => time.ProcessorMs)), Middle(times.Select(time => time.WallMs)));
    }

    /// <summary>Median time of one run out of <paramref name="samples"/> samples of <paramref name="repeats"/> runs each.</summary>
    internal static RunTime Measure(int samples, int repeats, Action work)
    {
        var times = new RunTime[samples];
        for (int i = 0; i < samples; i++)
        {
            RunTime all = Once(() =>
            {
                for (int n = 0; n < repeats; n++) work();
            });
            times[i] = new(all.ProcessorMs / repeats, all.WallMs / repeats);
        }
        return Median(times);
    }

    internal static RunTime Once(Action work)
    {
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long clock = Stopwatch.GetTimestamp();
        work();
        double wallMs = Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
        return new(OperatingSystem.IsWindows() ? wallMs : (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds, wallMs);
    }

    private static double Middle(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0) throw new ArgumentException("There is nothing to take the median of.", nameof(values));
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
