using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Acquisition.App.Terminal;
using Acquisition.Core;

namespace Acquisition.App.Runs;

/// <summary>The simulated microscope as a process of its own; ends with its owner.</summary>
internal sealed partial class SimulatorProcess : IAsyncDisposable
{
    /// <summary>Long enough for a cold start and for reading a large stack from disk.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(120);

    /// <summary>For the end of the scan to leave its socket.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    private const int KeptLines = 20;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lastLines = new();
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SimulatorProcess(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.OutputDataReceived += (_, _) => { }; // its summary is for programs; unread, it would fill the pipe
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    /// <summary>Completes with the address that the simulator listens on, or fails with what it said instead.</summary>
    public Task<string> Address => _address.Task;

    /// <summary>Completes when the simulator has ended, however it ended.</summary>
    public Task Ended => _process.WaitForExitAsync();

    /// <summary>What it said when it ended in failure; <see langword="null"/> while it runs and after success.</summary>
    public string? Failure => _process is { HasExited: true, ExitCode: not 0 }
        ? $"the simulator ended with exit code {_process.ExitCode}: {LastLines()}"
        : null;

    /// <param name="program">Path of hardware-sim.</param>
    /// <exception cref="SourceException">It cannot be started.</exception>
    public static SimulatorProcess Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            var simulator = new SimulatorProcess(Process.Start(start)!);
            simulator.GiveUpWhenSilent();
            return simulator;
        }
        catch (Win32Exception error)
        {
            throw new SourceException($"The simulator '{program}' cannot be started: {error.Message}. Give its path with --simulator.", error);
        }
    }

    /// <summary>Ends the process at once, when nobody waits for it any more.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAny(Ended, Task.Delay(EndPatience)).ConfigureAwait(false);
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }

    private void GiveUpWhenSilent() => _ = Task.Run(async () =>
    {
        await Task.WhenAny(Ended, Address, Task.Delay(StartPatience)).ConfigureAwait(false);
        if (Address.IsCompletedSuccessfully) return;
        string how = _process.HasExited ? $"ended with exit code {_process.ExitCode}" : $"named no address within {StartPatience.TotalSeconds:0} s";
        _address.TrySetException(new SourceException($"The simulator {how}: {LastLines()}"));
    });

    private void Hear(string? line)
    {
        if (line is null) return;
        _lastLines.Enqueue(TerminalText.Plain(line));
        while (_lastLines.Count > KeptLines) _lastLines.TryDequeue(out _);
        if (Listening().Match(line) is { Success: true } match) _address.TrySetResult(match.Groups["address"].Value);
    }

    private string LastLines() => _lastLines.IsEmpty ? "it said nothing" : string.Join(" | ", _lastLines);

    [GeneratedRegex(@"listening on (?<address>tcp://\S+)")]
    private static partial Regex Listening();
}
