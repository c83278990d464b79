using Acquisition.App.Configuration;
using Acquisition.App.Models;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Storage;
using Acquisition.Viewer;

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

            ScanRestoration how = ModelRegistry.Get(config.Restoration.Model).Open(
                config, history.Scan.Plan with { Grid = null }, message => screen.Complain(message));
            IVolumeConditioner? conditioner = Conditioners.Of(config.Conditioning)?.Invoke(history.Scan.Plan);
            if (ResumedRun.ChangedSettings(history.Scan, config.Restoration, how, conditioner?.Settings ?? "") is { IsEmpty: false } changes)
            {
                foreach (string change in changes) screen.Complain($"{RunFiles.Settings(folder.Folder)}: {change}");
                screen.Complain("the volumes to come would not be like those that are restored; nothing was changed. Give run.yaml the settings that the run was made with");
                return ExitCode.Usage;
            }

            folder.Repair();
            foreach (string repair in history.Repairs) screen.Output.WriteLine($"repaired: {TerminalText.Plain(repair)}");
            return Conclude(await RestoreAsync(folder, how, conditioner, interruption).ConfigureAwait(false), folder.Folder);
        }
        catch (AcquisitionException error)
        {
            screen.Complain(error.Message);
            return ExitCode.Failed;
        }
    }

    /// <summary>Restores what is missing, where people can look.</summary>
    private async Task<RunReport> RestoreAsync(RunFolder folder, ScanRestoration how, IVolumeConditioner? conditioner, Interruption interruption)
    {
        ResumedRun? resumed = null;
        try
        {
            await using ViewerServer? viewer = await RunViewer.StartAsync(config.Viewer, screen).ConfigureAwait(false);
            var run = resumed = new ResumedRun(
                folder, folder.History!, how, config.Restoration, config.Pipeline, TimeProvider.System, conditioner, viewer?.Screen);
            RunArchive? archive = null;
            // There is no scan to end, and what is left keeps its models.
            viewer?.Show(new ViewedRun { Status = () => run.Status, Archive = () => archive ??= RunArchive.Open(folder.Folder) });
            screen.Output.WriteLine("Ctrl-C leaves the rest unrestored; it can be resumed again.");
            Task<RunReport> running = Task.Run(() => run.RunAsync(interruption.Abandon), CancellationToken.None);
            await RunDisplay.ShowAsync(screen, running, () => run, shown => shown.Status).ConfigureAwait(false);
            return await running.ConfigureAwait(false);
        }
        finally
        {
            resumed?.Dispose(); // pages have heard its last words, and given back what they held
        }
    }

    private int Conclude(RunReport report, string folder)
    {
        screen.Console.Write(ResultView.Run(report, folder));
        if (config.Viewer.Enabled) screen.Output.WriteLine($"to look at it again: acquisition view {folder}");
        if (File.Exists(RunFiles.Report(folder))) screen.Output.WriteLine($"report: {RunFiles.Report(folder)}");
        return Verdict.Of(report);
    }
}
