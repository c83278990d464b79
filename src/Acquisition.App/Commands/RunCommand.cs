using System.CommandLine;
using Acquisition.App.Configuration;
using Acquisition.App.Runs;
using Acquisition.App.Terminal;

namespace Acquisition.App.Commands;

/// <summary><c>acquisition run</c>: one scan at a microscope.</summary>
internal static class RunCommand
{
    public static Command Create(Screen screen)
    {
        var config = new Option<string>("--config") { Description = "The rig's settings; see configs/ for examples.", HelpName = "FILE", Required = true };
        (Option<string> Option, string Path)[] overrides =
        [
            (new("--source") { Description = "Address of the microscope, instead of the file's source.address.", HelpName = "ADDRESS" }, "source.address"),
            (new("--output") { Description = "Folder for run folders, instead of the file's storage.root.", HelpName = "DIR" }, "storage.root"),
            (new("--publish") { Description = "Address to publish on, instead of the file's publish.address.", HelpName = "ADDRESS" }, "publish.address"),
            (new("--truth") { Description = "Folder with originals to score against, instead of the file's scoring.truth.", HelpName = "FOLDER" }, "scoring.truth"),
        ];

        Option<string?> viewer = ViewerOption.Create();
        var command = new Command("run", "Waits for a scan, then stores, restores and publishes it, and ends with it.") { config, viewer };
        foreach (var (option, _) in overrides) command.Options.Add(option);
        command.SetAction(async parsed =>
        {
            ConfigReading reading = ConfigReader.ReadFile(
                parsed.GetValue(config)!,
                [
                    .. from item in overrides
                       let value = parsed.GetValue(item.Option)
                       where value is not null
                       select new ConfigOverride(item.Path, item.Option.Name, value),
                    .. ViewerOption.Overrides(viewer, parsed),
                ]);
            if (reading.Config is not { } settings) return Faults.Show(reading, screen);
            using var interruption = new Interruption(screen.Error, beforeKilled: () => { });
            return await new RunSession(settings, screen, explains: true).RunAsync(interruption).ConfigureAwait(false);
        });
        return command;
    }
}
