using System.Diagnostics;
using Xunit;

namespace Acquisition.Tests.Support;

/// <summary>Runs Python with numpy as an independent oracle. A machine without it fails the test.</summary>
internal static class HardwareSimPython
{
    private const string Interpreter = "/usr/bin/python3";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static Process Start(string script, params string[] arguments)
    {
        Assert.True(File.Exists(Interpreter), $"{Interpreter} with numpy, pyzmq, msgpack and tifffile is needed as an independent program.");
        var info = new ProcessStartInfo(Interpreter)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.ArgumentList.Add("-c");
        info.ArgumentList.Add(script);
        foreach (string argument in arguments) info.ArgumentList.Add(argument);
        return Process.Start(info)!;
    }

    /// <summary>Runs a script to its end and returns what it printed.</summary>
    public static async Task<string> RunAsync(string script, params string[] arguments)
    {
        using Process process = Start(script, arguments);
        return await FinishAsync(process);
    }

    /// <summary>Waits for a script's end and returns what it printed that nobody has read yet.</summary>
    public static async Task<string> FinishAsync(Process process)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, await errors);
            return output;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }
}
