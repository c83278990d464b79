using System.Diagnostics;
using System.Globalization;
using Acquisition.App.Configuration;
using Acquisition.App.Models;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Restoration.Registration;
using Acquisition.Storage;
using Acquisition.Torch.Adversarial;

namespace Acquisition.App.Training;

/// <summary>Trains a model before any scan, in a folder of its own, from where it was cut off.</summary>
internal sealed class TrainingSession(AppConfig config, Screen screen)
{
    /// <param name="method">Of <see cref="AdversarialSystem.All"/>.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    /// <exception cref="AcquisitionException">Images or checkpoint cannot be used, training fails, or the disk refused.</exception>
    public int Run(string method, string path, CancellationToken cancellation)
    {
        TrainingConfig training = config.Training!;
        AdversarialSystem system = AdversarialSystem.Get(method);
        string settings = ConfigWriter.Write(config);
        using TrainingFolder folder = TrainingFolder.Open(path, settings);
        ImageLibrary? input = null, target = null;
        PairedLibraries? pairs = null;
        try
        {
            input = ImageFiles.Read(training.Input, training.InputSetting, training.Channel, system.IsPlanar);
            target = ImageFiles.Read(training.Target, training.TargetSetting, training.Channel, system.IsPlanar);
            screen.Output.WriteLine($"{method}: {Told(input, training.Input)} to restore, {Told(target, training.Target)} that results are to look like");
            ImageLibrary laid = target;
            if (system.IsPaired && training.Registration)
            {
                pairs = PairedLibraries.Register(input.Images, target.Images, system.IsPlanar, new RegistrationOptions { Threads = config.Restoration.Threads }, cancellation);
                laid = target with { Images = pairs.Targets, Preparation = pairs.Settings };
                input = input with { Usable = pairs.Usable };
                screen.Output.WriteLine("pairs laid over each other: " + string.Join(", ", pairs.Settings.Select(found => $"{found.Key["registration_".Length..].Replace('_', ' ')} {found.Value}")));
            }

            using var trainer = new OfflineTrainer(system, input, laid, Options(training));
            TakeUp(trainer, folder);
            folder.SaveSettings(settings);
            return Train(trainer, folder, cancellation);
        }
        finally
        {
            pairs?.Dispose();
            foreach (ImageLibrary? library in (ImageLibrary?[])[input, target])
            {
                foreach (var image in library?.Images ?? []) image.Dispose();
            }
        }
    }

    private TrainingOptions Options(TrainingConfig training) => new()
    {
        Preset = training.Preset,
        Steps = training.Steps,
        Seed = config.Restoration.Seed,
        Threads = config.Restoration.Threads,
        Device = Devices.ForTorch(config.Compute),
        ReportEvery = training.ReportEvery,
        Patience = training.Patience,
        HeldOutShare = training.HeldOutShare,
        Overrides = NamedValues.Read(training.Overrides),
        Start = training.StartFile is { } file ? TrainedWeights.Read(file) : null,
    };

    private void TakeUp(OfflineTrainer trainer, TrainingFolder folder)
    {
        if (folder.Checkpoint() is not { } checkpoint) return;
        try
        {
            trainer.Load(checkpoint);
        }
        catch (DataFormatException fault)
        {
            throw new DataFormatException($"'{folder.Location}' cannot be gone on with: {fault.Message} Give a new folder, or the images and settings that it was begun with.", fault);
        }

        folder.TakeUpProgress(trainer.Step);
        screen.Output.WriteLine($"goes on after step {trainer.Step} of {trainer.Steps}");
    }

    private int Train(OfflineTrainer trainer, TrainingFolder folder, CancellationToken cancellation)
    {
        string end = "training was over already";
        using (var progress = new ProgressLine(screen, TimeProvider.System))
        {
            var clock = Stopwatch.StartNew();
            int first = trainer.Step;
            progress.Report($"step {trainer.Step} of {trainer.Steps}");
            while (!trainer.IsOver)
            {
                TrainingReport report;
                try
                {
                    report = trainer.Continue(cancellation);
                }
                catch (OperationCanceledException)
                {
                    screen.Complain($"cut off after step {trainer.Step}; the same command goes on from the last checkpoint");
                    return ExitCode.Failed;
                }

                Keep(trainer, folder, report);
                TimeSpan left = clock.Elapsed / (report.Step - first) * (report.Steps - report.Step);
                progress.Report(Told(report) + string.Create(CultureInfo.InvariantCulture, $"; {left.TotalSeconds:0} s left"));
                if (report.Why is { } why) end = why;
            }
        }

        ModelCard card = OfflineModel.FromSafeTensors(trainer.Best.Span).Card;
        screen.Output.WriteLine($"{end}; the weights of step {card.Steps} did best: "
            + string.Join(", ", card.Scores.Select(score => string.Create(CultureInfo.InvariantCulture, $"{score.Key} {score.Value:G4}"))));
        screen.Output.WriteLine($"model: {Path.Combine(folder.Location, TrainingFolder.ModelFile)}; its card: {TrainingFolder.CardFile}");
        return ExitCode.Ok;
    }

    /// <summary>The checkpoint comes last: what it goes on from is then there.</summary>
    private static void Keep(OfflineTrainer trainer, TrainingFolder folder, TrainingReport report)
    {
        folder.Tell(report.Step, [.. report.Losses, .. report.Scores.Select(score => ($"held_out_{score.Name}", score.Value))]);
        var (pixels, width, height) = PreviewSheet.Of(trainer.Preview());
        folder.SavePreview(report.Step, pixels, width, height);
        if (report.IsBest) folder.SaveModel(trainer.Best.Span, CardText.Of(OfflineModel.FromSafeTensors(trainer.Best.Span).Card));
        using var checkpoint = new MemoryStream();
        trainer.Save(checkpoint);
        folder.SaveCheckpoint(checkpoint.GetBuffer().AsSpan(0, (int)checkpoint.Length));
    }

    private static string Told(ImageLibrary library, string path) => $"{library.Images.Length} image(s) of {library.Card.VoxelSize} from {path}";

    private static string Told(TrainingReport report) => string.Create(CultureInfo.InvariantCulture,
        $"step {report.Step} of {report.Steps}: {Values(report.Scores)}{(report.IsBest ? " (best)" : "")}; losses {Values(report.Losses)}");

    private static string Values(IEnumerable<(string Name, double Value)> values) =>
        string.Join(", ", values.Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Name} {value.Value:G4}")));
}
