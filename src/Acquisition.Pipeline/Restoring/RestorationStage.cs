using System.Collections.Immutable;
using System.Globalization;
using System.Reactive.Subjects;
using Acquisition.Core;
using Acquisition.Pipeline.Metering;
using Acquisition.Restoration;

namespace Acquisition.Pipeline.Restoring;

/// <summary>Restores every volume, one after the other, on one thread: as it comes when nothing waits, whole otherwise. Either way planes
/// take the same way and get the same bits. Beside it a model is tuned on the first complete volume of each channel.</summary>
/// <remarks>
/// While its channel's model is tuned a volume waits; the newest one is shown meanwhile, restored by the best weights so far. Volumes
/// wait in the backlog, on disk if need be, and each is restored for good by the model that was chosen for its time point, so that when it
/// is restored makes no difference to its bits.
/// Whatever fails here costs restored volumes, counted with the reason, and never raw ones. A restored volume is handed on only
/// when the acquired one is stored. Memory: see <see cref="MemoryNeeded"/>.
/// </remarks>
internal sealed partial class RestorationStage : IDisposable
{
    private readonly Subject<RestoredVolume> _restored = new();
    private readonly ScanPlan _plan;
    private readonly RestorationOptions _options;
    private readonly ScanRestoration _restoration;
    private readonly IRestorationEngine _engine;
    private readonly TimeProvider _clock;
    private readonly IVolumeStore _raw;
    private readonly IRestorationHost _host;
    private readonly VolumeCounters _counters;
    private readonly RestorationBacklog _backlog;
    private readonly ComingVolumes _coming;
    private readonly VolumePool _readBackPool;
    private readonly VolumePool _restoredPool;
    private readonly ChannelModel[] _channels;
    private readonly List<StreamedVolume> _streams = [];
    private readonly int _maxStreams;
    private readonly ErrorEstimator _errors;
    private readonly ConditionedVolumes? _conditioned;
    private readonly BackgroundTuner? _tuner;
    private readonly FloatVolume? _judged;
    private readonly string _fingerprint;

    /// <param name="parts">Of the run.</param>
    /// <param name="restoration">How the scan is restored.</param>
    /// <param name="conditioner">What volumes go through before anything else; <see langword="null"/> for nothing. Such volumes are restored
    /// once they are whole, because what is corrected depends on all planes.</param>
    /// <param name="raw">Where volumes that wait on disk are read from.</param>
    /// <param name="backlog">Stored volumes.</param>
    /// <param name="coming">Volumes that will be in the backlog, worked on while nothing else can be.</param>
    /// <param name="budget">Threads that may tune.</param>
    /// <param name="shown">Restored volumes that a screen may hold beside those in work.</param>
    public RestorationStage(
        ScanPlan plan, ScanParts parts, ScanRestoration restoration, IVolumeConditioner? conditioner, IVolumeStore raw, RestorationBacklog backlog, ComingVolumes coming,
        ThreadBudget budget, int shown, IRestorationHost host)
    {
        _plan = plan;
        _options = parts.Restoration;
        _restoration = restoration;
        _engine = restoration.Engine;
        _clock = parts.Clock;
        _raw = raw;
        _counters = parts.Volumes;
        _backlog = backlog;
        _coming = coming;
        _host = host;
        _readBackPool = new VolumePool(VolumePool.CostBytes(plan.Shape, plan.PixelType));
        _maxStreams = MaxStreams(plan, _options, restoration);
        _restoredPool = new VolumePool((RestoredInFlight - 1 + _maxStreams + shown) * VolumePool.CostBytes(plan.RestoredShape, plan.PixelType));
        _channels = [.. Enumerable.Range(0, plan.Channels.Length).Select(c => new ChannelModel(c))];
        _errors = new ErrorEstimator(plan, _options, restoration, shown, host);
        if (conditioner is not null) _conditioned = new ConditionedVolumes(plan, conditioner, raw, backlog);
        if (restoration.WhyNotTuned is null)
        {
            _tuner = new BackgroundTuner(plan, _options, _engine, budget, _errors, _clock, backlog.Nudge);
            if (_options.Gauge) _judged = new FloatVolume(plan.Shape);
        }

        _fingerprint = SettingsFingerprint.Of(_options, restoration.Settings, conditioner?.Settings ?? "");
    }

    private const string RestorationFailed = "restoration failed";

    /// <summary>Restored volumes of one channel that may exist at once: one being made, one waiting, one being stored.</summary>
    public const int RestoredInFlight = 3;

    /// <summary>Bytes that restoring takes at most, beside the camera's volumes: what tuning and judging work on, a stream with its
    /// restored volume and activations, what is read back, and what waits to be stored.</summary>
    public static long MemoryNeeded(ScanPlan plan, RestorationOptions options, ScanRestoration restoration) => MemoryWith(plan, options, restoration, streams: 1);

    private static long MemoryWith(ScanPlan plan, RestorationOptions options, ScanRestoration restoration, int streams)
    {
        long restored = VolumePool.CostBytes(plan.RestoredShape, plan.PixelType);
        int worked = restoration.WhyNotTuned is null ? options.Gauge ? 2 : 1 : 0;
        return checked(worked * sizeof(float) * plan.Shape.Voxels + VolumePool.CostBytes(plan.Shape, plan.PixelType) + (RestoredInFlight - 1) * restored
            + ErrorEstimator.PoolBytes(plan, options, restoration)
            + streams * (restoration.StreamBytes + options.ActivationBudgetBytes + restored
                + ErrorEstimator.StreamBytes(plan, options, restoration)));
    }

    /// <summary>Streams that may be open at once: one a channel where a quarter of the machine's memory holds them, and otherwise one.</summary>
    private static int MaxStreams(ScanPlan plan, RestorationOptions options, ScanRestoration restoration) =>
        MemoryWith(plan, options, restoration, plan.Channels.Length) <= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 ? plan.Channels.Length : 1;

    /// <summary>Restored volumes, lent; provisional ones are to be shown only.</summary>
    public IObservable<RestoredVolume> Restored => _restored;

    public TuningStatus? TuningStatus => _tuner?.Status;

    public ImmutableArray<ModelStatus> Models => [.. _channels.SelectMany(c => c.Statuses)];

    public DurationHistogram WaitForRestoration { get; } = new("wait for restoration");

    public DurationHistogram Tuning { get; } = new("tune");

    public DurationHistogram Restoring { get; } = new("restore");

    public DurationHistogram Lag { get; } = new("last frame to restored");

    /// <summary>Restores until the backlog is completed and empty.</summary>
    /// <param name="abandon">Leaves what is not yet restored pending.</param>
    public void Run(CancellationToken abandon)
    {
        using CancellationTokenRegistration waking = abandon.Register(_backlog.Nudge);
        try
        {
            if (_restoration.Trained is not null)
            {
                foreach (ChannelModel channel in _channels.Where(channel => !channel.IsChosen)) ChooseUntuned(channel);
            }

            bool idle = false;
            while (!abandon.IsCancellationRequested)
            {
                AttendToTuning();
                if (!_backlog.TryTake(IsReady, waits: idle, out PendingVolume? pending)) break;
                if (pending is { } volume)
                {
                    idle = false;
                    WaitForRestoration.Note(_clock.GetElapsedTime(volume.StoredTimestamp));
                    Accept(volume, abandon);
                    continue;
                }

                idle = !FollowOne(abandon) && !PreviewOne(abandon);
            }
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            // What is left stays pending.
        }
        finally
        {
            _backlog.Abandon();
            _coming.Abandon();
            foreach (StreamedVolume stream in _streams) stream.End();
            _tuner?.Stop();
            _restored.OnCompleted();
        }
    }

    public void Dispose()
    {
        _restored.Dispose();
        foreach (StreamedVolume stream in _streams) stream.Dispose();
        _tuner?.Dispose();
        _judged?.Dispose();
        _errors.Dispose();
        _conditioned?.Dispose();
        _readBackPool.Dispose();
        _restoredPool.Dispose();
    }

    /// <summary>Whether a volume can be restored for good.</summary>
    private bool IsReady(PendingVolume volume) => _tuner is null || _channels[volume.Index.C].IsReady(volume.Index.T);

    private void Accept(PendingVolume pending, CancellationToken abandon)
    {
        ChannelModel channel = _channels[pending.Index.C];
        if (!channel.IsChosen) ChooseUntuned(channel);
        if (Obtain(pending, out ConditioningReport? conditioning) is not { } pixels) return;
        try
        {
            Restore(channel, pending, pixels, conditioning, abandon);
        }
        finally
        {
            pixels.Release();
        }
    }

    /// <returns>The volume's pixels, for the caller to release; <see langword="null"/> when they cannot be read, which costs the volume.</returns>
    private VolumeBuffer? Obtain(PendingVolume pending, out ConditioningReport? conditioning)
    {
        conditioning = null;
        try
        {
            return Take(pending, out conditioning);
        }
        catch (StorageException fault)
        {
            Skip(pending.Index, "raw unreadable", fault.Message);
        }
        catch (RestorationException fault)
        {
            Skip(pending.Index, RestorationFailed, fault.Message);
        }

        return null;
    }

    /// <summary>A volume as it is tuned on and restored: conditioned where that is asked for, and otherwise as it came.</summary>
    /// <returns>For the caller to release before the next is taken.</returns>
    /// <exception cref="StorageException">It cannot be read.</exception>
    /// <exception cref="RestorationException">It cannot be conditioned.</exception>
    private VolumeBuffer Take(PendingVolume volume, out ConditioningReport? conditioning)
    {
        conditioning = null;
        VolumeBuffer raw = volume.Pixels ?? ReadBack(volume.Index);
        if (_conditioned is null) return raw;
        try
        {
            return _conditioned.Condition(volume, raw, out conditioning);
        }
        finally
        {
            raw.Release();
        }
    }

    private VolumeBuffer ReadBack(VolumeIndex index)
    {
        VolumeBuffer pixels = _readBackPool.TryRent(_plan.Shape, _plan.PixelType)
            ?? throw new InvalidOperationException("The buffer for reading back is still lent.");
        try
        {
            _raw.Read(index, pixels);
            return pixels;
        }
        catch
        {
            pixels.Release();
            throw;
        }
    }

    /// <summary>Restores a stored volume for good, or what is left of it when part was restored as it came.</summary>
    private void Restore(
        ChannelModel channel, PendingVolume pending, VolumeBuffer pixels, ConditioningReport? conditioning, CancellationToken abandon)
    {
        ModelGeneration made = channel.For(pending.Index.T);
        StreamedVolume? stream = null;
        VolumeBuffer? map = null;
        try
        {
            IntensityScale scale = ScaleOf(channel, pixels, pending.MissingPlanes);
            MeasureErrors(channel, made, pending, pixels, scale, abandon);
            GaugeReading? reading = Judge(made, pending, pixels, scale, abandon);
            bool isSpared = reading is { IsHarmful: true };
            stream = StreamOf(channel, isSpared ? null : made.Model, scale);
            if (!TryRunThrough(stream, pending, pixels, abandon)) return;
            if (stream.Fault.Length > 0)
            {
                Skip(pending.Index, RestorationFailed, stream.Fault);
                return;
            }

            // Errors were measured of the model, not of what stands in for it.
            if (stream.Restored is { } restored && !isSpared) map = _errors.Map(made.Errors, restored, pending.MissingPlanes, abandon);
            if (stream.Doubt is { } doubt) map = _errors.MapOfDoubt(doubt, pending.MissingPlanes, abandon);
            TimeSpan lag = _clock.GetElapsedTime(pending.LastFrameTimestamp);
            Lag.Note(lag);
            Restoring.Note(stream.Busy);
            channel.NoteRestored(pending.Index.T);
            if (pending.MissingPlanes.IsEmpty) channel.NewestComplete = pending with { Pixels = null };
            HandOn(stream, map, pending, Describe(stream, pending, conditioning) with
            {
                ModelSha256 = isSpared ? "" : made.Status.ModelSha256,
                TunedOn = isSpared ? null : made.Status.TunedOn,
                Note = isSpared ? Spared(reading!.Value) : _tuner is not null && made.Model is null ? made.Status.Reason : "",
                Uncertainty = map is null ? null
                    : stream.Doubt is null ? ErrorEstimator.Describe(made.Errors!, made.ErrorsMeasuredOn, scale)
                    : ErrorEstimator.Describe(_restoration.Doubt!),
                Gauge = reading,
                Lag = lag,
            });
            if (made == channel.Newest && reading is { } gauge) WatchForDrift(channel, pending.Index, pixels, gauge);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Whatever goes wrong with one volume costs that volume; raw storage and the volumes to come go on.
            Skip(pending.Index, RestorationFailed, fault.Message);
        }
        finally
        {
            stream?.End();
            map?.Release();
        }
    }

    private static string Spared(GaugeReading reading) => string.Create(CultureInfo.InvariantCulture,
        $"restored without the network: of the detail that it adds, {100 * reading.Carries:0} % carries over to this volume, and below {100 * GaugeReading.Harmful:0} % it does harm");

    /// <summary>Sends what the stream has not had yet of a volume through it.</summary>
    /// <returns>False when restoration was abandoned before there was memory for the restored volume.</returns>
    private bool TryRunThrough(StreamedVolume stream, PendingVolume pending, VolumeBuffer pixels, CancellationToken abandon)
    {
        if (stream.Index != pending.Index)
        {
            stream.End();
            if (RentOutput(abandon) is not { } output) return false;
            stream.Begin(pending.Index, output);
        }

        while (stream.Fault.Length == 0 && !stream.IsComplete)
        {
            stream.Load(pixels, pending.MissingPlanes.AsSpan());
            stream.Push(nextAtHand: true, abandon);
        }

        return true;
    }

    private void HandOn(StreamedVolume stream, VolumeBuffer? map, PendingVolume pending, Provenance provenance) => _restored.OnNext(new RestoredVolume
    {
        Plan = _plan,
        Pixels = stream.Output,
        Uncertainty = map,
        Provenance = provenance,
        LastFrameTimestamp = pending.LastFrameTimestamp,
    });

    /// <summary>How the volume in the stream was made, as far as the stream knows.</summary>
    private Provenance Describe(StreamedVolume stream, PendingVolume pending, ConditioningReport? conditioning) => new()
    {
        Index = pending.Index,
        Method = stream.Model?.Method ?? _restoration.Baseline,
        Predicted = _restoration.Predicts && stream.Model is not null,
        SettingsFingerprint = _fingerprint,
        MissingPlanes = pending.MissingPlanes,
        NonFiniteSamples = stream.NonFiniteSamples + (conditioning?.NonFiniteSamples ?? 0),
        Conditioning = conditioning,
        ScaleLow = stream.Scale.Low,
        ScaleHigh = stream.Scale.High,
        ResidualRms = stream.ResidualRms * (stream.Scale.IsDegenerate ? 1 : stream.Scale.High - stream.Scale.Low),
        Lag = _clock.GetElapsedTime(pending.LastFrameTimestamp),
        Duration = stream.Busy,
    };

    /// <summary>Measures the errors of a model that was chosen without tuning on a volume.</summary>
    private void MeasureErrors(
        ChannelModel channel, ModelGeneration made, PendingVolume pending, VolumeBuffer pixels, IntensityScale scale, CancellationToken abandon)
    {
        if (made.ErrorsTried || !pending.MissingPlanes.IsEmpty || !ErrorEstimator.IsWanted(_plan, _options, _restoration)) return;
        using var acquired = new FloatVolume(_plan.Shape);
        VolumeConversion.Load(pixels, [], scale, acquired);
        made.NoteErrors(_errors.Calibrate(channel.Channel, made.Model, acquired, Floor(scale), abandon), pending.Index);
    }

    private VolumeBuffer? RentOutput(CancellationToken abandon)
    {
        while (true)
        {
            // Storage gives buffers back; a stalled disk makes restoration wait, never the camera.
            if (_restoredPool.Rent(_plan.RestoredShape, _plan.PixelType, TimeSpan.FromMilliseconds(200)) is { } output) return output;
            if (abandon.IsCancellationRequested) return null;
        }
    }

    /// <summary>The channel's scaling: the one that its model was trained with, or measured on its first volume with any contrast.</summary>
    private IntensityScale ScaleOf(ChannelModel channel, VolumeBuffer pixels, ImmutableArray<int> missing)
    {
        channel.Scale ??= _restoration.Scale;
        if (channel.Scale is { } known) return known;
        var measured = IntensityScale.Measure(pixels, missing.AsSpan());
        if (!measured.IsDegenerate) channel.Scale = measured;
        return measured;
    }

    /// <summary>The smallest value a camera of this type can give, in scaled units.</summary>
    private float Floor(IntensityScale scale) => _plan.PixelType == PixelType.Float32
        ? float.NegativeInfinity
        : (float)scale.ToScaled(0);

    private void Skip(VolumeIndex index, string reason, string detail)
    {
        _counters.NoteSkipped(reason);
        _host.Skipped(index, reason, detail);
    }
}
