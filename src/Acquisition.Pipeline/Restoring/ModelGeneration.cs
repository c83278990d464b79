using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Uncertainty;

namespace Acquisition.Pipeline.Restoring;

/// <summary>What restores a channel from one time point on, until the next one does.</summary>
/// <param name="model">The weights; <see langword="null"/> for cubic interpolation with back-projection.</param>
internal sealed class ModelGeneration(TunedModel? model, ModelStatus status)
{
    public TunedModel? Model => model;

    public ModelStatus Status => status;

    /// <summary>Predicts errors of restored voxels; <see langword="null"/> when nobody asked or it could not be had.</summary>
    public ErrorModel? Errors { get; private set; }

    /// <summary>The volume that <see cref="Errors"/> was measured on.</summary>
    public VolumeIndex ErrorsMeasuredOn { get; private set; }

    public bool ErrorsTried { get; private set; }

    public void NoteErrors(ErrorModel? errors, VolumeIndex measuredOn) => (Errors, ErrorsMeasuredOn, ErrorsTried) = (errors, measuredOn, true);
}
