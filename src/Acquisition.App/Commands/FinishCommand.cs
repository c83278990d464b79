using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Acquisition.App.Runs;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Storage;
using Acquisition.Storage.Shares;

namespace Acquisition.App.Commands;

/// <summary><c>acquisition finish</c>: makes what viewers want of a stored run and a scan has no time for.</summary>
internal static class FinishCommand
{
    /// <summary>More would take a scan's processors and find the disk busy.</summary>
    private const int MostThreads = 2;

    public static Command Create(Screen screen)
    {
        var folder = new Argument<string>("RUN") { Description = "The run folder, also of a run that was cut off; or one of its datasets." };
        var command = new Command(
            "finish",
            "Puts the shares of a plan together, or lists what is missing; and adds coarser levels to raw.zarr and restored.zarr, with which napari and neuroglancer open large volumes quickly. May be cut off and repeated.") { folder };
        command.SetAction(async (parsed, _) => await Task.Factory.StartNew(
            () => Finish(parsed.GetValue(folder)!, screen), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false));
        return command;
    }

    /// <summary>On a thread of its own, which it slows down for the sake of a scan that may go on beside it.</summary>
    private static int Finish(string path, Screen screen)
    {
        LowPriority.Enter();
        try
        {
            path = Path.GetFullPath(path);
            string plan = RestoreSession.PlanOf(path);
            if (File.Exists(plan) && RestoreSession.Finish(path, RestorePlan.Load(plan), screen) is not ExitCode.Ok and var code) return code;
            ImmutableArray<DatasetLevels> datasets;
            using (var progress = new ProgressLine(screen, TimeProvider.System)) datasets = RunLevels.Complete(path, progress, Math.Min(MostThreads, Environment.ProcessorCount));
            foreach (DatasetLevels dataset in datasets)
            {
                screen.Output.WriteLine($"{TerminalText.Plain(dataset.Location)}: {Told(dataset)}");
                foreach (string fault in dataset.Faults) screen.Complain(fault);
            }

            return datasets.All(dataset => dataset.Faults.IsEmpty) ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (AcquisitionException error)
        {
            screen.Complain(error.Message);
            return ExitCode.Failed;
        }
    }

    private static string Told(DatasetLevels dataset)
    {
        if (dataset.Shapes.IsEmpty) return "its volumes are small enough as they are";
        int there = (dataset.Volumes - dataset.Faults.Length) * dataset.Shapes.Length - dataset.Made;
        return $"levels of {string.Join(", ", dataset.Shapes)} for {dataset.Volumes - dataset.Faults.Length} volume(s); {dataset.Made} made, {there} there already"
            + string.Create(CultureInfo.InvariantCulture, $"; {dataset.Elapsed.TotalSeconds:0.0} s, {dataset.Volumes / dataset.Elapsed.TotalSeconds:0.0} volumes/s");
    }
}
