using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Acquisition.Benchmarks.Live;

/// <summary>A program of this solution as a process of its own. Its lines are kept; killed when disposed.</summary>
internal sealed partial class Child : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly AutoResetEvent _told = new(false);
    private readonly string _name;

    private Child(string name, ProcessStartInfo start)
    {
        _name = name;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Take(e.Data);
        _process.ErrorDataReceived += (_, e) => Take(e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Both streams, line by line, so far.</summary>
    public IEnumerable<string> Lines => _lines;

    /// <param name="program">Name of an assembly beside this one.</param>
    public static Child Start(string program, params IEnumerable<string> arguments) => Start(program, [], arguments);

    /// <param name="environment">Variables beside those of this process.</param>
    /// <param name="yields">Whether it has the lowest priority.</param>
    public static Child Start(string program, IEnumerable<(string Name, string Value)> environment, IEnumerable<string> arguments, bool yields = false)
    {
        var start = new ProcessStartInfo(yields ? "nice" : "dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in yields ? ["-n", "19", "dotnet"] : (string[])[]) start.ArgumentList.Add(argument);
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"{program}.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new Child($"{program} {string.Join(' ', arguments)}", start);
    }

    /// <summary>Writes a line to its input.</summary>
    public void Tell(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Waits until its lines so far are as wanted.</summary>
    /// <exception cref="InvalidOperationException">It ended before, or took too long.</exception>
    public void WaitFor(Func<IEnumerable<string>, bool> wanted)
    {
        long started = Stopwatch.GetTimestamp();
        while (!wanted(_lines))
        {
            if (HasExited || Stopwatch.GetElapsedTime(started) > Patience) throw Failed(HasExited ? $"ended with {_process.ExitCode}" : "took too long");
            _told.WaitOne(TimeSpan.FromMilliseconds(100));
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <exception cref="InvalidOperationException">It failed or took too long.</exception>
    public void Succeed()
    {
        if (!_process.WaitForExit(Patience)) throw Failed("took too long");
        _process.WaitForExit(); // until its last lines are in
        if (_process.ExitCode != 0) throw Failed($"ended with {_process.ExitCode}");
    }

    /// <summary>What Ctrl-C sends.</summary>
    public void Interrupt() => _ = SendSignal(Id, 2);

    public void Dispose()
    {
        if (!HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _told.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null) return;
        _lines.Enqueue(line);
        try
        {
            _told.Set();
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits any more.
        }
    }

    private InvalidOperationException Failed(string how) => new($"'{_name}' {how}. It printed:\n{string.Join('\n', _lines.TakeLast(30))}");

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
