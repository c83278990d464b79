using System.CommandLine;
using System.Runtime.InteropServices;
using Acquisition.App.Configuration;
using Acquisition.App.Models;
using Acquisition.App.Terminal;
using Acquisition.App.Training;
using Acquisition.Core;
using Acquisition.Torch;
using Acquisition.Torch.Adversarial;

namespace Acquisition.App.Commands;

/// <summary><c>acquisition train</c>: trains a model before any scan.</summary>
internal static class TrainCommand
{
    public static Command Create(Screen screen)
    {
        var model = new Argument<string>("MODEL") { Description = "What to train: " + string.Join(", ", AdversarialSystem.All.Select(system => system.Method)) + "." };
        model.AcceptOnlyFromAmong([.. AdversarialSystem.All.Select(system => system.Method)]);
        var config = new Option<string>("--config") { Description = "Settings, with a section training.", HelpName = "FILE", Required = true };
        var output = new Option<string>("--output") { Description = "Folder for model, card, progress and previews; made here. With training in it that was cut off, it goes on with that.", HelpName = "FOLDER", Required = true };
        var command = new Command("train", "Trains a model on libraries of images before any scan. May be cut off and repeated.") { model, config, output };
        command.SetAction(async (parsed, _) =>
        {
            string file = parsed.GetValue(config)!, folder = Path.GetFullPath(parsed.GetValue(output)!);
            ConfigReading reading = ConfigReader.ReadFile(file, [new ConfigOverride("storage.root", "--output", Path.GetDirectoryName(folder) ?? "/")], Check, "training");
            if (reading.Config is not { } settings) return Faults.Show(reading, screen);
            using var ending = new CancellationTokenSource();
            using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
            using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
            return await Task.Factory.StartNew(
                () => Train(settings, parsed.GetValue(model)!, folder, screen, ending.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);

            // The first signal ends training after its step, the second the process.
            void End(PosixSignalContext context)
            {
                if (ending.IsCancellationRequested) return;
                context.Cancel = true;
                ending.Cancel();
            }
        });
        return command;
    }

    private static int Train(AppConfig config, string model, string folder, Screen screen, CancellationToken cancellation)
    {
        LowPriority.Enter();
        try
        {
            return new TrainingSession(config, screen).Run(model, folder, cancellation);
        }
        catch (AcquisitionException error)
        {
            screen.Complain(error.Message);
            return ExitCode.Failed;
        }
    }

    private static IEnumerable<(string Path, string Message)> Check(AppConfig config)
    {
        if (config.Compute.Engine == EngineChoice.Cpu)
            yield return ("restoration.engine", "is cpu, and training runs on libtorch only; write auto or torch");
        else if (TorchEngine.WhyUnavailable(Devices.ForTorch(config.Compute)) is { } why)
            yield return ("training.input", $"cannot be learned from: {why.TrimEnd('.')}");
        if (config.Training is not { } training) yield break;
        foreach (var (path, folder) in (IEnumerable<(string, string)>)[("training.input", training.Input), ("training.target", training.Target)])
        {
            if (!Directory.Exists(folder) && !File.Exists(folder)) yield return (path, $"is '{folder}', which does not exist");
        }

        if (training.StartFile is { } start && !File.Exists(start)) yield return ("training.start_file", $"is '{start}', which does not exist");
    }
}
