using System.CommandLine;
using Acquisition.App.Runs;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Storage.Reporting;

namespace Acquisition.App.Commands;

/// <summary><c>acquisition report</c>: makes the page of a finished run again.</summary>
internal static class ReportCommand
{
    public static Command Create(Screen screen)
    {
        var run = new Argument<string>("RUN") { Description = "The run folder." };
        var command = new Command("report", "Makes report.html of a finished run again, from what lies in its folder.") { run };
        command.SetAction(parsed => Write(Path.GetFullPath(parsed.GetValue(run)!), screen));
        return command;
    }

    private static int Write(string folder, Screen screen)
    {
        if (!File.Exists(RunFiles.Report(folder)))
        {
            screen.Complain($"'{folder}' is no finished run: it has no report.json; give the folder that 'acquisition run' named in its last line");
            return ExitCode.Usage;
        }

        try
        {
            screen.Output.WriteLine($"page: {RunPage.Write(folder)}");
            return ExitCode.Ok;
        }
        catch (AcquisitionException error)
        {
            screen.Complain(error.Message);
            return ExitCode.Failed;
        }
    }
}
