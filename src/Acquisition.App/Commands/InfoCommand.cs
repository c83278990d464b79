using System.CommandLine;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Storage.Inspection;

namespace Acquisition.App.Commands;

/// <summary><c>acquisition info</c>: what a dataset is, how it was made, and whether it is whole.</summary>
internal static class InfoCommand
{
    private const int WhatWidth = 22;

    public static Command Create(Screen screen)
    {
        var path = new Argument<string>("PATH") { Description = "A run folder, an OME-Zarr dataset or a TIFF." };
        var command = new Command("info", "Says what a dataset is, how it was made and whether it is whole. Changes nothing. Exit code 1 when it is not whole.") { path };
        command.SetAction(parsed => Show(parsed.GetValue(path)!, screen));
        return command;
    }

    private static int Show(string path, Screen screen)
    {
        try
        {
            Finding found = Inspector.Look(path);
            void Line(string what, string value) => screen.Output.WriteLine(TerminalText.Plain($"{what + ":",-WhatWidth} {value}"));
            Line("what", found.Kind);
            foreach (var (what, value) in found.Facts) Line(what, value);
            Line("whole", found.Lacks.IsEmpty ? "yes" : "NO");
            foreach (string lack in found.Lacks) Line("lacks", lack);
            return found.Lacks.IsEmpty ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (AcquisitionException error)
        {
            screen.Complain(error.Message);
            return ExitCode.Failed;
        }
    }
}
