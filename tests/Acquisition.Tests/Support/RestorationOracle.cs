using System.Diagnostics;
using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Tests.Support;

/// <summary>Runs tests/oracles/selfvision.py, or another oracle beside it, in a folder of its own, which it deletes.</summary>
internal sealed class RestorationOracle : IDisposable
{
    /// <summary>Debian's, or another one that has what the oracles import.</summary>
    private static readonly string Python = Environment.GetEnvironmentVariable("ACQUISITION_PYTHON") ?? "/usr/bin/python3";

    public RestorationOracle() => Directory.CreateDirectory(Folder);

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"acquisition-restoration-{Guid.NewGuid():N}");

    /// <summary>The last line the oracle prints.</summary>
    /// <exception cref="InvalidOperationException">Python or a package it needs is absent, or the oracle failed.</exception>
    public static string Run(params string[] arguments) => RunScript("selfvision.py", arguments);

    /// <inheritdoc cref="Run"/>
    public static string RunScript(string name, params string[] arguments)
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "Acquisition.sln"))) root = Path.GetDirectoryName(root);
        string script = Path.Combine(root ?? throw new InvalidOperationException("No Acquisition.sln above the tests."), "tests", "oracles", name);
        var start = new ProcessStartInfo(Python, [script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{Python} did not start.");
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.TrimEnd().Split('\n')[^1]
            : throw new InvalidOperationException($"{script} {string.Join(' ', arguments)} failed: {errors.Result}");
    }

    public float[] Floats(string name) =>
        MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(Folder, name + ".f32"))).ToArray();

    public FloatVolume Volume(string name, VolumeShape shape) => Volumes.From(shape, Floats(name));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
