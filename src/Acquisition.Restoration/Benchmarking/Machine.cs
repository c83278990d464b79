using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>What a measurement was taken on, for people.</summary>
/// <param name="Processor">Its name as the system knows it.</param>
/// <param name="Cores">Processors that this process may use.</param>
/// <param name="VectorBits">Widths that the processor computes in, widest first; empty when none is enabled.</param>
/// <param name="Runtime">Such as ".NET 10.0.1".</param>
/// <param name="Engine">The kernels in use.</param>
public sealed record Machine(string Processor, int Cores, ImmutableArray<int> VectorBits, string Runtime, string Engine)
{
    public static Machine Current { get; } = new(
        ProcessorName(), Environment.ProcessorCount, [.. Widths()], RuntimeInformation.FrameworkDescription, new CpuEngine().Name);

    private static IEnumerable<int> Widths()
    {
        if (Vector512.IsHardwareAccelerated) yield return 512;
        if (Vector256.IsHardwareAccelerated) yield return 256;
        if (Vector128.IsHardwareAccelerated) yield return 128;
    }

    private static string ProcessorName()
    {
        const string CpuInfo = "/proc/cpuinfo";
        string? name = File.Exists(CpuInfo)
            ? File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1]
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
        return string.IsNullOrWhiteSpace(name) ? $"unknown {RuntimeInformation.ProcessArchitecture}" : name.Trim();
    }
}
