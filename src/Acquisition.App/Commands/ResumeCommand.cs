using System.CommandLine;
using Acquisition.App.Configuration;
using Acquisition.App.Runs;
using Acquisition.App.Terminal;

namespace Acquisition.App.Commands;

/// <summary><c>acquisition resume</c>: finishes a run whose program or disk failed.</summary>
internal static class ResumeCommand
{
    public static Command Create(Screen screen)
    {
        var folder = new Argument<string>("RUN") { Description = "The run folder; it may have been moved." };
        Option<string?> viewer = ViewerOption.Create();
        var command = new Command(
            "resume", "Repairs a run that was cut off, restores what is missing with the models that it had, and closes its ledger.") { folder, viewer };
        command.SetAction(async parsed =>
        {
            string path = Path.GetFullPath(parsed.GetValue(folder)!);
            // Folders and addresses belong to the time of the run; only how to restore, how much memory to take and where to look matters here.
            ConfigReading reading = ConfigReader.ReadFile(RunFiles.Settings(path), [.. ViewerOption.Overrides(viewer, parsed)], ConfigChecks.None);
            if (reading.Config is not { } settings) return Faults.Show(reading, screen);
            using var interruption = new Interruption(screen.Error, beforeKilled: () => { }, receives: false);
            return await new ResumeSession(settings, screen).RunAsync(path, interruption).ConfigureAwait(false);
        });
        return command;
    }
}
