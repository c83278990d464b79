using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace Acquisition.SystemTests.Support;

/// <summary>A real process whose lines are kept; killed when the test ends, whatever happens.</summary>
internal sealed partial class RunningProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly List<(Func<string, bool> Wanted, TaskCompletionSource<string> Found)> _waiting = [];
    private readonly Lock _gate = new();
    private readonly string _name;

    private RunningProcess(string name, ProcessStartInfo start)
    {
        _name = name;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Take(e.Data);
        _process.ErrorDataReceived += (_, e) => Take(e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Everything it printed so far, both streams.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>Starts a program of this solution, which the build put beside the tests.</summary>
    public static RunningProcess StartProgram(string name, params IEnumerable<string> arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, $"{name}.dll");
        return Start("dotnet", [program, .. arguments]);
    }

    /// <summary>Starts any program; Debian's Python is "/usr/bin/python3".</summary>
    public static RunningProcess Start(string file, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return new RunningProcess($"{file} {string.Join(' ', start.ArgumentList)}", start);
    }

    /// <summary>Waits for a line, also one that was printed before the call.</summary>
    public async Task<string> LineAsync(Func<string, bool> wanted)
    {
        TaskCompletionSource<string> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_lines.FirstOrDefault(wanted) is { } line) return line;
            _waiting.Add((wanted, found));
        }

        Task ended = _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Task first = await Task.WhenAny(found.Task, ended, Task.Delay(Patience, TestContext.Current.CancellationToken));
        if (first == found.Task) return await found.Task;
        throw new InvalidOperationException($"'{_name}' {(first == ended ? "ended" : "ran on")} without the line waited for. It printed:\n{Output}");
    }

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"'{_name}' did not end within {Patience.TotalMinutes} minutes. It printed:\n{Output}");
        }

        return _process.ExitCode;
    }

    /// <summary>Waits for the end, which must be a success.</summary>
    public async Task SucceedsAsync()
    {
        int code = await ExitAsync();
        Assert.True(code == 0, $"'{_name}' ended with {code}. It printed:\n{Output}");
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Ends the process at once, without a word: SIGKILL. One that has ended already is no fault.</summary>
    public void KillAtOnce() => _ = Kill(_process.Id, 9);

    /// <summary>Gives the process a line to read and returns the next one that it prints. One question at a time.</summary>
    public async Task<string> AskAsync(string question)
    {
        int before;
        lock (_gate) before = _lines.Count;
        Task<string> answer = LineAsync(_ => _lines.Count > before);
        await _process.StandardInput.WriteLineAsync(question);
        await _process.StandardInput.FlushAsync();
        return await answer;
    }

    /// <summary>Gives the process a line to read.</summary>
    public async Task TellAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>What Ctrl-C sends.</summary>
    public void Interrupt() => Assert.Equal(0, Kill(_process.Id, 2));

    public void Kill() => _process.Kill(entireProcessTree: true);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null) return;
        lock (_gate)
        {
            _lines.Enqueue(line);
            foreach (var (wanted, found) in _waiting)
                if (wanted(line)) found.TrySetResult(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
