using Acquisition.Core;
using Acquisition.Pipeline.Assembly;
using Acquisition.Pipeline.Metering;
using Acquisition.Pipeline.Restoring;
using Acquisition.Restoration;

namespace Acquisition.Pipeline;

/// <summary>One run: from waiting for a source to a closed ledger.</summary>
/// <remarks>
/// <code>
/// source ─▶ assembler ─┤raw: waits├─▶ raw dataset ─┤restore: spills to disk├─▶ tune, restore ─┤restored: waits├─▶ dataset, subscribers
/// </code>
/// Each ├ ┤ is a hop between threads, bounded in bytes. While nothing waits in the second, restoration works on planes of volumes
/// that are still being assembled. Memory: <see cref="PipelineOptions.MemoryBudgetBytes"/> for the camera's volumes, two restored
/// volumes that wait or are being stored, and for each stream of restoration a restored volume and what the engine says it holds.
/// </remarks>
public sealed class ScanRun : IAssemblerHost, IScanHost, IDisposable
{
    private static readonly TimeSpan StatusPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DiskPeriod = TimeSpan.FromSeconds(5);

    private readonly IFrameSource _source;
    private readonly Func<ScanPlan, IRunStore> _openStore;
    private readonly ScanParts _parts;
    private readonly RateMeter _rate;
    private readonly DiskGauge _disk;
    private readonly RunWatch _watch;
    private readonly RunBook _book;
    private readonly VolumeAssembler _assembler;
    private readonly ScanAnnouncement? _announced;
    private readonly TaskCompletionSource _received = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopReceiving = new();
    private readonly CancellationTokenSource _abandonRestoration = new();
    private RunState _state = RunState.Waiting;
    private RunOutcome? _outcome;
    private string _reason;
    private readonly long _refusedBefore;
    private ScanPipeline? _scan;

    /// <param name="source">Where frames come from.</param>
    /// <param name="openStore">Makes the run folder, which becomes the run's own; called once, when the first scan is announced.</param>
    /// <param name="publisher">Downstream; <see langword="null"/> for none.</param>
    /// <param name="restoring">Says how a scan is restored, or why it cannot be by a <see cref="RestorationException"/>. What it is given besides is
    /// told what people must know while it works.</param>
    /// <param name="announced">The scan that superseded the run before this one; <see langword="null"/> waits for one.</param>
    /// <param name="conditioning">Makes what corrects a scan's volumes before they are restored, or refuses the scan by a
    /// <see cref="ScanRefusedException"/>; <see langword="null"/> restores them as they come.</param>
    /// <param name="screen">Where people look; <see langword="null"/> for nowhere.</param>
    public ScanRun(
        IFrameSource source,
        Func<ScanPlan, IRunStore> openStore,
        IVolumePublisher? publisher,
        Func<ScanPlan, Action<string>, ScanRestoration> restoring,
        RestorationOptions restoration,
        PipelineOptions options,
        TimeProvider clock,
        ScanAnnouncement? announced = null,
        Func<ScanPlan, IVolumeConditioner>? conditioning = null,
        IRunScreen? screen = null)
    {
        _source = source;
        _announced = announced;
        _openStore = openStore;
        _book = new RunBook(((IScanHost)this).RawFailed);
        _parts = new ScanParts
        {
            Clock = clock,
            Options = options,
            Restoration = restoration,
            Conditioning = conditioning,
            Restoring = restoring,
            Publisher = publisher is null ? null : new GuardedPublisher(publisher, _book.Warn),
            Screen = screen,
            CameraPool = new VolumePool(options.MemoryBudgetBytes),
            Started = (clock.GetTimestamp(), clock.GetUtcNow()),
            Metrics = new RunMetrics(this, () => Status, clock.GetUtcNow()),
        };
        // Those whom nobody has seen yet came while the first run waited.
        _refusedBefore = announced is null ? 0 : RefusedClients;
        _rate = new RateMeter(clock);
        _disk = new DiskGauge(clock);
        _watch = new RunWatch(_book.Warn, message => _book.Record(LedgerKinds.Warning, new Warned(message)));
        _assembler = new VolumeAssembler(options, clock, _parts.Frames, _rate, this);
        _reason = $"waiting for a scan on {source.Description}";
        _parts.Metrics.Observe();
    }

    /// <summary>Where the run stands now; any thread, cheap enough for five times a second.</summary>
    public RunStatus Status
    {
        get
        {
            ScanPipeline? scan;
            RunState state;
            RunOutcome? outcome;
            string reason;
            lock (_gate) (scan, state, outcome, reason) = (_scan, _state, _outcome, _reason);
            return new RunStatus
            {
                State = state,
                Reason = reason,
                Outcome = outcome,
                Plan = scan?.Plan,
                Frames = _parts.Frames.Snapshot(),
                Volumes = _parts.Volumes.Snapshot(),
                Queues = scan?.Queues ?? [],
                Tuning = scan?.Tuning,
                Models = scan?.Models ?? [],
                FramesPerSecond = _rate.PerSecond(),
                Lag = scan?.LastLag,
                RefusedClients = RefusedClients - _refusedBefore,
                FreeBytes = _disk.FreeBytes,
                DiskTimeLeft = _disk.TimeLeft,
                Elapsed = _parts.Clock.GetElapsedTime(_parts.Started.Timestamp),
            };
        }
    }

    /// <summary>Of source and publisher, which may serve several runs in turn.</summary>
    private long RefusedClients => _source.RefusedClients + (_parts.Publisher?.RefusedClients ?? 0);

    /// <summary>The scan that superseded this run's, for the run to come; <see langword="null"/> when none did.</summary>
    public ScanAnnouncement? Successor => _assembler.Successor;

    /// <summary>Completes when the source is no longer listened to; another run may then listen while this one drains.</summary>
    public Task Received => _received.Task;

    /// <summary>Receives one scan, restores it and closes the ledger. Call once.</summary>
    /// <param name="stop">Ends the scan cleanly: what arrived is stored and restored.</param>
    /// <param name="abandon">Ends restoration as well: what is not yet restored stays pending, on disk.</param>
    /// <returns>The report; a run that ended in failure says so in <see cref="RunStatus.Outcome"/>.</returns>
    /// <exception cref="AcquisitionException">No scan could be taken at all.</exception>
    public async Task<RunReport> RunAsync(CancellationToken stop, CancellationToken abandon = default)
    {
        using CancellationTokenRegistration stopping = stop.Register(_stopReceiving.Cancel);
        using CancellationTokenRegistration abandoning = abandon.Register(() =>
        {
            _stopReceiving.Cancel();
            _abandonRestoration.Cancel();
        });
        await using (_parts.Clock.CreateTimer(_ => LookAfter(), null, StatusPeriod, StatusPeriod))
        await using (_parts.Clock.CreateTimer(_ => AskDisk(), null, DiskPeriod, DiskPeriod))
        {
            try
            {
                await NamedThread.Run("source", Receive).ConfigureAwait(false);
            }
            finally
            {
                _received.TrySetResult();
            }

            if (_scan is { } scan) await scan.DrainAsync().ConfigureAwait(false);
        }

        return Conclude();
    }

    /// <summary>Tunes every channel's network again, from its own weights on the newest complete volume, as when the sample has changed.</summary>
    /// <returns>Whether it begins, or why it does not. Any thread.</returns>
    public CommandAnswer Retune()
    {
        ScanPipeline? scan;
        RunState state;
        lock (_gate) (scan, state) = (_scan, _state);
        CommandAnswer answer = scan is null ? CommandAnswer.No("No scan has been announced yet.")
            : state is RunState.Draining or RunState.Finished ? CommandAnswer.No("The scan has ended; what is left is restored by the models that there are.")
            : scan.Retune();
        if (answer.IsAccepted) _book.Record(LedgerKinds.Warning, new Warned("A person asked for the networks to be tuned again."));
        return answer;
    }

    /// <summary>Frees the run's memory and lets go of its folder. Only after <see cref="RunAsync"/> has returned.</summary>
    public void Dispose()
    {
        _parts.Metrics.Dispose();
        _scan?.Dispose();
        _book.Store?.Dispose();
        _assembler.Dispose();
        _parts.CameraPool.Dispose();
        _stopReceiving.Dispose();
        _abandonRestoration.Dispose();
    }

    /// <summary>Says where the run stands, and warns where it must.</summary>
    private void LookAfter()
    {
        if (!Monitor.TryEnter(_watch)) return; // the ledger may be slow
        try
        {
            RunStatus status = Status;
            _parts.Publisher?.Publish(status);
            _watch.Look(status);
        }
        finally
        {
            Monitor.Exit(_watch);
        }
    }

    /// <summary>Asks how much room is left, on a thread that may wait for a network folder.</summary>
    private void AskDisk()
    {
        if (!Monitor.TryEnter(_disk)) return;
        try
        {
            if (_book.Store is { } store) _disk.Note(store.FreeBytes);
        }
        catch (StorageException)
        {
            // The file system does not tell; what cannot be written will.
        }
        finally
        {
            Monitor.Exit(_disk);
        }
    }

    private void Receive()
    {
        try
        {
            if (_announced is { } scan) _assembler.OnStart(scan.Plan, scan.Sequence, scan.IsRepeated);
            _source.Receive(_assembler, _stopReceiving.Token);
            _assembler.Finish(RunOutcome.Cancelled, "stopped by the user");
        }
        catch (OperationCanceledException) when (_stopReceiving.IsCancellationRequested)
        {
            _assembler.Finish(RunOutcome.Cancelled, "stopped by the user");
        }
        catch (AcquisitionException fault) when (_scan is not null)
        {
            _assembler.Finish(fault is SourceException ? RunOutcome.SourceLost : RunOutcome.Failed, fault.Message);
        }
        finally
        {
            _assembler.Abandon();
        }
    }

    void IAssemblerHost.Begin(ScanPlan plan)
    {
        long budget = _parts.Options.MemoryBudgetBytes, needed = ScanPipeline.MemoryNeeded(plan, _parts.Options);
        if (needed > budget)
        {
            throw new ScanRefusedException(
                $"Scan {plan.ScanId} has volumes of {plan.Shape} {plan.PixelType.Name()} in {plan.Channels.Length} channel(s) and needs at least {needed >> 20} MiB for them; "
                + $"pipeline.memory_budget_mib is {budget >> 20}. Set it to {(needed >> 20) + 1} or more.");
        }

        ScanRestoration restoration = HowToRestore(plan);
        plan = plan with { Grid = restoration.Grid };
        IVolumeConditioner? conditioner = _parts.Conditioning?.Invoke(plan);
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, restoring = RestorationStage.MemoryNeeded(plan, _parts.Restoration, restoration)
            + (conditioner is null ? 0 : ConditionedVolumes.MemoryNeeded(plan));
        if (needed + restoring > available)
        {
            throw new ScanRefusedException(
                $"Scan {plan.ScanId} restores to {plan.RestoredShape} and needs {(needed + restoring) >> 20} MiB; this machine has {available >> 20} MiB. Scan smaller volumes or undersample less.");
        }

        IRunScreen? screen = ScreenFor(plan, budget - needed, available - needed - restoring);
        IRunStore store = _openStore(plan);
        var scan = new ScanPipeline(plan, store, _parts, restoration, conditioner, screen, this);

        _book.Store = store;
        lock (_gate) _scan = scan;

        // Started first: a ledger that refuses its first line ends the run through the same hops as any other failure.
        scan.Start(_assembler.Volumes, _abandonRestoration.Token);
        _book.Record(LedgerKinds.ScanStarted, ResumedRun.Describe(plan, _parts.Restoration, restoration, conditioner?.Settings ?? ""));
        Enter(RunState.Scanning, () => _state == RunState.Waiting ? $"scan {plan.ScanId} was announced; no volume is complete yet" : null);
    }

    private ScanRestoration HowToRestore(ScanPlan plan)
    {
        try
        {
            return _parts.Restoring(plan, _book.Warn);
        }
        catch (RestorationException fault)
        {
            throw new ScanRefusedException($"Scan {plan.ScanId} cannot be restored by {_parts.Restoration.Model}, and nothing of it was stored. {fault.Message}", fault);
        }
    }

    /// <summary>The screen, if there is memory for what it may hold; without it, people see volumes once they are on disk.</summary>
    private IRunScreen? ScreenFor(ScanPlan plan, long cameraBytesLeft, long bytesLeft)
    {
        if (_parts.Screen is null) return null;
        long raw = ScanPipeline.HeldByScreen(plan) * VolumePool.CostBytes(plan.Shape, plan.PixelType);
        long restored = ScanPipeline.HeldByScreen(plan) * VolumePool.CostBytes(plan.RestoredShape, plan.PixelType);
        if (raw <= cameraBytesLeft && raw + restored <= bytesLeft) return _parts.Screen;
        _book.Note("There is no memory for live pictures; the viewer shows volumes once they are stored. Raise pipeline.memory_budget_mib, or scan smaller volumes.");
        return null;
    }

    VolumeBuffer? IAssemblerHost.Rent(ScanPlan plan, TimeSpan patience)
    {
        // The camera comes first: what restoration holds in memory also lies on disk.
        while (true)
        {
            if (_parts.CameraPool.TryRent(plan.Shape, plan.PixelType) is { } pixels) return pixels;
            if (_scan!.ShedMemory()) continue;
            _scan.CameraWaits();
            return _parts.CameraPool.Rent(plan.Shape, plan.PixelType, patience);
        }
    }

    void IAssemblerHost.PlanesFinal(VolumeIndex index, VolumeBuffer pixels, int planes) => _scan!.PlanesFinal(index, pixels, planes);

    void IAssemblerHost.ThrowIfStopped() => _stopReceiving.Token.ThrowIfCancellationRequested();

    void IAssemblerHost.End(RunOutcome outcome, string reason)
    {
        _scan?.ReceivingEnded();
        Enter(RunState.Draining, () =>
        {
            // Whatever failed first names the outcome.
            if (_outcome is null) (_outcome, _reason) = (outcome, reason);
            return _reason;
        });
        _stopReceiving.Cancel();
    }

    void IAssemblerHost.Warn(string message) => _book.Warn(message);

    void IRestorationHost.Warn(string message) => _book.Warn(message);

    string IRestorationHost.SaveModel(ReadOnlySpan<byte> safetensors) => _book.Store!.SaveModel(safetensors);

    bool IRestorationHost.WantsPreviews => WantsPreviews;

    private bool WantsPreviews => _parts.Options.Previews && (_parts.Publisher is not null || _parts.Screen?.IsWatched == true);

    void IRestorationHost.TuningBegan(VolumeIndex index, bool isRefresh) => Enter(
        RunState.Tuning,
        () => _state == RunState.Scanning
            ? $"a model is tuned on {index}; volumes are stored and {(WantsPreviews ? "shown as projected" : "wait")} until then"
            : null);

    void IRestorationHost.SnapshotTaken(SnapshotTaken snapshot) => _book.Record(LedgerKinds.Snapshot, snapshot);

    void IRestorationHost.ModelChosen(ModelStatus status)
    {
        _book.Record(LedgerKinds.ModelChosen, status);
        Enter(
            RunState.Live,
            () => _state is RunState.Scanning or RunState.Tuning ? $"channel {status.Channel}: {status.Method}, {status.Reason}" : null);
    }

    void IRestorationHost.Drifted(DriftNoticed drift) => _book.Drifted(drift);

    void IRestorationHost.Skipped(VolumeIndex index, string reason, string detail) => _book.Skipped(index, reason, detail);

    void IScanHost.Restored(Provenance provenance) => _book.Record(LedgerKinds.VolumeRestored, provenance);

    void IScanHost.RawFailed(Exception fault)
    {
        Enter(RunState.Draining, () =>
        {
            if (_outcome is not (RunOutcome.Failed or RunOutcome.DiskFull))
            {
                _outcome = fault is StorageException { DiskFull: true } ? RunOutcome.DiskFull : RunOutcome.Failed;
                _reason = fault.Message;
            }

            return _reason;
        });
        _stopReceiving.Cancel();
        _abandonRestoration.Cancel();
    }

    /// <summary>Goes into a state, and tells the ledger of it when it is another one.</summary>
    /// <param name="reason">Says why, for people, or <see langword="null"/> to stay. Called with the state locked.</param>
    private void Enter(RunState state, Func<string?> reason)
    {
        string why;
        lock (_gate)
        {
            if (reason() is not { } given) return;
            why = given;
            bool isNews = _state != state;
            (_state, _reason) = (state, why);
            if (!isNews) return;
        }

        _book.Record(LedgerKinds.State, new StateChanged(state, why));
    }

    private RunReport Conclude()
    {
        bool failed;
        lock (_gate)
        {
            failed = _outcome is RunOutcome.Failed or RunOutcome.DiskFull;
            _state = RunState.Finished;
        }

        if (failed) _parts.Frames.SettleNotStored();
        RunReport report = Report();
        try
        {
            _book.Close(report);
        }
        catch (StorageException fault)
        {
            // A disk that refuses its report may be the one that ended the run; the caller still gets the report.
            ((IScanHost)this).RawFailed(fault);
            lock (_gate) _state = RunState.Finished;
            _book.Note($"The report could not be written: {fault.Message}");
            report = Report();
            try
            {
                // A report that was written before the line failed says otherwise.
                _book.Store?.Complete(report);
            }
            catch (StorageException)
            {
                // It is told above.
            }
        }

        _parts.Publisher?.Publish(report.Status);
        return report;
    }

    private RunReport Report() => new()
    {
        Status = Status,
        StartedAt = _parts.Started.At,
        FinishedAt = _parts.Clock.GetUtcNow(),
        Timings = _scan?.Timings ?? [],
        Warnings = _book.Warnings,
    };
}
