using System.Globalization;

namespace Acquisition.Benchmarks.Live;

/// <summary>What a process holds and has used, as Linux counts it.</summary>
/// <param name="Processor">Time computed since it started.</param>
internal readonly record struct ProcessUse(TimeSpan Processor, long ResidentBytes, int Handles, int Threads)
{
    private const int TicksPerSecond = 100; // USER_HZ, the same on every Linux

    public static ProcessUse Of(int process)
    {
        string folder = $"/proc/{process}";
        return new(
            Time(File.ReadAllText($"{folder}/stat")),
            Status(folder, "VmRSS:") << 10,
            Directory.GetFileSystemEntries($"{folder}/fd").Length,
            (int)Status(folder, "Threads:"));
    }

    /// <summary>Processor time of the threads alive, by their names, of which Linux keeps 15 letters.</summary>
    public static Dictionary<string, TimeSpan> ByThread(int process)
    {
        var times = new Dictionary<string, TimeSpan>();
        foreach (string folder in Directory.GetDirectories($"/proc/{process}/task"))
        {
            try
            {
                string stat = File.ReadAllText($"{folder}/stat");
                string name = stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..stat.LastIndexOf(')')];
                times[name] = times.GetValueOrDefault(name) + Time(stat);
            }
            catch (IOException)
            {
                // The thread has ended meanwhile.
            }
        }

        return times;
    }

    private static TimeSpan Time(string stat)
    {
        // Behind the name, which may hold anything, the 12th and 13th fields are user and system time.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((Number(fields[11]) + Number(fields[12])) / (double)TicksPerSecond);
    }

    /// <returns>0 where the line is missing: a process that has just ended holds no memory.</returns>
    private static long Status(string folder, string key) =>
        File.ReadLines($"{folder}/status").FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) is { } line
            ? Number(line[key.Length..].Replace("kB", "", StringComparison.Ordinal))
            : 0;

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
