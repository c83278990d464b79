using System.CommandLine;
using System.Globalization;
using Acquisition.App.Configuration;
using Acquisition.App.Runs;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Storage.Shares;

namespace Acquisition.App.Commands;

/// <summary><c>acquisition restore-range</c>: restores one share of a plan.</summary>
internal static class RestoreRangeCommand
{
    /// <summary>Where a cluster says which task this is.</summary>
    private static readonly string[] TaskVariables = ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"];

    public static Command Create(Screen screen)
    {
        var file = new Option<string>("--plan") { Description = "plan.json of 'acquisition plan', in its folder.", HelpName = "FILE", Required = true };
        Option<int?> task = WholeNumberOption.Create("--task", 0, RestorePlan.MostTasks - 1, $"Which share. Default: what {string.Join(" or ", TaskVariables)} says.");
        Option<int?> threads = WholeNumberOption.Create("--threads", 1, 256, "Threads that restore. Default: one per processor.");
        var command = new Command("restore-range", "Restores one share of a plan; what is restored already is skipped.") { file, task, threads };
        command.SetAction(async (parsed, _) =>
        {
            try
            {
                string path = Path.GetFullPath(parsed.GetValue(file)!), folder = Path.GetDirectoryName(path)!;
                RestorePlan plan = RestorePlan.Load(path);
                if ((parsed.GetValue(task) ?? FromCluster()) is not { } number || number < 0 || number >= plan.Tasks)
                {
                    screen.Complain($"give --task, 0 to {plan.Tasks - 1} for this plan, or start it as an array of Slurm or an indexed job of Kubernetes");
                    return ExitCode.Usage;
                }

                string settings = RunFiles.Settings(folder);
                ConfigReading reading = ConfigReader.ReadFile(
                    settings,
                    [new ConfigOverride("restoration.threads", "--threads", (parsed.GetValue(threads) ?? Environment.ProcessorCount).ToString(CultureInfo.InvariantCulture))],
                    ConfigChecks.None);
                if (reading.Config is not { } config) return Faults.Show(reading, screen);
                using var interruption = new Interruption(screen.Error, beforeKilled: () => { }, receives: false);
                return await new RestoreSession(config, screen).RestoreShareAsync(folder, plan, number, interruption).ConfigureAwait(false);
            }
            catch (AcquisitionException error)
            {
                screen.Complain(error.Message);
                return ExitCode.Failed;
            }
        });
        return command;
    }

    private static int? FromCluster() => TaskVariables.Select(Environment.GetEnvironmentVariable).OfType<string>()
        .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : (int?)null).FirstOrDefault();
}
