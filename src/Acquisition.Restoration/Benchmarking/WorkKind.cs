namespace Acquisition.Restoration.Benchmarking;

/// <summary>Work that a person waits for.</summary>
public enum WorkKind
{
    /// <summary>Cropping, shrinking, augmentation, forward, loss, backward and Adam on one batch.</summary>
    TrainingStep,

    /// <summary>One volume enlarged in one orientation, cubic interpolation included.</summary>
    Inference,
}
