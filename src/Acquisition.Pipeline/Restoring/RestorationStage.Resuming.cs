using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Uncertainty;

namespace Acquisition.Pipeline.Restoring;

// A run that goes on after its program had ended: what was decided stays decided.
internal sealed partial class RestorationStage
{
    /// <summary>Takes up models, scales and what is known of errors and drift as they were. Before <see cref="Run"/>.</summary>
    /// <param name="load">Gives the weights of a hash.</param>
    /// <exception cref="StorageException">Weights cannot be read, or a volume that must be measured again.</exception>
    /// <exception cref="RestorationException">A volume that must be measured again cannot be conditioned.</exception>
    /// <exception cref="DataFormatException">A file is no model.</exception>
    public void TakeUp(RunHistory history, Func<string, byte[]> load)
    {
        foreach (ChannelModel channel in _channels)
        {
            Provenance[] restored = [.. history.Restored.Where(volume => volume.Index.C == channel.Channel)];
            foreach (ModelStatus status in history.Models.Where(status => status.Channel == channel.Channel))
            {
                TunedModel? model = status.ModelSha256.Length == 0 ? null : _restoration.ReadModel(load(status.ModelSha256));
                channel.Scale ??= ScaleThen(restored, status);
                var generation = new ModelGeneration(model, status);
                TakeUpErrors(channel, generation, restored);
                channel.Choose(generation, Watch(model));
            }

            foreach (Provenance volume in restored)
            {
                channel.NoteRestored(volume.Index.T);
                // Volumes that were spared the model were judged with it, and count as they did then.
                if (channel.IsChosen && channel.For(volume.Index.T) == channel.Newest && volume.Gauge is { } reading) channel.Watch?.Note(reading);
            }
        }
    }

    /// <summary>A volume on disk that lacks no plane: no other is tuned on or calibrated on.</summary>
    private static PendingVolume Whole(VolumeIndex index) => new(index, [], Pixels: null, 0, 0);

    /// <summary>The channel's scale as its volumes tell, or measured again where none was restored.</summary>
    private IntensityScale? ScaleThen(Provenance[] restored, ModelStatus status)
    {
        foreach (Provenance volume in restored)
            if (volume.ScaleHigh > volume.ScaleLow) return new IntensityScale(volume.ScaleLow, volume.ScaleHigh);
        if (status.TunedOn is not { } tunedOn) return null;
        VolumeBuffer pixels = Take(Whole(tunedOn), out _);
        try
        {
            return IntensityScale.Measure(pixels, []);
        }
        finally
        {
            pixels.Release();
        }
    }

    /// <summary>Weights carry what was measured of their errors; without weights it is measured again on the same volume.</summary>
    private void TakeUpErrors(ChannelModel channel, ModelGeneration generation, Provenance[] restored)
    {
        if (generation is { Model: { } model, Status.TunedOn: { } tunedOn })
        {
            generation.NoteErrors(model.Notes.TryGetValue("errors", out string? errors) ? ErrorModel.FromText(errors) : null, tunedOn);
            return;
        }

        if (!ErrorEstimator.IsWanted(_plan, _options, _restoration) || channel.Scale is not { } scale) return;
        if (Array.Find(restored, volume => volume.Uncertainty is not null)?.Uncertainty is not { CalibratedOn: { } measuredOn }) return;
        VolumeBuffer pixels = Take(Whole(measuredOn), out _);
        try
        {
            using var acquired = new FloatVolume(_plan.Shape);
            VolumeConversion.Load(pixels, [], scale, acquired);
            generation.NoteErrors(_errors.Calibrate(channel.Channel, generation.Model, acquired, Floor(scale), CancellationToken.None), measuredOn);
        }
        finally
        {
            pixels.Release();
        }
    }
}
