namespace Acquisition.Torch.Isotropy;

/// <summary>How the learning rate goes on from its first value.</summary>
public enum LearningRateSchedule
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>Half a cosine, down to 0 after the last step.</summary>
    Cosine,

    /// <summary>Halved when the held-out PSNR has not risen for 10 measurements, as CSBDeep does.</summary>
    HalveOnPlateau,
}
