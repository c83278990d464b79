using System.Collections.Immutable;
using System.Reactive.Linq;
using Acquisition.Core;
using Acquisition.Pipeline.Assembly;
using Acquisition.Pipeline.Metering;
using Acquisition.Pipeline.Restoring;
using Acquisition.Restoration;

namespace Acquisition.Pipeline;

/// <summary>A run that ended before everything stored was restored, taken up again: restores what is missing and closes the ledger.</summary>
/// <remarks>Volumes go the way they would have gone during the scan, with the models that were chosen for them, and get the same bits.
/// A volume that had been skipped gets one new try. A model that was being refreshed stays as it was, and nothing is published. Whoever looks
/// sees what is restored now.</remarks>
public sealed class ResumedRun : IScanHost, IDisposable
{
    private readonly RunHistory _history;
    private readonly ScanParts _parts;
    private readonly ScanPipeline _scan;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _abandon = new();
    private readonly RunBook _book;
    private RunState _state = RunState.Draining;
    private RunOutcome? _outcome;
    private string _reason;

    /// <param name="store">The run folder, opened again and repaired; becomes the run's own.</param>
    /// <param name="history">What it held then.</param>
    /// <param name="how">How the scan was restored, and is.</param>
    /// <param name="restoration">The settings that the run was made with; see <see cref="ChangedSettings"/>.</param>
    /// <param name="conditioner">What volumes go through before they are restored; <see langword="null"/> for nothing.</param>
    /// <param name="screen">Where people look; <see langword="null"/> for nowhere.</param>
    /// <exception cref="StorageException">A dataset or the weights of a model cannot be read.</exception>
    /// <exception cref="DataFormatException">They are not what the ledger says.</exception>
    public ResumedRun(
        IRunStore store, RunHistory history, ScanRestoration how, RestorationOptions restoration, PipelineOptions options, TimeProvider clock,
        IVolumeConditioner? conditioner = null, IRunScreen? screen = null)
    {
        ScanPlan plan = history.Scan.Plan;
        _history = history;
        _book = new RunBook(((IScanHost)this).RawFailed) { Store = store };
        foreach (string repair in history.Repairs) _book.Note(repair);
        _parts = new ScanParts
        {
            Clock = clock,
            Options = options,
            Restoration = restoration,
            Restoring = (_, _) => how,
            Publisher = null,
            Screen = screen is not null && HasRoomFor(plan, restoration, how) ? screen : null,
            CameraPool = new VolumePool(options.MemoryBudgetBytes),
            Started = (clock.GetTimestamp(), clock.GetUtcNow()),
            Metrics = new RunMetrics(this, () => Status, clock.GetUtcNow()),
        };
        _reason = $"resumed: {history.Pending.Length} of {history.Stored.Length} stored volumes are to be restored";
        _scan = new ScanPipeline(plan, store, _parts, how, conditioner, _parts.Screen, this);
        _scan.TakeUp(history);
        _parts.Metrics.Observe();
    }

    /// <summary>Where the run stands now; any thread.</summary>
    public RunStatus Status
    {
        get
        {
            RunState state;
            RunOutcome? outcome;
            string reason;
            lock (_gate) (state, outcome, reason) = (_state, _outcome, _reason);
            return new RunStatus
            {
                State = state,
                Reason = reason,
                Outcome = outcome,
                Plan = _scan.Plan,
                Frames = _history.Frames,
                Volumes = _parts.Volumes.Snapshot(),
                Queues = _scan.Queues,
                Tuning = _scan.Tuning,
                Models = _scan.Models,
                Lag = _scan.LastLag,
                Elapsed = _parts.Clock.GetElapsedTime(_parts.Started.Timestamp),
            };
        }
    }

    /// <summary>The first line of a ledger.</summary>
    /// <param name="plan">With the restored grid.</param>
    /// <param name="conditioning">As <see cref="IVolumeConditioner.Settings"/> says it; empty for none.</param>
    public static ScanStarted Describe(ScanPlan plan, RestorationOptions restoration, ScanRestoration how, string conditioning = "")
    {
        ArgumentNullException.ThrowIfNull(how);
        return new ScanStarted(
            plan, SettingsFingerprint.Of(restoration, how.Settings, conditioning), SettingsFingerprint.Describe(restoration, how.Settings, conditioning));
    }

    /// <summary>How settings differ from those that a run was made with, for people; empty when its restoration can go on with them.</summary>
    /// <param name="conditioning">As <see cref="IVolumeConditioner.Settings"/> says it; empty for none.</param>
    public static ImmutableArray<string> ChangedSettings(ScanStarted scan, RestorationOptions restoration, ScanRestoration how, string conditioning = "")
    {
        ArgumentNullException.ThrowIfNull(scan);
        ArgumentNullException.ThrowIfNull(how);
        if (SettingsFingerprint.Of(restoration, how.Settings, conditioning) == scan.SettingsFingerprint) return [];
        ImmutableSortedDictionary<string, string> now = SettingsFingerprint.Describe(restoration, how.Settings, conditioning);
        ImmutableArray<string> changed =
        [
            .. from name in now.Keys.Union(scan.Settings.Keys).Order(StringComparer.Ordinal)
               let was = scan.Settings.GetValueOrDefault(name, "not known")
               let wanted = now.GetValueOrDefault(name, "not known")
               where was != wanted
               select $"{name} was {was} and is {wanted}",
        ];
        return changed.IsEmpty ? ["they mean something else to this version of the program"] : changed;
    }

    /// <summary>Restores what is missing and closes the ledger. Call once.</summary>
    /// <param name="abandon">Ends restoration: what is not yet restored stays pending, on disk.</param>
    public async Task<RunReport> RunAsync(CancellationToken abandon)
    {
        using (abandon.Register(_abandon.Cancel))
        {
            _scan.Start(Observable.Empty<AssembledVolume>(), _abandon.Token);
            _scan.ReceivingEnded();
            await _scan.DrainAsync().ConfigureAwait(false);
        }

        return Conclude();
    }

    /// <summary>Frees the run's memory and lets go of its folder. Only after <see cref="RunAsync"/> has returned.</summary>
    public void Dispose()
    {
        _parts.Metrics.Dispose();
        _scan.Dispose();
        _book.Store!.Dispose();
        _parts.CameraPool.Dispose();
        _abandon.Dispose();
    }

    bool IRestorationHost.WantsPreviews => _parts.Options.Previews && _parts.Screen?.IsWatched == true;

    void IRestorationHost.TuningBegan(VolumeIndex index, bool isRefresh)
    {
        lock (_gate) _reason = $"resumed: a model is tuned on {index}, as it would have been during the scan";
    }

    void IRestorationHost.SnapshotTaken(SnapshotTaken snapshot) => _book.Record(LedgerKinds.Snapshot, snapshot);

    void IRestorationHost.Drifted(DriftNoticed drift) => _book.Drifted(drift);

    string IRestorationHost.SaveModel(ReadOnlySpan<byte> safetensors) => _book.Store!.SaveModel(safetensors);

    void IRestorationHost.ModelChosen(ModelStatus status) => _book.Record(LedgerKinds.ModelChosen, status);

    void IRestorationHost.Skipped(VolumeIndex index, string reason, string detail) => _book.Skipped(index, reason, detail);

    void IRestorationHost.Warn(string message) => _book.Warn(message);

    void IScanHost.Restored(Provenance provenance) => _book.Record(LedgerKinds.VolumeRestored, provenance);

    void IScanHost.RawFailed(Exception fault)
    {
        lock (_gate)
        {
            _outcome ??= fault is StorageException { DiskFull: true } ? RunOutcome.DiskFull : RunOutcome.Failed;
            _reason = fault.Message;
        }

        _abandon.Cancel();
    }

    /// <summary>Whether the machine has memory for the restored volumes that a screen may hold; without it, people see them once they are stored.</summary>
    private static bool HasRoomFor(ScanPlan plan, RestorationOptions restoration, ScanRestoration how) =>
        ScanPipeline.HeldByScreen(plan) * VolumePool.CostBytes(plan.RestoredShape, plan.PixelType) + RestorationStage.MemoryNeeded(plan, restoration, how)
        <= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private RunReport Conclude()
    {
        lock (_gate)
        {
            _state = RunState.Finished;
            if (_outcome is null) (_outcome, _reason) = Outcome();
        }

        RunReport report = Report();
        try
        {
            _book.Close(report);
            return report;
        }
        catch (StorageException fault)
        {
            ((IScanHost)this).RawFailed(fault);
            return Report();
        }
    }

    /// <summary>A scan that had come to its end keeps its outcome; one that was cut off by program or disk is complete or it is not.</summary>
    private (RunOutcome Outcome, string Reason) Outcome()
    {
        long pending = _parts.Volumes.Snapshot().Pending;
        string left = pending > 0 ? $"; {pending} volume(s) are not restored yet" : "";
        return _history.Finished switch
        {
            { Outcome: RunOutcome.Completed or RunOutcome.Cancelled or RunOutcome.Superseded or RunOutcome.SourceLost } finished =>
                (finished.Outcome.Value, finished.Reason + left),
            _ when _history.IsScanComplete => (RunOutcome.Completed, "every planned volume is complete; the program had ended before it said so" + left),
            { } finished => (RunOutcome.Interrupted, $"{Cause(finished)}{left}"),
            null => (RunOutcome.Interrupted, $"the program ended in mid-scan; of the frames that the ledger tells of, {_history.LostFrames} are lost{left}"),
        };
    }

    /// <summary>What a run that failed said, without the end of a resumed one.</summary>
    private static string Cause(ScanFinished finished) =>
        finished.Outcome == RunOutcome.Interrupted ? finished.Reason.Split(';')[0] : $"the scan was cut off: {finished.Reason}";

    private RunReport Report() => new()
    {
        Status = Status,
        StartedAt = _history.StartedAt,
        FinishedAt = _parts.Clock.GetUtcNow(),
        Timings = _scan.Timings,
        Warnings = _book.Warnings,
    };
}
