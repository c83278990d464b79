using System.Collections.Immutable;
using System.Globalization;
using System.Reactive.Subjects;
using Acquisition.Core;
using Acquisition.Pipeline.Metering;
using Acquisition.Restoration;
using Acquisition.Restoration.Uncertainty;

namespace Acquisition.Pipeline.Restoring;

/// <summary>Tunes on the first complete volume of each channel and restores every volume, one after the other, on one thread: as it comes
/// when nothing waits, whole otherwise. Either way planes take the same way and get the same bits.</summary>
/// <remarks>Whatever fails here costs restored volumes, counted with the reason, and never raw ones. A restored volume is handed on only
/// when the acquired one is stored. Memory: see <see cref="MemoryNeeded"/>.</remarks>
internal sealed partial class RestorationStage : IDisposable
{
    private readonly Subject<RestoredVolume> _restored = new();
    private readonly ScanPlan _plan;
    private readonly RestorationOptions _options;
    private readonly IRestorationEngine _engine;
    private readonly TimeProvider _clock;
    private readonly IVolumeStore _raw;
    private readonly IRestorationHost _host;
    private readonly VolumeCounters _counters;
    private readonly VolumePool _readBackPool;
    private readonly VolumePool _restoredPool;
    private readonly ChannelModel[] _channels;
    private readonly List<StreamedVolume> _streams = [];
    private readonly int _maxStreams;
    private readonly FloatVolume _acquired;
    private readonly ErrorEstimator _errors;
    private readonly string _fingerprint;
    private volatile TuningStatus? _tuning;

    /// <param name="raw">Where volumes that wait on disk are read from.</param>
    public RestorationStage(
        ScanPlan plan, RestorationOptions options, IRestorationEngine engine, TimeProvider clock, IVolumeStore raw,
        VolumeCounters counters, IRestorationHost host)
    {
        _plan = plan;
        _options = options;
        _engine = engine;
        _clock = clock;
        _raw = raw;
        _counters = counters;
        _host = host;
        _readBackPool = new VolumePool(VolumePool.CostBytes(plan.Shape, plan.PixelType));
        _maxStreams = MaxStreams(plan, options);
        _restoredPool = new VolumePool((RestoredInFlight - 1 + _maxStreams) * VolumePool.CostBytes(plan.RestoredShape, plan.PixelType));
        _channels = [.. Enumerable.Range(0, plan.Channels.Length).Select(c => new ChannelModel(c))];
        _acquired = new FloatVolume(plan.Shape);
        _errors = new ErrorEstimator(plan, options, engine, host);
        _fingerprint = SettingsFingerprint.Of(options);
        WaitForRestoration = new DurationHistogram("wait for restoration");
        Tuning = new DurationHistogram("tune");
        Restoring = new DurationHistogram("restore");
        Lag = new DurationHistogram("last frame to restored");
    }

    private const string RestorationFailed = "restoration failed";

    /// <summary>From this share of noise on, a person is told.</summary>
    private const double NoisyShare = 0.5;

    /// <summary>Restored volumes of one channel that may exist at once: one being made, one waiting, one being stored.</summary>
    public const int RestoredInFlight = 3;

    /// <summary>Bytes that restoring takes at most, beside the camera's volumes: what tuning works on, a stream with its restored volume
    /// and activations, what is read back, and what waits to be stored.</summary>
    public static long MemoryNeeded(ScanPlan plan, RestorationOptions options) => MemoryWith(plan, options, streams: 1);

    private static long MemoryWith(ScanPlan plan, RestorationOptions options, int streams)
    {
        long restored = VolumePool.CostBytes(plan.RestoredShape, plan.PixelType);
        return checked(sizeof(float) * plan.Shape.Voxels + VolumePool.CostBytes(plan.Shape, plan.PixelType) + (RestoredInFlight - 1) * restored
            + ErrorEstimator.PoolBytes(plan, options)
            + streams * (CpuEngine.StreamBytes(plan.Shape, plan.Undersampling, options) + options.ActivationBudgetBytes + restored
                + ErrorEstimator.StreamBytes(plan, options)));
    }

    /// <summary>Streams that may be open at once: one a channel where a quarter of the machine's memory holds them, and otherwise one.</summary>
    private static int MaxStreams(ScanPlan plan, RestorationOptions options) =>
        MemoryWith(plan, options, plan.Channels.Length) <= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 ? plan.Channels.Length : 1;

    /// <summary>Restored volumes, lent.</summary>
    public IObservable<RestoredVolume> Restored => _restored;

    public TuningStatus? TuningStatus => _tuning;

    public ImmutableArray<ModelStatus> Models => [.. _channels.Select(c => c.Status).OfType<ModelStatus>()];

    public DurationHistogram WaitForRestoration { get; }

    public DurationHistogram Tuning { get; }

    public DurationHistogram Restoring { get; }

    public DurationHistogram Lag { get; }

    /// <summary>Restores until the backlog is completed and empty.</summary>
    /// <param name="coming">Volumes that will be in the backlog, worked on while that is empty.</param>
    /// <param name="abandon">Leaves what is not yet restored pending.</param>
    public void Run(RestorationBacklog backlog, ComingVolumes coming, CancellationToken abandon)
    {
        try
        {
            bool idle = false;
            while (!abandon.IsCancellationRequested && backlog.TryTake(waits: idle, out PendingVolume? pending))
            {
                idle = pending is null && !FollowOne(coming, abandon);
                if (pending is not { } volume) continue;
                WaitForRestoration.Note(_clock.GetElapsedTime(volume.StoredTimestamp));
                Accept(volume, abandon);
            }

            foreach (ChannelModel channel in _channels.Where(c => !abandon.IsCancellationRequested && c.Deferred.Count > 0))
            {
                if (!channel.IsChosen) ChooseCubic(channel, "no complete volume came to tune on");
                RestoreDeferred(channel, abandon);
            }
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            // What is left stays pending.
        }
        finally
        {
            backlog.Abandon();
            coming.Abandon();
            foreach (StreamedVolume stream in _streams) stream.End();
            _restored.OnCompleted();
        }
    }

    public void Dispose()
    {
        _restored.Dispose();
        foreach (StreamedVolume stream in _streams) stream.Dispose();
        _acquired.Dispose();
        _errors.Dispose();
        _readBackPool.Dispose();
        _restoredPool.Dispose();
    }

    private void Accept(PendingVolume pending, CancellationToken abandon)
    {
        ChannelModel channel = _channels[pending.Index.C];
        if (!channel.IsChosen && !pending.MissingPlanes.IsEmpty)
        {
            pending.Pixels?.Release();
            channel.Deferred.Enqueue(pending with { Pixels = null });
            return;
        }

        VolumeBuffer? pixels = Obtain(pending);
        if (pixels is null) return;
        try
        {
            string note = channel.IsChosen ? "" : Choose(channel, pending.Index, pixels, abandon);
            if (channel.IsChosen && !channel.ErrorsTried) MeasureErrors(channel, pending, pixels, abandon);
            if (channel.IsChosen) RestoreDeferred(channel, abandon);
            Restore(channel, pending, pixels, note, abandon);
        }
        finally
        {
            pixels.Release();
        }
    }

    private void MeasureErrors(ChannelModel channel, PendingVolume pending, VolumeBuffer pixels, CancellationToken abandon)
    {
        if (!ErrorEstimator.IsWanted(_plan, _options) || !pending.MissingPlanes.IsEmpty) return;
        IntensityScale scale = ScaleOf(channel, pixels, missing: []);
        VolumeConversion.Load(pixels, [], scale, _acquired);
        _errors.Calibrate(channel, channel.Model, _acquired, pending.Index, Floor(scale), abandon);
    }

    private void RestoreDeferred(ChannelModel channel, CancellationToken abandon)
    {
        while (!abandon.IsCancellationRequested && channel.Deferred.TryDequeue(out PendingVolume pending))
        {
            // The buffer of the volume being accepted may be the one read back, so these get their own turn with the disk.
            using var pool = new VolumePool(VolumePool.CostBytes(_plan.Shape, _plan.PixelType));
            VolumeBuffer? pixels = ReadBack(pending.Index, pool);
            if (pixels is null) continue;
            try { Restore(channel, pending, pixels, note: "", abandon); }
            finally { pixels.Release(); }
        }
    }

    private VolumeBuffer? Obtain(PendingVolume pending) => pending.Pixels ?? ReadBack(pending.Index, _readBackPool);

    private VolumeBuffer? ReadBack(VolumeIndex index, VolumePool pool)
    {
        VolumeBuffer pixels = pool.TryRent(_plan.Shape, _plan.PixelType)
            ?? throw new InvalidOperationException("The buffer for reading back is still lent.");
        try
        {
            _raw.Read(index, pixels);
            return pixels;
        }
        catch (StorageException fault)
        {
            pixels.Release();
            Skip(index, "raw unreadable", fault.Message);
            return null;
        }
    }

    /// <summary>Decides how the channel is restored, by tuning on this volume if that is configured and possible.</summary>
    /// <returns>Why this volume is restored another way than configured; empty when it is not.</returns>
    private string Choose(ChannelModel channel, VolumeIndex index, VolumeBuffer pixels, CancellationToken abandon)
    {
        if (_plan.Undersampling == Factors.One)
        {
            ChooseCubic(channel, "the scan is not undersampled; volumes pass unchanged");
            return "";
        }

        if (_options.Method == RestorationMethod.Cubic)
        {
            ChooseCubic(channel, "configured");
            return "";
        }

        IntensityScale scale = ScaleOf(channel, pixels, missing: []);
        VolumeConversion.Load(pixels, [], scale, _acquired);
        long started = _clock.GetTimestamp();
        try
        {
            TuningResult result = _engine.Tune(
                _acquired, _plan.Undersampling, Floor(scale), _options, new TuningRelay(this, channel.Channel), abandon);
            TimeSpan took = _clock.GetElapsedTime(started);
            Tuning.Note(took);
            TunedModel? model = result.BeatsProjection ? result.Model : null;
            _errors.Calibrate(channel, model, _acquired, index, Floor(scale), abandon);
            var status = new ModelStatus
            {
                Channel = channel.Channel,
                Method = model is null ? CubicName : "self-vision",
                ModelSha256 = model is null ? "" : _host.SaveModel(Describe(model, index, channel.Errors)),
                TunedOn = model is null ? null : index,
                Reason = result.Reason,
                HeldOutDb = Known(result.HeldOutDb),
                CubicDb = Known(result.CubicDb),
                ProjectedDb = Known(result.ProjectedDb),
                Steps = result.StepsRun,
                TuningTime = took,
            };
            channel.Choose(model, status);
            _host.ModelChosen(status);
            if (result.NoiseShare >= NoisyShare && _options.BackProjections > 0)
            {
                _host.Warn(string.Create(CultureInfo.InvariantCulture,
                    $"Channel {channel.Channel} is noisy: about {100 * result.NoiseShare:0} % of what cubic interpolation misses of {index} is noise, which back-projection restores as well. Where smoothness matters more than agreement with each sample, set restoration.back_projections to 0, or use more light."));
            }

            return "";
        }
        catch (StorageException fault)
        {
            // Weights that cannot be kept must not make results that could not be explained later.
            channel.ForgetErrors();
            ChooseCubic(channel, $"the tuned weights could not be stored: {fault.Message}");
            return "";
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            channel.NoteRefusal();
            string why = $"not tuned on {index}: {fault.Message}";
            _host.Warn(why);
            if (channel.MayTryAgain) return why;
            ChooseCubic(channel, $"tuning was refused on {channel.Attempts} volumes; last: {fault.Message}");
            return "";
        }
        finally
        {
            _tuning = null;
        }
    }

    /// <summary>Restores a stored volume, or what is left of it when part was restored as it came.</summary>
    private void Restore(ChannelModel channel, PendingVolume pending, VolumeBuffer pixels, string note, CancellationToken abandon)
    {
        StreamedVolume? stream = null;
        VolumeBuffer? map = null;
        try
        {
            IntensityScale scale = ScaleOf(channel, pixels, pending.MissingPlanes);
            stream = StreamOf(channel, scale);
            if (stream.Index != pending.Index)
            {
                stream.End();
                if (RentOutput(abandon) is not { } output) return;
                stream.Begin(pending.Index, output);
            }

            if (stream.Fault.Length > 0)
            {
                Skip(pending.Index, RestorationFailed, stream.Fault);
                return;
            }

            while (!stream.IsComplete)
            {
                stream.Load(pixels, pending.MissingPlanes.AsSpan());
                stream.Push(nextAtHand: true, abandon);
            }

            if (stream.Restored is { } restored) map = _errors.Map(channel, restored, pending.MissingPlanes, abandon);

            TimeSpan lag = _clock.GetElapsedTime(pending.LastFrameTimestamp);
            Lag.Note(lag);
            Restoring.Note(stream.Busy);
            _restored.OnNext(new RestoredVolume
            {
                Plan = _plan,
                Pixels = stream.Output,
                Uncertainty = map,
                Provenance = new Provenance
                {
                    Index = pending.Index,
                    Method = channel.Model is null ? CubicName : "self-vision",
                    ModelSha256 = channel.ModelSha256,
                    TunedOn = channel.TunedOn,
                    SettingsFingerprint = _fingerprint,
                    MissingPlanes = pending.MissingPlanes,
                    NonFiniteSamples = stream.NonFiniteSamples,
                    ScaleLow = scale.Low,
                    ScaleHigh = scale.High,
                    ResidualRms = stream.ResidualRms * (scale.IsDegenerate ? 1 : scale.High - scale.Low),
                    Uncertainty = map is null ? null : ErrorEstimator.Describe(channel, scale),
                    Note = note,
                    Lag = lag,
                    Duration = stream.Busy,
                },
            });
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

    private VolumeBuffer? RentOutput(CancellationToken abandon)
    {
        while (true)
        {
            // Storage gives buffers back; a stalled disk makes restoration wait, never the camera.
            if (_restoredPool.Rent(_plan.RestoredShape, _plan.PixelType, TimeSpan.FromMilliseconds(200)) is { } output) return output;
            if (abandon.IsCancellationRequested) return null;
        }
    }

    /// <summary>The channel's scaling, measured on its first volume with any contrast.</summary>
    private static IntensityScale ScaleOf(ChannelModel channel, VolumeBuffer pixels, ImmutableArray<int> missing)
    {
        if (channel.Scale is { } known) return known;
        var measured = IntensityScale.Measure(pixels, missing.AsSpan());
        if (!measured.IsDegenerate) channel.Scale = measured;
        return measured;
    }

    /// <summary>The smallest value a camera of this type can give, in scaled units.</summary>
    private float Floor(IntensityScale scale) => _plan.PixelType == PixelType.Float32
        ? float.NegativeInfinity
        : (float)scale.ToScaled(0);

    private string CubicName => _plan.Undersampling == Factors.One ? "unchanged"
        : _options.BackProjections == 0 ? "cubic" : "cubic+back-projection";

    private void ChooseCubic(ChannelModel channel, string reason)
    {
        var status = new ModelStatus { Channel = channel.Channel, Method = CubicName, Reason = reason };
        channel.Choose(null, status);
        _host.ModelChosen(status);
    }

    private static double? Known(double decibels) => double.IsFinite(decibels) ? decibels : null;

    private byte[] Describe(TunedModel model, VolumeIndex tunedOn, ErrorModel? errors) => (errors is null ? model : model.WithNote("errors", errors.ToText()))
        .WithNote("scan", _plan.ScanId.ToString())
        .WithNote("tuned_on", tunedOn.ToString())
        .WithNote("channel", _plan.Channels[tunedOn.C])
        .WithNote("settings_fingerprint", _fingerprint)
        .ToSafeTensors();

    private void Skip(VolumeIndex index, string reason, string detail)
    {
        _counters.NoteSkipped(reason);
        _host.Skipped(index, reason, detail);
    }

    /// <summary>Turns the engine's progress into the run's status, on the engine's thread.</summary>
    private sealed class TuningRelay(RestorationStage stage, int channel) : IProgress<TuningProgress>
    {
        public void Report(TuningProgress value) => stage._tuning = new TuningStatus
        {
            Channel = channel,
            Stage = value.Stage,
            Stages = value.Stages,
            Step = value.Step,
            Steps = value.Steps,
            Loss = value.Loss,
            HeldOutDb = value.HeldOutDb,
            CubicDb = value.CubicDb,
            ProjectedDb = value.ProjectedDb,
            Elapsed = value.Elapsed,
            Remaining = value.Remaining,
        };
    }
}
