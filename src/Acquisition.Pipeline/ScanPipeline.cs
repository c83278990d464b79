using System.Collections.Immutable;
using System.Reactive.Linq;
using Acquisition.Core;
using Acquisition.Pipeline.Assembly;
using Acquisition.Pipeline.Hops;
using Acquisition.Pipeline.Metering;
using Acquisition.Pipeline.Restoring;
using Acquisition.Restoration;

namespace Acquisition.Pipeline;

/// <summary>The way of one scan's volumes: its datasets, hops and threads. Exists only while the scan does.</summary>
internal sealed class ScanPipeline : IDisposable
{
    /// <summary>Raw volumes written side by side: one is compressed while another goes to the disk.</summary>
    private const int RawWriters = 2;

    private readonly ScanParts _parts;
    private readonly IRunStore _store;
    private readonly IScanHost _host;
    private readonly IRunScreen? _screen;
    private readonly IVolumeStore _raw;
    private readonly IVolumeStore _restored;
    private readonly IVolumeStore? _uncertainty;
    private readonly ByteBoundedQueue<AssembledVolume> _rawHop;
    private readonly ComingVolumes _coming = new();
    private readonly RestorationBacklog _backlog;
    private readonly ByteBoundedQueue<RestoredVolume> _restoredHop;
    private readonly RestorationStage _stage;

    // The camera's path keeps a core for itself as long as frames come.
    private readonly ThreadBudget _tuningThreads;
    private readonly DurationHistogram _storeRaw = new("store raw");
    private readonly DurationHistogram _storeRestored = new("store restored");
    private readonly DurationHistogram _publish = new("publish");
    private readonly DurationHistogram _toRawStored = new("last frame to raw stored");
    private readonly DurationHistogram _toPreview = new("last frame to preview published");
    private readonly DurationHistogram _toRestoredStored = new("last frame to restored stored");
    private readonly DurationHistogram _toPublished = new("last frame to restored published");
    private readonly ImmutableArray<DurationHistogram> _stages;
    private readonly TaskCompletionSource _rawDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _restoredDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IDisposable> _subscriptions = [];
    private Task _restoring = Task.CompletedTask;
    private long _lastLagTicks = -1;

    /// <param name="store">The run's folder; its datasets are opened here.</param>
    /// <param name="restoration">How it is restored.</param>
    /// <param name="conditioner">Corrects volumes before they are restored; <see langword="null"/> for nothing.</param>
    /// <param name="screen">Where people look; <see langword="null"/> for nowhere.</param>
    public ScanPipeline(ScanPlan plan, IRunStore store, ScanParts parts, ScanRestoration restoration, IVolumeConditioner? conditioner, IRunScreen? screen, IScanHost host)
    {
        Plan = plan;
        _parts = parts;
        _store = store;
        _host = host;
        _screen = screen;
        _raw = store.CreateRaw(plan);
        _restored = store.CreateRestored(plan, conditioner?.Steps ?? []);
        if (ErrorEstimator.HasMaps(plan, parts.Restoration, restoration)) _uncertainty = store.CreateUncertainty(plan, conditioner?.Steps ?? []);
        _rawHop = new ByteBoundedQueue<AssembledVolume>("raw", parts.Options.MemoryBudgetBytes, v => v.Pixels.Bytes, parts.Clock);
        int held = screen is null ? 0 : HeldByScreen(plan);
        _backlog = new RestorationBacklog(
            parts.CameraPool, reserveBytes: MemoryNeeded(plan, parts.Options) + held * VolumePool.CostBytes(plan.Shape, plan.PixelType), RestorationOrder.Of(parts.Options), parts.Clock);
        _restoredHop = new ByteBoundedQueue<RestoredVolume>(
            "restored",
            RestorationStage.RestoredInFlight * VolumePool.CostBytes(plan.RestoredShape, plan.PixelType)
                + ErrorEstimator.PoolBytes(plan, parts.Restoration, restoration),
            v => v.Bytes,
            parts.Clock);
        _tuningThreads = new ThreadBudget(Math.Max(1, parts.Restoration.Threads - 1));
        _stage = new RestorationStage(plan, parts, restoration, conditioner, _raw, _backlog, _coming, _tuningThreads, held, host);
        _stages =
        [
            _storeRaw, _stage.WaitForRestoration, _stage.Tuning, _stage.Restoring, _storeRestored, _publish,
            _toRawStored, _toPreview, _stage.Lag, _toRestoredStored, _toPublished,
        ];
        parts.Metrics.Record(_stages, [("raw", _rawHop.TimeInQueue), ("restore", _backlog.TimeInQueue), ("restored", _restoredHop.TimeInQueue)]);
    }

    public ScanPlan Plan { get; }

    public ImmutableArray<QueueStatus> Queues => [_rawHop.Status, _backlog.Status, _restoredHop.Status];

    public TuningStatus? Tuning => _stage.TuningStatus;

    public ImmutableArray<ModelStatus> Models => _stage.Models;

    /// <summary>Lag of the volume restored last.</summary>
    public TimeSpan? LastLag => Interlocked.Read(ref _lastLagTicks) is >= 0 and var ticks ? new TimeSpan(ticks) : null;

    /// <summary>In the order in which a volume goes through them, then from its last frame on.</summary>
    public ImmutableArray<TimingSummary> Timings =>
        [.. _stages.Select(histogram => histogram.Summarize()).Where(timing => timing.Count > 0)];

    /// <summary>Bytes the camera needs for itself: the volumes that may be open, and one on its way to the disk.</summary>
    public static long MemoryNeeded(ScanPlan plan, PipelineOptions options) =>
        (options.OpenVolumesPerChannel * plan.Channels.Length + 1L) * VolumePool.CostBytes(plan.Shape, plan.PixelType);

    /// <summary>Volumes of one kind that a screen may hold: one a channel, and one that it is copying.</summary>
    public static int HeldByScreen(ScanPlan plan) => plan.Channels.Length + 1;

    /// <param name="volumes">What the assembler closes, on the source's thread.</param>
    /// <param name="abandon">Leaves what is not yet restored pending.</param>
    public void Start(IObservable<AssembledVolume> volumes, CancellationToken abandon)
    {
        _subscriptions.Add(_stage.Restored
            .HandOver(_restoredHop, volume => volume.Retain(), volume => volume.Release(), yields: true)
            .Subscribe(KeepRestored, fault => _restoredDone.TrySetException(fault), () => _restoredDone.TrySetResult()));
        _restoring = NamedThread.Run("restoration", () => _stage.Run(abandon), yields: true);
        _subscriptions.Add(volumes
            .WorkInOrder(_rawHop, RawWriters, WriteRaw, volume => volume.Pixels.Retain(), volume => volume.Pixels.Release())
            .Do(AcknowledgeRaw)
            .Subscribe(
                QueueForRestoration,
                fault =>
                {
                    _host.RawFailed(fault);
                    _rawDone.TrySetResult();
                },
                () => _rawDone.TrySetResult()));
    }

    /// <summary>Takes up a run that had ended: what it stored, restored and decided. Before <see cref="Start"/>.</summary>
    /// <exception cref="StorageException">What it decided cannot be read.</exception>
    /// <exception cref="DataFormatException">It is not what the ledger says.</exception>
    public void TakeUp(RunHistory history)
    {
        foreach (VolumeStored volume in history.Stored) _parts.Volumes.NoteAssembled(volume.MissingPlanes.IsEmpty);
        foreach (Provenance _ in history.Restored) _parts.Volumes.NoteRestored();
        foreach (VolumeStored volume in history.Stored) _backlog.NoteFirst(new PendingVolume(volume.Index, volume.MissingPlanes, null, 0, 0));
        _stage.TakeUp(history, _store.LoadModel); // may measure on volumes again, conditioned as they were
        foreach (VolumeStored volume in history.Pending)
        {
            TimeSpan ago = _parts.Clock.GetUtcNow() - volume.LastFrameAt;
            long then = _parts.Clock.GetTimestamp() - (long)(Math.Max(0, ago.TotalSeconds) * _parts.Clock.TimestampFrequency);
            _backlog.Add(new PendingVolume(volume.Index, volume.MissingPlanes, Pixels: null, then, _parts.Clock.GetTimestamp()));
        }
    }

    /// <summary>Lets restoration work on the first planes of a volume that is still received. Never waits.</summary>
    public void PlanesFinal(VolumeIndex index, VolumeBuffer pixels, int planes)
    {
        _coming.Note(index, pixels, planes);
        _screen?.PlanesReceived(Plan, index, pixels, planes);
        _backlog.Nudge();
    }

    /// <summary>No more frames come: tuning may use every thread.</summary>
    public void ReceivingEnded() => _tuningThreads.Threads = _parts.Restoration.Threads;

    /// <inheritdoc cref="ScanRun.Retune"/>
    public CommandAnswer Retune() => _stage.Retune();

    /// <summary>Makes restoration give up the memory of one waiting volume, which is on disk as well.</summary>
    /// <returns>False when it holds none.</returns>
    public bool ShedMemory() => _backlog.Shed();

    /// <summary>Raises the raw queue's alarm: the camera has no memory to fill, because the disk is behind.</summary>
    public void CameraWaits() => _rawHop.NoteNoRoom();

    /// <summary>Waits until everything received is stored and everything stored is restored or left pending.</summary>
    public async Task DrainAsync()
    {
        await _rawDone.Task.ConfigureAwait(false);
        _backlog.Complete();
        await _restoring.ConfigureAwait(false);
        await _restoredDone.Task.ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (IDisposable subscription in _subscriptions) subscription.Dispose();
        _stage.Dispose();
    }

    private void WriteRaw(AssembledVolume volume)
    {
        long started = _parts.Clock.GetTimestamp();
        _raw.Write(volume.Index, volume.Pixels);
        _storeRaw.Note(_parts.Clock.GetElapsedTime(started));
    }

    private void AcknowledgeRaw(AssembledVolume volume)
    {
        _toRawStored.Note(_parts.Clock.GetElapsedTime(volume.LastFrameTimestamp));
        if (!volume.IsComplete) _screen?.PlanesReceived(Plan, volume.Index, volume.Pixels, Plan.Shape.Z); // no plane is still to come
        _parts.Frames.NoteStored(volume.FramesHeld);
        _parts.Volumes.NoteAssembled(volume.IsComplete);
        FrameLedger frames = _parts.Frames.Snapshot();
        _store.AppendLedger(LedgerKinds.VolumeStored, new VolumeStored(
            volume.Index, volume.FramesHeld, volume.MissingPlanes, _parts.TimeOf(volume.FirstFrameTimestamp),
            _parts.TimeOf(volume.LastFrameTimestamp), frames.Received, frames.Refused));
    }

    private void QueueForRestoration(AssembledVolume volume)
    {
        _coming.Remove(volume.Index);
        _backlog.Add(new PendingVolume(
            volume.Index, volume.MissingPlanes, volume.Pixels, volume.LastFrameTimestamp, _parts.Clock.GetTimestamp()));
    }

    private void KeepRestored(RestoredVolume volume)
    {
        _screen?.Restored(volume);
        Publish(volume, volume.Provenance.Provisional ? _toPreview : _toPublished);
        if (volume.Provenance.Provisional)
        {
            _parts.Volumes.NotePreviewed();
            return;
        }

        try
        {
            long started = _parts.Clock.GetTimestamp();
            if (volume.Uncertainty is { } map) _uncertainty?.Write(volume.Index, map);
            _restored.Write(volume.Index, volume.Pixels);
            _store.AppendProvenance(volume.Provenance);
            _storeRestored.Note(_parts.Clock.GetElapsedTime(started));
            Interlocked.Exchange(ref _lastLagTicks, volume.Provenance.Lag.Ticks);
            _toRestoredStored.Note(_parts.Clock.GetElapsedTime(volume.LastFrameTimestamp));
        }
        catch (StorageException fault)
        {
            // Raw is what cannot be had again; a restored volume that cannot be kept is counted and can be made later.
            const string reason = "restored not stored";
            _parts.Volumes.NoteSkipped(reason);
            _host.Skipped(volume.Index, reason, fault.Message);
            return;
        }

        _parts.Volumes.NoteRestored();
        _host.Restored(volume.Provenance);
        _parts.Metrics.NoteRestored(volume.Provenance);
    }

    /// <summary>Subscribers come before the disk: they see the volume sooner, and a volume that the disk refuses as well.</summary>
    /// <param name="sinceLastFrame">Where it counts how long the volume was on its way.</param>
    private void Publish(RestoredVolume volume, DurationHistogram sinceLastFrame)
    {
        if (_parts.Publisher is not { } publisher) return;
        long started = _parts.Clock.GetTimestamp();
        publisher.Publish(volume);
        _publish.Note(_parts.Clock.GetElapsedTime(started));
        sinceLastFrame.Note(_parts.Clock.GetElapsedTime(volume.LastFrameTimestamp));
    }
}
