using System.Diagnostics;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Benchmarks;

/// <summary>The same network and shapes in PyTorch, a process of its own.</summary>
internal static class Torch
{
    private const string Python = "/usr/bin/python3";

    /// <returns>Milliseconds of a training step and of a volume; <see langword="null"/> without PyTorch.</returns>
    public static (double Step, double Volume)? Measure(NetworkVariant variant, Factors factors, int threads)
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "Acquisition.sln"))) root = Path.GetDirectoryName(root);
        if (root is null || !File.Exists(Python)) return null;
        var start = new ProcessStartInfo(
            Python, [Path.Combine(root, "tests", "oracles", "selfvision.py"), "bench", variant == NetworkVariant.Public ? "public" : "paper", factors.ToString(), $"{threads}"])
        { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) return null;
        using var document = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]);
        return (document.RootElement.GetProperty("step_ms").GetDouble(), document.RootElement.GetProperty("volume_ms").GetDouble());
    }
}
