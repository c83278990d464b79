using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Uncertainty;

namespace Acquisition.Pipeline.Restoring;

// A run that goes on after its program had ended: what was decided stays decided.
internal sealed partial class RestorationStage
{
    /// <summary>Takes up models, scales and what is known of errors as they were. Before <see cref="Run"/>.</summary>
    /// <param name="load">Gives the weights of a hash.</param>
    /// <exception cref="StorageException">Weights cannot be read, or a volume that must be measured again.</exception>
    /// <exception cref="DataFormatException">A file is no model.</exception>
    public void TakeUp(RunHistory history, Func<string, byte[]> load)
    {
        foreach (ChannelModel channel in _channels)
        {
            foreach (ModelStatus status in history.Models.Where(status => status.Channel == channel.Channel))
            {
                TunedModel? model = status.ModelSha256.Length == 0 ? null : TunedModel.FromSafeTensors(load(status.ModelSha256));
                channel.Choose(model, status);
                channel.Scale ??= ScaleThen(history, status);
                if (model is not null && model.Notes.TryGetValue("errors", out string? errors) && status.TunedOn is { } tunedOn)
                    channel.NoteErrors(ErrorModel.FromText(errors), tunedOn);
            }
        }
    }

    /// <summary>The channel's scale as its volumes tell, or measured again where none was restored.</summary>
    private IntensityScale? ScaleThen(RunHistory history, ModelStatus status)
    {
        foreach (Provenance volume in history.Restored)
            if (volume.Index.C == status.Channel && volume.ScaleHigh > volume.ScaleLow) return new IntensityScale(volume.ScaleLow, volume.ScaleHigh);
        if (status.TunedOn is not { } tunedOn || ReadBack(tunedOn, _readBackPool) is not { } pixels) return null;
        try
        {
            return IntensityScale.Measure(pixels, []);
        }
        finally
        {
            pixels.Release();
        }
    }
}
