namespace Acquisition.Torch.Adversarial;

/// <summary>What a map of doubt says, without a truth.</summary>
public enum DoubtUnit
{
    /// <summary>|acquired − predicted taken back by the second generator|, in scaled units of the input.</summary>
    CycleResidual,

    /// <summary>By how much content and background differ between acquired and predicted; 0 to 1.</summary>
    ContentDisagreement,
}
