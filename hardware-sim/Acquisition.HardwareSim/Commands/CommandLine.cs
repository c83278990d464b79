using System.CommandLine;
using Acquisition.HardwareSim.Sending;

namespace Acquisition.HardwareSim.Commands;

/// <summary>The whole program: arguments in, exit code out.</summary>
internal static class CommandLine
{
    private const string Description =
        """
        Stands in for the microscope: sends frames over ZeroMQ as a camera computer does.

        Try it without a microscope: start 'hardware-sim scan neurites --factor 2,2,2 --fps 30' in one terminal
        and the receiver in another, or play a recording of your own with 'hardware-sim play stack.tif'.
        What 'acquisition record' kept, and the raw volumes of a run, go out again with 'hardware-sim replay PATH'.

        The last line on standard output is a summary in JSON; everything for people goes to standard error.
        Exit codes: 0 completed, 1 failed or stopped, 2 wrong arguments, 9 died on purpose (--die-after).
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter notes)
    {
        var root = new RootCommand(Description);
        root.Subcommands.Add(PlayCommand.Create(output, notes));
        root.Subcommands.Add(ScanCommand.Create(output, notes));
        root.Subcommands.Add(ReplayCommand.Create(output, notes));
        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count == 0)
        {
            return await parsed.InvokeAsync(new()
            {
                Output = output,
                Error = notes,
                ProcessTerminationTimeout = TimeSpan.FromSeconds(3), // what was queued may still leave after Ctrl-C
            }).ConfigureAwait(false);
        }

        return await RefuseAsync(parsed, notes, [.. parsed.Errors.Select(error => error.Message)]).ConfigureAwait(false);
    }

    /// <summary>Tells what is wrong with the arguments, and where to read what is accepted.</summary>
    /// <returns>The exit code for wrong arguments.</returns>
    public static async Task<int> RefuseAsync(ParseResult parsed, TextWriter notes, params string[] faults)
    {
        foreach (string fault in faults) await notes.WriteLineAsync($"error: {fault}").ConfigureAwait(false);
        Command command = parsed.CommandResult.Command;
        string name = command is RootCommand ? "hardware-sim" : $"hardware-sim {command.Name}";
        await notes.WriteLineAsync($"'{name} --help' lists what is accepted.").ConfigureAwait(false);
        return StreamRunner.BadUsage;
    }
}
