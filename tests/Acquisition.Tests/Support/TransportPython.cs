using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Acquisition.Tests.Support;

/// <summary>A Python program at the other end of a socket: pyzmq, msgpack and numpy of Debian's own interpreter.</summary>
internal sealed class TransportPython : IDisposable
{
    private const string Interpreter = "/usr/bin/python3";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _complaints = new();

    private TransportPython(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => { lock (_complaints) _complaints.AppendLine(line.Data); };
        process.BeginErrorReadLine();
    }

    /// <summary>Starts a program; what every one of them needs is imported already.</summary>
    public static TransportPython Start(string program, params string[] arguments)
    {
        const string Prelude = """
            import json, struct, sys, time, uuid
            import msgpack, numpy as np, zmq
            def say(value):
                print(json.dumps(value), flush=True)
            context = zmq.Context()

            """;
        var start = new ProcessStartInfo(Interpreter)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Prelude + program);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return new TransportPython(Process.Start(start)!);
    }

    /// <summary>The next line that the program says, parsed.</summary>
    public JsonElement Hear()
    {
        Task<string?> line = _process.StandardOutput.ReadLineAsync();
        Assert.True(line.Wait(Patience), $"Python said nothing within {Patience}. {Complaints()}");
        if (line.Result is null)
        {
            _process.WaitForExit();
            Assert.Fail($"Python ended without an answer. {Complaints()}");
        }

        return JsonDocument.Parse(line.Result).RootElement;
    }

    public void Tell(string line) => _process.StandardInput.WriteLine(line);

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Complaints()
    {
        lock (_complaints) return _complaints.ToString();
    }
}
