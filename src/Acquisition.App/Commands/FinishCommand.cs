using System.CommandLine;
using Acquisition.App.Runs;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Storage.Shares;

namespace Acquisition.App.Commands;

/// <summary>temporary</summary>
internal static class FinishCommand
{
    public static Command Create(Screen screen)
    {
        var folder = new Argument<string>("RUN") { Description = "x" };
        var command = new Command("finish", "x") { folder };
        command.SetAction(parsed =>
        {
            try
            {
                string path = Path.GetFullPath(parsed.GetValue(folder)!);
                return RestoreSession.Finish(path, RestorePlan.Load(RestoreSession.PlanOf(path)), screen);
            }
            catch (AcquisitionException error)
            {
                screen.Complain(error.Message);
                return ExitCode.Failed;
            }
        });
        return command;
    }
}
