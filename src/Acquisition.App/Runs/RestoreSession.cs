using System.Collections.Immutable;
using Acquisition.App.Configuration;
using Acquisition.App.Models;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Storage.Shares;

namespace Acquisition.App.Runs;

/// <summary>Restores a scan that lies on disk: chooses models once, restores share after share, and puts the shares together. Volumes go the way that
/// they would have gone during the scan, and get the same bits.</summary>
internal sealed class RestoreSession(AppConfig config, Screen screen)
{
    /// <summary>Complete volumes of a channel that may be tuned on, one after the other, where they are refused.</summary>
    private const int MostAttempts = 3;

    private const int MostNamed = 20;

    /// <summary>Makes the folder, chooses what restores each channel, and restores the volumes that it was chosen on.</summary>
    /// <param name="folder">Made here.</param>
    /// <returns><see langword="null"/> when it was cut off.</returns>
    /// <exception cref="AcquisitionException">The scan cannot be read or restored, or the disk refused.</exception>
    public async Task<RestorePlan?> PlanAsync(RestorableScan scan, string folder, int tasks, Interruption interruption)
    {
        ScanRestoration how = How(scan.Plan);
        ScanPlan plan = scan.Plan with { Grid = how.Grid };
        if (tasks > 1 && config.Restoration.Refresh && how.WhyNotTuned is null)
            throw new RestorationException("restoration.refresh is true: which model restores a volume then depends on all volumes before it. Restore in one task, or set it to false.");
        IVolumeConditioner? conditioner = Conditioners.Of(config.Conditioning)?.Invoke(plan);
        ShareFolder.Create(folder, ConfigWriter.Write(config));
        ShareFolder store = ShareFolder.Open(folder, ShareFolder.Choosing, scan.Pixels, plan, config.Storage, []);
        ScanStarted started = ResumedRun.Describe(plan, config.Restoration, how, conditioner?.Settings ?? "");
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        ImmutableArray<VolumeStored> candidates = Candidates(scan, isTuned: how.WhyNotTuned is null, now);
        RunReport report = await RestoreAsync(store, History(started, now, candidates, [], []), how, conditioner, interruption).ConfigureAwait(false);
        if (report.Status.Volumes.Pending > 0) return null;
        var made = new RestorePlan
        {
            Input = scan.Location,
            Format = scan.Format,
            Tasks = tasks,
            Absent = Absent(scan),
            Incomplete = [.. scan.Volumes.Where(volume => !volume.MissingPlanes.IsEmpty).Select(volume => new RestorePlan.IncompleteVolume(volume.Index, volume.MissingPlanes))],
            Scan = started,
            Models = report.Status.Models,
            ChosenOn = [.. ShareFolder.ProvenanceOf(folder, ShareFolder.Choosing).Select(volume => volume.Index)],
            MadeAt = now,
        };
        made.Save(PlanOf(folder));
        return made;
    }

    /// <summary>Restores the volumes of one share that are not restored yet.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    /// <exception cref="AcquisitionException">Something cannot be read, is not what the plan says, or the disk refused.</exception>
    public async Task<int> RestoreShareAsync(string folder, RestorePlan plan, int task, Interruption interruption)
    {
        ScanRestoration how = How(plan.Scan.Plan with { Grid = null });
        IVolumeConditioner? conditioner = Conditioners.Of(config.Conditioning)?.Invoke(plan.Scan.Plan);
        if (ResumedRun.ChangedSettings(plan.Scan, config.Restoration, how, conditioner?.Settings ?? "") is { IsEmpty: false } changes)
            throw new RestorationException($"The settings are not those of the plan: {string.Join("; ", changes)}. Plan anew in another folder, or give {RunFiles.Settings(folder)} the settings of the plan.");
        ImmutableArray<VolumeIndex> volumes = plan.Share(task);
        IVolumeStore pixels = RestorableScan.OpenPixels(plan.Input, out IDisposable? opened);
        using (opened)
        {
            ShareFolder store = ShareFolder.Open(folder, ShareFolder.NameOf(task), pixels, plan.Scan.Plan, config.Storage, volumes);
            int left = volumes.Length - store.Restored.Length;
            screen.Output.WriteLine($"task {task} of {plan.Tasks}: {volumes.Length} volume(s), {left} to restore");
            if (left == 0)
            {
                store.Dispose();
                return ExitCode.Ok;
            }

            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            ImmutableArray<Provenance> restored = [.. ShareFolder.ProvenanceOf(folder, ShareFolder.Choosing), .. store.Restored];
            ImmutableArray<VolumeStored> stored = plan.Stored(plan.ChosenOn.Concat(volumes).OrderBy(index => (index.T, index.C)), now);
            RunReport report = await RestoreAsync(store, History(plan.Scan, now, stored, restored, plan.Models), how, conditioner, interruption).ConfigureAwait(false);
            foreach (string warning in report.Warnings) screen.Complain(warning);
            return report.Status.Volumes is { Pending: 0, Skipped.Count: 0 } && report.Status.Outcome == RunOutcome.Completed ? ExitCode.Ok : ExitCode.Failed;
        }
    }

    /// <summary>Puts the shares together, or says what is missing.</summary>
    /// <param name="scan">That of the plan, where it is open already.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    /// <exception cref="AcquisitionException">Something cannot be read, or the disk refused.</exception>
    public static int Finish(string folder, RestorePlan plan, Screen screen, RestorableScan? scan = null)
    {
        var merge = new ShareMerge(folder, plan);
        ImmutableArray<(VolumeIndex Index, string Reason)> missing = merge.Missing();
        if (!missing.IsEmpty)
        {
            screen.Complain($"{missing.Length} volume(s) of '{folder}' are not restored:");
            foreach (var (index, reason) in missing.Take(MostNamed)) screen.Complain(reason.Length == 0 ? $"{index}" : $"{index}: {reason}");
            if (missing.Length > MostNamed) screen.Complain($"and {missing.Length - MostNamed} more");
            ImmutableArray<int> tasks = plan.TasksOf(missing.Select(volume => volume.Index));
            screen.Complain($"run their tasks again: {string.Join(", ", tasks.Take(MostNamed))}{(tasks.Length > MostNamed ? ", …" : "")}");
            return ExitCode.Failed;
        }

        using RestorableScan? opened = scan is null ? RestorableScan.Open(plan.Input, plan.Scan.Plan.Undersampling, plan.Scan.Plan.VoxelSize) : null;
        RunReport report = merge.Complete(scan ?? opened!, TimeProvider.System);
        screen.Console.Write(ResultView.Run(report, folder));
        return Verdict.Of(report);
    }

    public static string PlanOf(string folder) => Path.Combine(folder, RestorePlan.FileName);

    private ScanRestoration How(ScanPlan plan) => ModelRegistry.Get(config.Restoration.Model).Open(config, plan, message => screen.Complain(message));

    /// <summary>What a live run would look at before it restores anything else: the first volume of each channel, and the first that can be tuned on.</summary>
    private static ImmutableArray<VolumeStored> Candidates(RestorableScan scan, bool isTuned, DateTimeOffset now) =>
    [
        .. scan.Volumes.GroupBy(volume => volume.Index.C)
            .SelectMany(channel => channel.Take(1).Concat(isTuned ? channel.Where(volume => volume.MissingPlanes.IsEmpty).Take(MostAttempts) : []))
            .DistinctBy(volume => volume.Index).OrderBy(volume => (volume.Index.T, volume.Index.C))
            .Select(volume => volume with { FirstFrameAt = now, LastFrameAt = now }), // lags of this day
    ];

    private static ImmutableArray<VolumeIndex> Absent(RestorableScan scan)
    {
        HashSet<VolumeIndex> there = [.. scan.Volumes.Select(volume => volume.Index)];
        return
        [
            .. from t in Enumerable.Range(0, scan.Plan.TimePoints!.Value)
               from c in Enumerable.Range(0, scan.Plan.Channels.Length)
               let index = new VolumeIndex(t, c)
               where !there.Contains(index)
               select index,
        ];
    }

    private static RunHistory History(
        ScanStarted started, DateTimeOffset now, ImmutableArray<VolumeStored> stored, ImmutableArray<Provenance> restored, ImmutableArray<ModelStatus> models) => new()
        {
            Scan = started,
            StartedAt = now,
            Stored = stored,
            Restored = restored,
            Models = models,
            // The scan is over and whole, as far as it will ever be.
            Finished = new ScanFinished(RunOutcome.Completed, "the scan is stored", LedgerCloses: true, new FrameLedger(), new VolumeLedger()),
            IsClosed = false,
            LastKnown = new FrameLedger(),
        };

    /// <param name="store">Becomes the run's own.</param>
    private async Task<RunReport> RestoreAsync(ShareFolder store, RunHistory history, ScanRestoration how, IVolumeConditioner? conditioner, Interruption interruption)
    {
        using var run = new ResumedRun(store, history, how, config.Restoration, config.Pipeline, TimeProvider.System, conditioner);
        Task<RunReport> running = Task.Run(() => run.RunAsync(interruption.Abandon), CancellationToken.None);
        await RunDisplay.ShowAsync(screen, running, () => run, shown => shown.Status).ConfigureAwait(false);
        return await running.ConfigureAwait(false);
    }
}
