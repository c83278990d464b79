using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>The same work in PyTorch: a process that waits, without computing, until it is asked.</summary>
internal sealed class TorchWork : IDisposable
{
    /// <summary>The system's Python, which Debian's python3-torch belongs to.</summary>
    private const string Python = "/usr/bin/python3";

    private const string Script = "TorchBench.py";

    private readonly Process _process;
    private readonly Task<string> _errors;

    private TorchWork(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Such as "PyTorch 1.13.1".</summary>
    public string Name { get; private set; } = "";

    /// <summary>Parameters of its network.</summary>
    public int Parameters { get; private set; }

    /// <summary>Why <see cref="Start"/> would find no PyTorch, without importing it; <see langword="null"/> where it is installed.</summary>
    public static string? Absence()
    {
        try
        {
            using Process? process = Process.Start(StartInfo(["-c", "import importlib.util as u, sys; sys.exit(0 if u.find_spec('torch') else 3)"]));
            if (process is null) return $"{Python} did not start";
            process.StandardInput.Close();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            process.WaitForExit();
            return process.ExitCode switch
            {
                0 => null,
                3 => $"{Python} has no PyTorch (Debian: python3-torch)",
                _ => $"{Python} failed: {LastLine(errors.GetAwaiter().GetResult())}",
            };
        }
        catch (Win32Exception)
        {
            return $"there is no {Python}";
        }
    }

    /// <exception cref="RestorationException">PyTorch failed; the message carries its reason.</exception>
    public static TorchWork Start(NetworkLayout layout, BenchmarkPlan plan)
    {
        string[] arguments =
        [
            "-c", ReadScript(), layout.Variant == NetworkVariant.Public ? "public" : "paper", layout.Factors.ToString(), "1",
            $"{plan.BatchSize}", Text(plan.Crop), Text(plan.Volume),
        ];
        var work = new TorchWork(Process.Start(StartInfo(arguments)) ?? throw new RestorationException($"{Python} did not start."));
        try
        {
            using JsonDocument hello = JsonDocument.Parse(work.ReadLine());
            work.Name = $"PyTorch {hello.RootElement.GetProperty("torch").GetString()}";
            work.Parameters = hello.RootElement.GetProperty("parameters").GetInt32();
            return work;
        }
        catch
        {
            work.Dispose();
            throw;
        }
    }

    /// <summary>Median of several runs.</summary>
    /// <exception cref="RestorationException">PyTorch failed.</exception>
    public RunTime Measure(WorkKind kind, int runs)
    {
        _process.StandardInput.WriteLine($"{(kind == WorkKind.TrainingStep ? "training_step" : "inference")} {runs}");
        _process.StandardInput.Flush();
        using JsonDocument answer = JsonDocument.Parse(ReadLine());
        return new(answer.RootElement.GetProperty("processor_ms").GetDouble(), answer.RootElement.GetProperty("wall_ms").GetDouble());
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static ProcessStartInfo StartInfo(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Python, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // torch.set_num_threads does not reach every library below it.
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["MKL_NUM_THREADS"] = "1";
        return start;
    }

    private static string ReadScript()
    {
        using var reader = new StreamReader(typeof(TorchWork).Assembly.GetManifestResourceStream(Script)!);
        return reader.ReadToEnd();
    }

    private static string Text(VolumeShape shape) => $"{shape.Z},{shape.Y},{shape.X}";

    private static string LastLine(string text) => text.TrimEnd().Split('\n')[^1];

    private string ReadLine() =>
        _process.StandardOutput.ReadLine()
        ?? throw new RestorationException($"PyTorch ended: {LastLine(_errors.GetAwaiter().GetResult())}");
}
