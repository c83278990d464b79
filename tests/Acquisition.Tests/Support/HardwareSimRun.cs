using System.Diagnostics;
using System.Text.Json;
using Acquisition.HardwareSim.Commands;
using Xunit;

namespace Acquisition.Tests.Support;

/// <summary>One run of the simulator: its exit code, its summary and its lines for people.</summary>
internal sealed record HardwareSimRun(int ExitCode, string Output, string Notes)
{
    public JsonElement Summary => JsonSerializer.Deserialize<JsonElement>(Output.TrimEnd().Split('\n')[^1]);

    /// <summary>Runs the command line within this process.</summary>
    public static async Task<HardwareSimRun> InProcessAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var notes = new StringWriter();
        int exitCode = await CommandLine.RunAsync(arguments, output, TextWriter.Synchronized(notes));
        return new(exitCode, output.ToString(), notes.ToString());
    }

    /// <summary>Starts the program itself, with its output and its notes redirected.</summary>
    public static Process Start(params string[] arguments)
    {
        var info = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.ArgumentList.Add(typeof(CommandLine).Assembly.Location);
        foreach (string argument in arguments) info.ArgumentList.Add(argument);
        return Process.Start(info)!;
    }

    /// <summary>Reads notes until one contains a text, and returns that one.</summary>
    public static async Task<string> ReadNoteAsync(Process process, string text)
    {
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal)) return line;
        }

        throw new InvalidOperationException($"The simulator ended without a note that contains '{text}'.");
    }
}
