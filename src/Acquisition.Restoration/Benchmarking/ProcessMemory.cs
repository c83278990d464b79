using System.Diagnostics;
using System.Globalization;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>Memory of this process as the system counts it.</summary>
internal static class ProcessMemory
{
    private const string Status = "/proc/self/status";
    private const string PeakLine = "VmHWM:";

    /// <summary>The most that was resident at any time.</summary>
    public static long PeakBytes()
    {
        string? line = File.Exists(Status) ? File.ReadLines(Status).FirstOrDefault(l => l.StartsWith(PeakLine, StringComparison.Ordinal)) : null;
        if (line is not null) return long.Parse(line[PeakLine.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) << 10;
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }
}
