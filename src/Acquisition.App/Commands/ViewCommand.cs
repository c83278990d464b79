using System.CommandLine;
using Acquisition.App.Configuration;
using Acquisition.App.Runs;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Storage;
using Acquisition.Viewer;

namespace Acquisition.App.Commands;

/// <summary><c>acquisition view</c>: shows a run that is stored, or that another program stores.</summary>
internal static class ViewCommand
{
    public static Command Create(Screen screen)
    {
        var folder = new Argument<string>("RUN") { Description = "The run folder, finished or growing." };
        Option<string?> address = ViewerOption.Create();
        var command = new Command("view", "Shows a stored or growing run in a browser, until Ctrl-C.") { folder, address };
        command.SetAction(async (parsed, _) =>
        {
            // Only the viewer's settings matter here; what must be given besides is made up.
            ConfigReading reading = ConfigReader.Read(
                "", "view", [.. ViewerOption.Overrides(address, parsed), new("source.address", "view", "tcp://127.0.0.1:5555"), new("storage.root", "view", ".")],
                ConfigChecks.None);
            if (reading.Config is not { } config) return Faults.Show(reading, screen);
            return await ShowAsync(Path.GetFullPath(parsed.GetValue(folder)!), config.Viewer, screen).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> ShowAsync(string folder, ViewerSettings settings, Screen screen)
    {
        try
        {
            RunArchive archive = RunArchive.Open(folder);
            if (archive.Plan is null) throw new StorageException($"'{folder}' holds no run, or no scan was taken in it yet. Give the run folder that 'acquisition run' named.");
            using var interruption = new Interruption(TextWriter.Null, beforeKilled: () => { });
            await using ViewerServer? server = await RunViewer.StartAsync(settings, screen).ConfigureAwait(false);
            if (server is null) return ExitCode.Failed;
            server.Show(new ViewedRun { Status = () => archive.Status, Archive = () => archive, IsStored = true });
            screen.Output.WriteLine($"This is a stored run: {folder}. Ctrl-C ends.");
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using CancellationTokenRegistration stopping = interruption.Stop.Register(ended.SetResult);
            await ended.Task.ConfigureAwait(false);
            return ExitCode.Ok;
        }
        catch (AcquisitionException error)
        {
            screen.Complain(error.Message);
            return ExitCode.Failed;
        }
    }
}
