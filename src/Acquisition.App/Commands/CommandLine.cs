using System.CommandLine;
using System.CommandLine.Help;
using Acquisition.App.Configuration;
using Acquisition.App.Terminal;

namespace Acquisition.App.Commands;

/// <summary>The program's command line.</summary>
internal static class CommandLine
{
    private const string Purpose =
        "Restores undersampled microscope volumes while they are scanned. Frames come over ZeroMQ, volumes are assembled and stored "
        + "as OME-Zarr, a small network is tuned on the first volume, and every volume is restored, stored and published.";

    private const string FirstSteps = """

        First steps:
          acquisition demo                       a simulated microscope, a whole run and its scores; needs no files
          acquisition run --config rig.yaml      a run at your microscope, or 'acquisition check rig.yaml' before it

        Examples:
          acquisition demo volume.tif --factor 2,2,2        undersample your own stack, restore it, compare with the original
          acquisition run --config rig.yaml --output /data  another folder than the file says
          acquisition score runs/20250101-120000-camera-1a2b3c4d --truth truth
          acquisition resume runs/20250101-120000-camera-1a2b3c4d  finish a run that was cut off
          acquisition view runs/20250101-120000-camera-1a2b3c4d     shows it in a browser again
          acquisition report runs/20250101-120000-camera-1a2b3c4d   makes report.html once more
          acquisition info runs/20250101-120000-camera-1a2b3c4d     what it is, how it was made, whether it is whole
          acquisition export runs/20250101-120000-camera-1a2b3c4d --format imagej   for other programs; also ome-tiff, ome-zarr-0.4, png
          acquisition finish runs/20250101-120000-camera-1a2b3c4d   adds coarser levels, for napari and neuroglancer
          acquisition record --source tcp://127.0.0.1:5555 --output scan.wire   what the microscope sends, to be replayed
          acquisition restore volume.tif --factor 1,2,2 --output restored   restores a stored scan, of a run or of another program
          acquisition train c2gan --config train.yaml --output c2gan   trains a model on libraries of images, to be used in scans
          acquisition models                                what can restore, and what each model needs
          acquisition bench                                 how fast this machine tunes and restores

        Exit code: 0 done, 1 the run failed or its ledger does not close, 2 wrong command line or configuration.

        """;

    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, Screen screen)
    {
        RootCommand root = Build(screen);
        ParseResult parsed = root.Parse(args);
        var invocation = new InvocationConfiguration
        {
            Output = screen.Output,
            Error = screen.Error,
            ProcessTerminationTimeout = null, // Ctrl-C is handled by the run, which may take its time to close the ledger
            EnableDefaultExceptionHandler = false,
        };
        if (args.Count == 0)
        {
            await root.Parse(["--help"]).InvokeAsync(invocation).ConfigureAwait(false);
            return ExitCode.Usage;
        }

        Command command = parsed.CommandResult.Command;
        string[] faults = [.. UnknownOptions(args, [.. command.Options, .. root.Options])];
        if (faults.Length == 0) faults = [.. parsed.Errors.Select(error => error.Message)];
        if (faults.Length == 0) return await parsed.InvokeAsync(invocation).ConfigureAwait(false);
        foreach (string fault in faults) screen.Complain(fault);
        screen.Complain($"see 'acquisition {(command is RootCommand ? "" : command.Name + " ")}--help'");
        return ExitCode.Usage;
    }

    /// <summary>Faults of misspelt options, which the parser takes for arguments.</summary>
    private static IEnumerable<string> UnknownOptions(IEnumerable<string> args, IReadOnlyList<Option> known) =>
        from arg in args
        where arg.StartsWith("--", StringComparison.Ordinal)
        let name = arg.Split('=')[0]
        where !known.Any(option => option.Name == name || option.Aliases.Contains(name))
        select $"There is no option '{name}'{(NearestName.Of(name, known.Select(option => option.Name)) is { } near ? $"; did you mean {near}?" : ".")}";

    private static RootCommand Build(Screen screen)
    {
        Command run = RunCommand.Create(screen), check = CheckCommand.Create(screen);
        var root = new RootCommand(Purpose)
        {
            run, DemoCommand.Create(screen), check, ResumeCommand.Create(screen), ViewCommand.Create(screen), ScoreCommand.Create(screen), ReportCommand.Create(screen),
            FinishCommand.Create(screen), InfoCommand.Create(screen), ExportCommand.Create(screen), RecordCommand.Create(screen), RestoreCommand.Create(screen),
            PlanCommand.Create(screen), RestoreRangeCommand.Create(screen), KeygenCommand.Create(screen), TrainCommand.Create(screen), ModelsCommand.Create(screen),
            BenchCommand.Create(screen),
        };
        string settings = "\nSettings of the file, section by section:\n\n" + ConfigReference.PlainText() + "\n";
        foreach (Option option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction help })
                option.Action = new HelpWithEpilogue(help, command => command is RootCommand ? FirstSteps : command == run || command == check ? settings : "");
        }

        return root;
    }
}
