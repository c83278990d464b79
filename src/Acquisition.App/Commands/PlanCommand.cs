using System.CommandLine;
using Acquisition.App.Configuration;
using Acquisition.App.Runs;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Storage.Shares;

namespace Acquisition.App.Commands;

/// <summary><c>acquisition plan</c>: prepares the restoration of a stored scan on many machines.</summary>
internal static class PlanCommand
{
    public static Command Create(Screen screen)
    {
        var options = new StoredScanOptions();
        Option<int?> tasks = WholeNumberOption.Create("--tasks", 1, RestorePlan.MostTasks, "Shares of about the same number of volumes.");
        tasks.Required = true;
        var command = new Command("plan", "Chooses models for a scan that lies on disk, once, and writes plan.json and scripts for Slurm and Kubernetes to restore it in shares.") { tasks };
        options.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            ConfigReading reading = options.Configure(parsed);
            if (reading.Config is not { } config) return Faults.Show(reading, screen);
            try
            {
                string folder = options.Folder(parsed);
                using var interruption = new Interruption(screen.Error, beforeKilled: () => { }, receives: false);
                using RestorableScan scan = options.Open(parsed);
                if (await new RestoreSession(config, screen).PlanAsync(scan, folder, parsed.GetValue(tasks)!.Value, interruption).ConfigureAwait(false) is not { } plan)
                    return ExitCode.Failed;
                ClusterScripts.Write(folder, plan);
                screen.Output.WriteLine($"{RestoreSession.PlanOf(folder)}: {plan.All().Count()} volume(s) in {plan.Tasks} task(s), {plan.ChosenOn.Length} restored already");
                screen.Output.WriteLine($"on Slurm: sh {ClusterScripts.SubmitOf(folder)}");
                screen.Output.WriteLine($"here: acquisition restore-range --plan {RestoreSession.PlanOf(folder)} --task 0, and so on; then acquisition finish {folder}");
                return ExitCode.Ok;
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
