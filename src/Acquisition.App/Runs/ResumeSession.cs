using Acquisition.App.Configuration;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Storage;

namespace Acquisition.App.Runs;

/// <summary>Takes up a run that ended before all was restored, and shows it to a person.</summary>
internal sealed class ResumeSession(AppConfig config, Screen screen)
{
    /// <param name="path">The run folder.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(string path, Interruption interruption)
    {
        try
        {
            using RunFolder folder = RunFolder.Reopen(path, config.Storage);
            RunHistory history = folder.History!;
            if (history.IsComplete)
            {
                screen.Output.WriteLine($"Nothing is left to do: all {history.Stored.Length} volumes of '{folder.Folder}' are restored, and its ledger is closed.");
                return ExitCode.Ok;
            }

            IVolumeConditioner? conditioner = Conditioners.Of(config.Conditioning)?.Invoke(history.Scan.Plan);
            if (ResumedRun.ChangedSettings(history.Scan, config.Restoration, conditioner?.Settings ?? "") is { IsEmpty: false } changes)
            {
                foreach (string change in changes) screen.Complain($"{RunFiles.Settings(folder.Folder)}: {change}");
                screen.Complain("the volumes to come would not be like those that are restored; nothing was changed. Give run.yaml the settings that the run was made with");
                return ExitCode.Usage;
            }

            folder.Repair();
            foreach (string repair in history.Repairs) screen.Output.WriteLine($"repaired: {TerminalText.Plain(repair)}");
            screen.Output.WriteLine("Ctrl-C leaves the rest unrestored; it can be resumed again.");
            using var run = new ResumedRun(folder, history, new CpuEngine(), config.Restoration, config.Pipeline, TimeProvider.System, conditioner);
            Task<RunReport> running = Task.Run(() => run.RunAsync(interruption.Abandon), CancellationToken.None);
            await RunDisplay.ShowAsync(screen, running, () => run, shown => shown.Status).ConfigureAwait(false);
            RunReport report = await running.ConfigureAwait(false);
            screen.Console.Write(ResultView.Run(report, folder.Folder));
            if (File.Exists(RunFiles.Report(folder.Folder))) screen.Output.WriteLine($"report: {RunFiles.Report(folder.Folder)}");
            return Verdict.Of(report);
        }
        catch (AcquisitionException error)
        {
            screen.Complain(error.Message);
            return ExitCode.Failed;
        }
    }
}
