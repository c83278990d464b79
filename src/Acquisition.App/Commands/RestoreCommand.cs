using System.CommandLine;
using Acquisition.App.Configuration;
using Acquisition.App.Runs;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Storage.Shares;

namespace Acquisition.App.Commands;

/// <summary><c>acquisition restore</c>: restores a scan that lies on disk, as it would have been restored live.</summary>
internal static class RestoreCommand
{
    public static Command Create(Screen screen)
    {
        var options = new StoredScanOptions();
        var command = new Command("restore", "Restores a scan that lies on disk: the same bits as during the scan, or another model. May be cut off and repeated.");
        options.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            ConfigReading reading = options.Configure(parsed);
            if (reading.Config is not { } config) return Faults.Show(reading, screen);
            try
            {
                return await RestoreAsync(new RestoreSession(config, screen), options, parsed, screen).ConfigureAwait(false);
            }
            catch (AcquisitionException error)
            {
                screen.Complain(error.Message);
                return ExitCode.Failed;
            }
        });
        return command;
    }

    private static async Task<int> RestoreAsync(RestoreSession session, StoredScanOptions options, ParseResult parsed, Screen screen)
    {
        string folder = options.Folder(parsed), file = RestoreSession.PlanOf(folder);
        using var interruption = new Interruption(screen.Error, beforeKilled: () => { }, receives: false);
        using RestorableScan scan = options.Open(parsed);
        RestorePlan? plan = File.Exists(file) ? RestorePlan.Load(file) : await session.PlanAsync(scan, folder, tasks: 1, interruption).ConfigureAwait(false);
        if (plan is null) return ExitCode.Failed;
        if (plan.Input != scan.Location)
        {
            screen.Complain($"'{folder}' holds the restoration of '{plan.Input}', not of '{scan.Location}'; give another folder");
            return ExitCode.Usage;
        }

        for (int task = 0; task < plan.Tasks; task++)
        {
            int code = await session.RestoreShareAsync(folder, plan, task, interruption).ConfigureAwait(false);
            if (interruption.Abandon.IsCancellationRequested) return code;
        }

        return RestoreSession.Finish(folder, plan, screen, scan);
    }
}
