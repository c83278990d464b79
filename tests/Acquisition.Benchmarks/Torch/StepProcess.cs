using System.Diagnostics;
using System.Text.Json;
using Acquisition.Restoration.Benchmarking;

namespace Acquisition.Benchmarks.Torch;

/// <summary>One side of a comparison: a process that waits, without computing, until it is asked.</summary>
internal sealed class StepProcess : IDisposable
{
    /// <summary>Names another Python than Debian's, one that PyTorch was installed for.</summary>
    public const string PythonVariable = "ACQUISITION_PYTHON";

    private const string Script = "TorchSteps.py";

    private readonly Process _process;
    private readonly Task<string> _errors;

    private StepProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        _errors = _process.StandardError.ReadToEndAsync();
        JsonElement hello = Read();
        (Name, Parameters) = (hello.GetProperty("name").GetString()!, hello.GetProperty("parameters").GetInt32());
    }

    /// <summary>Such as "PyTorch 2.5.1".</summary>
    public string Name { get; }

    /// <summary>Of its network.</summary>
    public int Parameters { get; }

    /// <exception cref="InvalidOperationException">It failed; the message carries its last words.</exception>
    public static StepProcess Start(StepCase step, StepSide side)
    {
        string json = (step with { Form = side }).ToString();
        if (side == StepSide.Here) return new StepProcess(new ProcessStartInfo(Environment.ProcessPath!, [.. Own(), "torch-work", json]));
        using var reader = new StreamReader(typeof(StepProcess).Assembly.GetManifestResourceStream(Script)!);
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable(PythonVariable) ?? "/usr/bin/python3", ["-c", reader.ReadToEnd(), json]);
        // What the binding says for its own process.
        (string Name, string Value)[] alike =
            [("OMP_WAIT_POLICY", "passive"), ("GOMP_SPINCOUNT", "3000"), ("MALLOC_MMAP_MAX_", "0"), ("MALLOC_TRIM_THRESHOLD_", $"{256 << 20}")];
        foreach (var (name, value) in side == StepSide.Plain ? [] : alike) start.Environment[name] = value;
        return new StepProcess(start);
    }

    /// <summary>Each of several runs.</summary>
    /// <param name="work">"step" or "infer".</param>
    /// <returns>Nothing where memory lacks.</returns>
    public RunTime[] Measure(string work, int runs)
    {
        JsonElement answer = Ask($"{work} {runs}");
        if (answer.TryGetProperty("error", out JsonElement error))
        {
            Console.Error.WriteLine($"{Name}: {error.GetString()}");
            return [];
        }
        return [.. Numbers("processor_ms").Zip(Numbers("wall_ms"), (processor, wall) => new RunTime(processor, wall))];

        IEnumerable<double> Numbers(string name) => answer.GetProperty(name).EnumerateArray().Select(number => number.GetDouble());
    }

    /// <summary>The most that it held on its device.</summary>
    public long MemoryBytes() => Ask("memory").GetProperty("bytes").GetInt64();

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>The program itself, where dotnet runs it.</summary>
    private static string[] Own() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Path.Combine(AppContext.BaseDirectory, "Acquisition.Benchmarks.dll")] : [];

    private JsonElement Ask(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        return Read();
    }

    private JsonElement Read() => _process.StandardOutput.ReadLine() is { } line
        ? JsonSerializer.Deserialize<JsonElement>(line)
        : throw new InvalidOperationException($"{_process.StartInfo.FileName} ended: {_errors.GetAwaiter().GetResult().TrimEnd()}");
}
