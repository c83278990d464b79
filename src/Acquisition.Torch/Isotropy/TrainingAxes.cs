namespace Acquisition.Torch.Isotropy;

/// <summary>Along which axes lateral planes are degraded to make training pairs.</summary>
public enum TrainingAxes
{
    /// <summary>x alone: where the lateral blur is not round, or structures differ between x and y.</summary>
    X,

    /// <summary>y alone.</summary>
    Y,

    /// <summary>Either, which makes twice the pairs.</summary>
    Both,
}
