using System.Collections.Concurrent;
using System.Globalization;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Uncertainty;

namespace Acquisition.Pipeline.Restoring;

// What restores a channel: tuning beside the scan, what is shown meanwhile, and whether the model still suits the sample.
internal sealed partial class RestorationStage
{
    /// <summary>From this share of noise on, a person is told.</summary>
    private const double NoisyShare = 0.5;

    /// <summary>Channels that a person wants tuned again.</summary>
    private readonly ConcurrentDictionary<int, bool> _retuned = [];

    private bool _previewsFail;

    /// <summary>Takes what the tuner has come to, and gives it the next volume.</summary>
    private void AttendToTuning()
    {
        if (_tuner is null) return;
        if (_tuner.TakeOutcome() is { } outcome) Conclude(outcome);
        foreach (ChannelModel channel in _channels)
            if (!channel.IsChosen && _tuner.Job is null) BeginTuning(channel);
        foreach (ChannelModel channel in _channels)
            if (_tuner.Job is null && _retuned.TryRemove(channel.Channel, out _)) BeginRetuning(channel);
    }

    /// <inheritdoc cref="ScanRun.Retune"/>
    public CommandAnswer Retune()
    {
        if (_tuner is null) return CommandAnswer.No($"There is no network to tune: {_restoration.WhyNotTuned}.");

        int[] decided = [.. _channels.Where(c => c.Statuses.Count > 0).Select(c => c.Channel)];
        if (decided.Length == 0) return CommandAnswer.No("No network is tuned yet.");
        if (_tuner.Job is not null || !_retuned.IsEmpty) return CommandAnswer.No("A network is being tuned already.");
        foreach (int channel in decided) _retuned.TryAdd(channel, true);
        _backlog.Nudge();
        return CommandAnswer.Yes("The network is tuned again on the newest volume; volumes to come wait for it.");
    }

    /// <summary>Tunes again on the newest complete volume, because a person wants it.</summary>
    private void BeginRetuning(ChannelModel channel)
    {
        if ((_backlog.Borrow(v => v.Index.C == channel.Channel && v.MissingPlanes.IsEmpty, newestFirst: true) ?? channel.NewestComplete) is not { } volume) return;
        try
        {
            VolumeBuffer pixels = Take(volume, out _);
            try
            {
                Begin(channel, volume.Index, pixels, channel.Newest.Model, channel.Hold());
            }
            finally
            {
                pixels.Release();
            }
        }
        catch (AcquisitionException fault)
        {
            _host.Warn($"Channel {channel.Channel} keeps its model: {volume.Index} cannot be tuned on: {fault.Message}");
        }
    }

    /// <summary>Tunes on the first complete volume of a channel that was not tried before.</summary>
    private void BeginTuning(ChannelModel channel)
    {
        // Asked first: what is added before the backlog completes is found below.
        bool isLast = _backlog.IsCompleted;
        PendingVolume? found = _backlog.Borrow(v => v.Index.C == channel.Channel && v.MissingPlanes.IsEmpty && !channel.WasTried(v.Index), newestFirst: false);
        if (found is not { } volume)
        {
            if (isLast) ChooseBaseline(channel, channel.LastRefusal is { } why ? $"tuning was refused: {why}" : "no complete volume came to tune on");
            return;
        }

        channel.NoteAttempt(volume.Index);
        try
        {
            VolumeBuffer pixels = Take(volume, out _);
            try
            {
                Begin(channel, volume.Index, pixels, start: null, fromTimePoint: 0);
            }
            finally
            {
                pixels.Release();
            }
        }
        catch (AcquisitionException fault)
        {
            Refuse(channel, volume.Index, fault.Message);
        }
    }

    private void Begin(ChannelModel channel, VolumeIndex index, VolumeBuffer pixels, TunedModel? start, int fromTimePoint)
    {
        IntensityScale scale = ScaleOf(channel, pixels, missing: []);
        VolumeConversion.Load(pixels, [], scale, _tuner!.Acquired);
        _host.TuningBegan(index, isRefresh: start is not null);
        _tuner.Begin(new TuningJob(channel, index, Floor(scale), start, fromTimePoint));
    }

    /// <summary>Shows volumes by better weights from now on. Nothing is restored for good with them.</summary>
    private void Adopt(TuningJob job, TuningProgress progress)
    {
        try
        {
            string hash = _host.SaveModel(Describe(progress.Snapshot!, job.Index, errors: null));
            job.Channel.Snapshot = (progress.Snapshot!, hash, job.Index);
            _host.SnapshotTaken(new SnapshotTaken(
                job.Channel.Channel, hash, progress.Stage * progress.Steps + progress.Step, progress.HeldOutDb ?? 0, progress.ProjectedDb ?? 0));
        }
        catch (StorageException)
        {
            // Weights that cannot be kept must not make results that could not be explained later; the final ones will tell.
        }
    }

    private void Conclude(TuningOutcome outcome)
    {
        ChannelModel channel = outcome.Job.Channel;
        Tuning.Note(outcome.Took);
        if (channel.IsChosen) ConcludeRefresh(outcome);
        else if (outcome.Result is null) Refuse(channel, outcome.Job.Index, outcome.Refusal);
        else Choose(outcome, outcome.Result);
    }

    /// <summary>A model that was tuned again goes live where it suits the volume better than the one before.</summary>
    private void ConcludeRefresh(TuningOutcome outcome)
    {
        ChannelModel channel = outcome.Job.Channel;
        bool isBetter = outcome.Job.Start is null || (outcome.After is { IsHarmful: false } after && !(outcome.Before?.ModelDb >= after.ModelDb));
        if (isBetter && outcome.Result is { BeatsProjection: true } result)
        {
            Choose(outcome, result);
            return;
        }

        string why = outcome.Refusal.Length > 0 ? outcome.Refusal
            : outcome.Result is { BeatsProjection: false } worse ? $"tuned again on {outcome.Job.Index} it came to none that helps. {worse.Reason}"
            : string.Create(CultureInfo.InvariantCulture,
                $"tuned again on {outcome.Job.Index} it predicts that volume to {outcome.After?.ModelDb:0.00} dB, as it was to {outcome.Before?.ModelDb:0.00} dB.");
        _host.Warn($"Channel {channel.Channel} keeps its model: {why}");
        channel.Release();
    }

    private void Choose(TuningOutcome outcome, TuningResult result)
    {
        ChannelModel channel = outcome.Job.Channel;
        VolumeIndex index = outcome.Job.Index;
        TunedModel? model = result.BeatsProjection ? result.Model : null;
        string hash;
        try
        {
            hash = model is null ? "" : _host.SaveModel(Describe(model, index, outcome.Errors));
        }
        catch (StorageException fault)
        {
            // Weights that cannot be kept must not make results that could not be explained later.
            if (channel.IsChosen) channel.Release();
            else ChooseBaseline(channel, $"the tuned weights could not be stored: {fault.Message}");
            return;
        }

        var status = new ModelStatus
        {
            Channel = channel.Channel,
            Method = model?.Method ?? _restoration.Baseline,
            ModelSha256 = hash,
            TunedOn = model is null ? null : index,
            FromTimePoint = outcome.Job.FromTimePoint,
            Reason = result.Reason,
            HeldOutDb = Known(result.HeldOutDb),
            CubicDb = Known(result.CubicDb),
            ProjectedDb = Known(result.ProjectedDb),
            Steps = result.StepsRun,
            TuningTime = outcome.Took,
        };
        var generation = new ModelGeneration(model, status);
        generation.NoteErrors(outcome.Errors, index);
        channel.Choose(generation, Watch(model));
        _host.ModelChosen(status);
        if (result.NoiseShare >= NoisyShare && _options.BackProjections > 0)
        {
            _host.Warn(string.Create(CultureInfo.InvariantCulture,
                $"Channel {channel.Channel} is noisy: about {100 * result.NoiseShare:0} % of what cubic interpolation misses of {index} is noise, which back-projection restores as well. Where smoothness matters more than agreement with each sample, set restoration.back_projections to 0, or use more light."));
        }
    }

    private void Refuse(ChannelModel channel, VolumeIndex index, string why)
    {
        channel.LastRefusal = why;
        _host.Warn($"{index} cannot be tuned on: {why}");
        if (!channel.MayTryAgain) ChooseBaseline(channel, $"tuning was refused on {channel.Attempts} volumes; last: {why}");
    }

    /// <summary>Takes the weights that were trained before the scan, or what restores without any.</summary>
    private void ChooseUntuned(ChannelModel channel)
    {
        string reason = _restoration.WhyNotTuned ?? "nothing was tuned";
        if (_restoration.Trained is not { } model)
        {
            ChooseBaseline(channel, reason);
            return;
        }

        try
        {
            var status = new ModelStatus { Channel = channel.Channel, Method = model.Method, ModelSha256 = _host.SaveModel(model.ToSafeTensors()), Reason = reason };
            channel.Choose(new ModelGeneration(model, status), watch: null);
            channel.Scale ??= _restoration.Scale;
            _host.ModelChosen(status);
        }
        catch (StorageException fault)
        {
            // Weights that cannot be kept must not make results that could not be explained later.
            ChooseBaseline(channel, $"the weights could not be stored: {fault.Message}");
        }
    }

    private void ChooseBaseline(ChannelModel channel, string reason)
    {
        var status = new ModelStatus { Channel = channel.Channel, Method = _restoration.Baseline, Reason = reason };
        channel.Choose(new ModelGeneration(null, status), watch: null);
        _host.ModelChosen(status);
    }

    /// <summary>Publishes the newest volume that waits for a model, restored by the best there is.</summary>
    /// <returns>False when there is none, or nobody looks.</returns>
    private bool PreviewOne(CancellationToken abandon)
    {
        if (_tuner is null || _previewsFail || !_host.WantsPreviews) return false;
        foreach (ChannelModel channel in _channels.Where(c => c.IsHolding))
        {
            PendingVolume? found = _backlog.Borrow(
                v => v.Index.C == channel.Channel && v.Index.T > channel.LatestPreviewed && !channel.IsReady(v.Index.T), newestFirst: true);
            if (found is not { } volume) continue;
            channel.LatestPreviewed = volume.Index.T;
            if (_tuner.Job is { } job && _tuner.TakeSnapshot() is { } better) Adopt(job, better);
            try
            {
                VolumeBuffer pixels = Take(volume, out ConditioningReport? conditioning);
                try
                {
                    Preview(channel, volume, pixels, conditioning, abandon);
                }
                finally
                {
                    pixels.Release();
                }
            }
            catch (Exception fault) when (fault is not (OperationCanceledException or OutOfMemoryException))
            {
                // What goes wrong for good is told when the volume is restored for good.
                _previewsFail = true;
                _host.Warn($"{volume.Index} cannot be shown before it is restored, nor will others: {fault.Message}");
            }

            return true;
        }

        return false;
    }

    private void Preview(
        ChannelModel channel, PendingVolume volume, VolumeBuffer pixels, ConditioningReport? conditioning, CancellationToken abandon)
    {
        // The scale of an incomplete volume must not become the channel's.
        IntensityScale scale = channel.Scale ?? IntensityScale.Measure(pixels, volume.MissingPlanes.AsSpan());
        (TunedModel? model, string hash, VolumeIndex? tunedOn) = channel.Snapshot is { } snapshot ? (snapshot.Model, snapshot.Sha256, snapshot.TunedOn)
            : channel.IsChosen ? (channel.Newest.Model, channel.Newest.Status.ModelSha256, channel.Newest.Status.TunedOn)
            : ((TunedModel?)null, "", (VolumeIndex?)null);
        StreamedVolume stream = StreamOf(channel, model, scale);
        try
        {
            if (!TryRunThrough(stream, volume, pixels, abandon)) return;
            HandOn(stream, map: null, volume, Describe(stream, volume, conditioning) with
            {
                ModelSha256 = hash,
                TunedOn = tunedOn,
                Provisional = true,
                Note = "provisional: the volume is restored again with the model that is being tuned",
            });
        }
        finally
        {
            stream.End();
        }
    }

    private GaugeReading? Judge(ModelGeneration made, PendingVolume pending, VolumeBuffer pixels, IntensityScale scale, CancellationToken abandon)
    {
        if (_judged is null || made.Model is null || !pending.MissingPlanes.IsEmpty) return null;
        VolumeConversion.Load(pixels, [], scale, _judged);
        return _engine.Gauge(made.Model, _judged, _plan.Undersampling, Floor(scale), _options, abandon);
    }

    private void WatchForDrift(ChannelModel channel, VolumeIndex index, VolumeBuffer pixels, GaugeReading reading)
    {
        if (channel.Watch is not { } watch || watch.Note(reading) is not { } now) return;
        bool isRefreshed = _options.Refresh && _tuner!.Job is null;
        _host.Drifted(new DriftNoticed(index, now, watch.Reference!.Value, isRefreshed));
        if (isRefreshed) Begin(channel, index, pixels, channel.Newest.Model, channel.Hold());
    }

    private DriftWatch? Watch(TunedModel? model) => model is null || !_options.Gauge || _options.DriftAlarm == 0 ? null : new DriftWatch(_options.DriftAlarm);

    private static double? Known(double decibels) => double.IsFinite(decibels) ? decibels : null;

    private byte[] Describe(TunedModel model, VolumeIndex tunedOn, ErrorModel? errors) => (errors is null ? model : model.WithNote("errors", errors.ToText()))
        .WithNote("scan", _plan.ScanId.ToString())
        .WithNote("tuned_on", tunedOn.ToString())
        .WithNote("channel", _plan.Channels[tunedOn.C])
        .WithNote("settings_fingerprint", _fingerprint)
        .ToSafeTensors();
}
