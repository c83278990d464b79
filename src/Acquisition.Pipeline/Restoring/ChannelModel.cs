using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Uncertainty;

namespace Acquisition.Pipeline.Restoring;

/// <summary>How one channel is restored, from its first volume to its last. One thread; the status may be read by any.</summary>
internal sealed class ChannelModel(int channel)
{
    private const int MaxAttempts = 3;

    private volatile ModelStatus? _status;

    public int Channel => channel;

    /// <summary>Fixed for the scan once set: results of one channel are comparable.</summary>
    public IntensityScale? Scale { get; set; }

    /// <summary>The weights; <see langword="null"/> for cubic interpolation with back-projection.</summary>
    public TunedModel? Model { get; private set; }

    public string ModelSha256 => _status?.ModelSha256 ?? "";

    public VolumeIndex? TunedOn => _status?.TunedOn;

    /// <summary>Predicts errors of restored voxels; <see langword="null"/> when nobody asked or it could not be had.</summary>
    public ErrorModel? Errors { get; private set; }

    /// <summary>The volume that <see cref="Errors"/> was calibrated on.</summary>
    public VolumeIndex ErrorsMeasuredOn { get; private set; }

    public bool ErrorsTried { get; private set; }

    /// <summary>Whether it is decided how volumes of this channel are restored.</summary>
    public bool IsChosen => _status is not null;

    /// <summary>Volumes on which tuning was refused so far.</summary>
    public int Attempts { get; private set; }

    public bool MayTryAgain => Attempts < MaxAttempts;

    /// <summary>Incomplete volumes that came before a model was chosen; they wait on disk.</summary>
    public Queue<PendingVolume> Deferred { get; } = [];

    /// <summary>What was chosen and why; <see langword="null"/> before.</summary>
    public ModelStatus? Status => _status;

    public void NoteRefusal() => Attempts++;

    public void NoteErrors(ErrorModel? errors, VolumeIndex measuredOn) => (Errors, ErrorsMeasuredOn, ErrorsTried) = (errors, measuredOn, true);

    /// <summary>What was measured is of a model that will not be used.</summary>
    public void ForgetErrors() => (Errors, ErrorsTried) = (null, false);

    public void Choose(TunedModel? model, ModelStatus status)
    {
        Model = model;
        _status = status;
    }
}
