using System.Collections.Immutable;
using System.Reactive.Linq;
using Acquisition.Core;
using Acquisition.Pipeline.Assembly;
using Acquisition.Pipeline.Hops;
using Acquisition.Pipeline.Metering;
using Acquisition.Pipeline.Restoring;
using Acquisition.Restoration;

namespace Acquisition.Pipeline;

/// <summary>One run: from waiting for a source to a closed ledger.</summary>
/// <remarks>
/// <code>
/// source ─▶ assembler ─┤raw: waits├─▶ raw dataset ─┤restore: spills to disk├─▶ tune, restore ─┤restored: waits├─▶ dataset, subscribers
/// </code>
/// Each ├ ┤ is a hop between threads, bounded in bytes. Memory: <see cref="PipelineOptions.MemoryBudgetBytes"/> for the camera's
/// volumes, three restored volumes, one volume in floating point on each grid, and the engine's activations.
/// </remarks>
public sealed class ScanRun : IAssemblerHost, IRestorationHost, IDisposable
{
    private static readonly TimeSpan StatusPeriod = TimeSpan.FromSeconds(1);

    private readonly IFrameSource _source;
    private readonly Func<ScanPlan, IRunStore> _openStore;
    private readonly IVolumePublisher? _publisher;
    private readonly IRestorationEngine _engine;
    private readonly RestorationOptions _restoration;
    private readonly PipelineOptions _options;
    private readonly TimeProvider _clock;

    private readonly FrameCounters _frames = new();
    private readonly VolumeCounters _volumes = new();
    private readonly RateMeter _rate;
    private readonly DurationHistogram _storeRaw = new("store raw");
    private readonly DurationHistogram _storeRestored = new("store restored");
    private readonly VolumePool _cameraPool;
    private readonly VolumeAssembler _assembler;
    private readonly long _started;
    private readonly DateTimeOffset _startedAt;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopReceiving = new();
    private readonly CancellationTokenSource _abandonRestoration = new();
    private readonly List<string> _warnings = [];
    private RunState _state = RunState.Waiting;
    private RunOutcome? _outcome;
    private string _reason;
    private Scan? _scan;

    /// <param name="source">Where frames come from.</param>
    /// <param name="openStore">Makes the run folder; called once, when the first scan is announced.</param>
    /// <param name="publisher">Downstream; <see langword="null"/> for none.</param>
    /// <param name="engine">What tunes and restores.</param>
    public ScanRun(
        IFrameSource source,
        Func<ScanPlan, IRunStore> openStore,
        IVolumePublisher? publisher,
        IRestorationEngine engine,
        RestorationOptions restoration,
        PipelineOptions options,
        TimeProvider clock)
    {
        _source = source;
        _openStore = openStore;
        _publisher = publisher;
        _engine = engine;
        _restoration = restoration;
        _options = options;
        _clock = clock;
        _rate = new RateMeter(clock);
        _cameraPool = new VolumePool(options.MemoryBudgetBytes);
        _assembler = new VolumeAssembler(options, clock, _frames, _rate, this);
        _started = clock.GetTimestamp();
        _startedAt = clock.GetUtcNow();
        _reason = $"waiting for a scan on {source.Description}";
    }

    /// <summary>Where the run stands now; any thread, cheap enough for five times a second.</summary>
    public RunStatus Status
    {
        get
        {
            Scan? scan;
            RunState state;
            RunOutcome? outcome;
            string reason;
            lock (_gate) (scan, state, outcome, reason) = (_scan, _state, _outcome, _reason);
            TuningStatus? tuning = scan?.Stage.TuningStatus;
            return new RunStatus
            {
                State = state,
                Reason = reason,
                Outcome = outcome,
                Plan = scan?.Plan,
                Frames = _frames.Snapshot(),
                Volumes = _volumes.Snapshot(),
                Queues = scan is null ? [] : [scan.RawHop.Status, scan.Backlog.Status, scan.RestoredHop.Status],
                Tuning = tuning,
                Models = scan?.Stage.Models ?? [],
                FramesPerSecond = _rate.PerSecond(),
                Lag = scan?.LastLag,
                Elapsed = _clock.GetElapsedTime(_started),
            };
        }
    }

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
        await using ITimer? beat = _publisher is null ? null
            : _clock.CreateTimer(_ => _publisher.Publish(Status), null, StatusPeriod, StatusPeriod);
        await OnThread("source", Receive).ConfigureAwait(false);
        if (_scan is { } scan) await scan.DrainAsync().ConfigureAwait(false);
        return Conclude();
    }

    /// <summary>Frees the run's memory. Only after <see cref="RunAsync"/> has returned.</summary>
    public void Dispose()
    {
        _scan?.Dispose();
        _assembler.Dispose();
        _cameraPool.Dispose();
        _stopReceiving.Dispose();
        _abandonRestoration.Dispose();
    }

    private void Receive()
    {
        try
        {
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
        long needed = (_options.OpenVolumesPerChannel * plan.Channels.Length + 1L) * VolumePool.CostBytes(plan.Shape, plan.PixelType);
        if (needed > _options.MemoryBudgetBytes)
        {
            throw new ScanRefusedException(
                $"Scan {plan.ScanId} has volumes of {plan.Shape} {plan.PixelType.Name()} in {plan.Channels.Length} channel(s) and needs at least {needed >> 20} MiB for them; "
                + $"pipeline.memory_budget_mib is {_options.MemoryBudgetBytes >> 20}. Set it to {(needed >> 20) + 1} or more.");
        }

        IRunStore store = _openStore(plan);
        Scan scan;
        try
        {
            scan = new Scan(this, plan, store);
        }
        catch (OutOfMemoryException fault)
        {
            throw new ScanRefusedException(
                $"Scan {plan.ScanId} restores to {plan.RestoredShape}, which does not fit in this machine's memory. Scan a smaller volume or undersample less.", fault);
        }

        lock (_gate)
        {
            _scan = scan;
            (_state, _reason) = (RunState.Scanning, "no model is tuned yet");
        }

        store.AppendLedger("scan-started", plan);
        scan.Start();
    }

    VolumeBuffer? IAssemblerHost.Rent(ScanPlan plan, TimeSpan patience)
    {
        // The camera comes first: what restoration holds in memory also lies on disk.
        while (true)
        {
            if (_cameraPool.TryRent(plan.Shape, plan.PixelType) is { } pixels) return pixels;
            if (!_scan!.Backlog.Shed()) return _cameraPool.Rent(plan.Shape, plan.PixelType, patience);
        }
    }

    void IAssemblerHost.ThrowIfStopped() => _stopReceiving.Token.ThrowIfCancellationRequested();

    void IAssemblerHost.End(RunOutcome outcome, string reason)
    {
        lock (_gate)
        {
            // Whatever failed first names the outcome.
            _outcome ??= outcome;
            if (_state != RunState.Finished) (_state, _reason) = (RunState.Draining, _outcome == outcome ? reason : _reason);
        }

        _stopReceiving.Cancel();
    }

    void IAssemblerHost.Warn(string message) => Warn(message);

    void IRestorationHost.Warn(string message) => Warn(message);

    private void Warn(string message)
    {
        lock (_gate) _warnings.Add(message);
        _scan?.Store.AppendLedger("warning", new { message });
    }

    string IRestorationHost.SaveModel(ReadOnlySpan<byte> safetensors) => _scan!.Store.SaveModel(safetensors);

    void IRestorationHost.ModelChosen(ModelStatus status)
    {
        lock (_gate)
        {
            if (_state == RunState.Scanning) (_state, _reason) = (RunState.Live, $"channel {status.Channel}: {status.Method}, {status.Reason}");
        }

        _scan!.Store.AppendLedger("model-chosen", status);
    }

    void IRestorationHost.Skipped(VolumeIndex index, string reason, string detail)
    {
        _scan!.Store.AppendLedger("volume-skipped", new { index, reason, detail });
        lock (_gate) _warnings.Add($"{index} not restored, {reason}: {detail}");
    }

    /// <summary>Ends the run because the raw path failed. What is on disk stays readable.</summary>
    private void Fail(Exception fault)
    {
        lock (_gate)
        {
            _outcome = fault is StorageException { DiskFull: true } ? RunOutcome.DiskFull : RunOutcome.Failed;
            (_state, _reason) = (RunState.Draining, fault.Message);
        }

        _stopReceiving.Cancel();
        _abandonRestoration.Cancel();
    }

    private RunReport Conclude()
    {
        bool failed = _outcome is RunOutcome.Failed or RunOutcome.DiskFull;
        if (failed) _frames.SettleNotStored();
        lock (_gate) _state = RunState.Finished;
        ImmutableArray<string> warnings;
        lock (_gate) warnings = [.. _warnings];
        var report = new RunReport
        {
            Status = Status,
            StartedAt = _startedAt,
            FinishedAt = _clock.GetUtcNow(),
            Timings = _scan is { } scan
                ? [.. new[] { _storeRaw, scan.Stage.WaitForRestoration, scan.Stage.Tuning, scan.Stage.Restoring, _storeRestored, scan.Stage.Lag }
                    .Select(h => h.Summarize()).Where(t => t.Count > 0)]
                : [],
            Warnings = warnings,
        };
        try
        {
            _scan?.Store.AppendLedger("scan-finished", new { report.Status.Outcome, report.Status.Reason, report.LedgerCloses });
            _scan?.Store.Complete(report);
        }
        catch (StorageException fault) when (failed)
        {
            // The disk that ended the run may refuse its report as well; the caller still gets it.
            report = report with { Warnings = report.Warnings.Add($"The report could not be written: {fault.Message}") };
        }

        _publisher?.Publish(report.Status);
        return report;
    }

    private static Task OnThread(string name, Action body)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                body();
                done.SetResult();
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                done.SetException(fault);
            }
        })
        { IsBackground = true, Name = $"acquisition {name}" }.Start();
        return done.Task;
    }

    /// <summary>What exists only while a scan does: its datasets, hops and threads.</summary>
    private sealed class Scan : IDisposable
    {
        private readonly ScanRun _run;
        private readonly IVolumeStore _raw;
        private readonly IVolumeStore _restored;
        private readonly TaskCompletionSource _rawDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _restoredDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<IDisposable> _subscriptions = [];
        private Task _restoring = Task.CompletedTask;
        private long _lastLagTicks = -1;

        public Scan(ScanRun run, ScanPlan plan, IRunStore store)
        {
            _run = run;
            Plan = plan;
            Store = store;
            _raw = store.CreateRaw(plan);
            _restored = store.CreateRestored(plan);
            long volumeBytes = VolumePool.CostBytes(plan.Shape, plan.PixelType);
            RawHop = new ByteBoundedQueue<AssembledVolume>("raw", run._options.MemoryBudgetBytes, v => v.Pixels.Bytes);
            Backlog = new RestorationBacklog(
                run._cameraPool, reserveBytes: (run._options.OpenVolumesPerChannel * plan.Channels.Length + 1L) * volumeBytes);
            RestoredHop = new ByteBoundedQueue<RestoredVolume>(
                "restored", RestorationStage.RestoredInFlight * VolumePool.CostBytes(plan.RestoredShape, plan.PixelType), v => v.Pixels.Bytes);
            Stage = new RestorationStage(plan, run._restoration, run._engine, run._clock, _raw, run._volumes, run);
        }

        public ScanPlan Plan { get; }

        public IRunStore Store { get; }

        public ByteBoundedQueue<AssembledVolume> RawHop { get; }

        public RestorationBacklog Backlog { get; }

        public ByteBoundedQueue<RestoredVolume> RestoredHop { get; }

        public RestorationStage Stage { get; }

        public TimeSpan? LastLag => Interlocked.Read(ref _lastLagTicks) is >= 0 and var ticks ? new TimeSpan(ticks) : null;

        public void Start()
        {
            _subscriptions.Add(Stage.Restored
                .HandOver(RestoredHop, v => v.Pixels.Retain(), v => v.Pixels.Release())
                .Subscribe(KeepRestored, fault => _restoredDone.TrySetException(fault), () => _restoredDone.TrySetResult()));
            _restoring = OnThread("restoration", () => Stage.Run(Backlog, _run._abandonRestoration.Token));
            _subscriptions.Add(_run._assembler.Volumes
                .HandOver(RawHop, v => v.Pixels.Retain(), v => v.Pixels.Release())
                .Do(StoreRaw)
                .Subscribe(
                    Queue,
                    fault =>
                    {
                        _run.Fail(fault);
                        _rawDone.TrySetResult();
                    },
                    () => _rawDone.TrySetResult()));
        }

        /// <summary>Waits until everything received is stored and everything stored is restored or left pending.</summary>
        public async Task DrainAsync()
        {
            await _rawDone.Task.ConfigureAwait(false);
            Backlog.Complete();
            await _restoring.ConfigureAwait(false);
            await _restoredDone.Task.ConfigureAwait(false);
        }

        public void Dispose()
        {
            foreach (IDisposable subscription in _subscriptions) subscription.Dispose();
            Stage.Dispose();
        }

        private void StoreRaw(AssembledVolume volume)
        {
            long started = _run._clock.GetTimestamp();
            _raw.Write(volume.Index, volume.Pixels);
            _run._storeRaw.Note(_run._clock.GetElapsedTime(started));
            _run._frames.NoteStored(volume.FramesHeld);
            _run._volumes.NoteAssembled(volume.IsComplete);
            Store.AppendLedger("volume-stored", new { volume.Index, frames = volume.FramesHeld, missing = volume.MissingPlanes });
        }

        private void Queue(AssembledVolume volume) => Backlog.Add(new PendingVolume(
            volume.Index, volume.MissingPlanes, volume.Pixels, volume.LastFrameTimestamp, _run._clock.GetTimestamp()));

        private void KeepRestored(RestoredVolume volume)
        {
            try
            {
                long started = _run._clock.GetTimestamp();
                _restored.Write(volume.Index, volume.Pixels);
                Store.AppendProvenance(volume.Provenance);
                _run._storeRestored.Note(_run._clock.GetElapsedTime(started));
                Interlocked.Exchange(ref _lastLagTicks, volume.Provenance.Lag.Ticks);
                _run._volumes.NoteRestored();
                Store.AppendLedger("volume-restored", volume.Provenance);
            }
            catch (StorageException fault)
            {
                // Raw is what cannot be had again; a restored volume that cannot be kept is counted and can be made later.
                _run._volumes.NoteSkipped("restored not stored");
                ((IRestorationHost)_run).Skipped(volume.Index, "restored not stored", fault.Message);
                return;
            }

            _run._publisher?.Publish(volume);
        }
    }
}
