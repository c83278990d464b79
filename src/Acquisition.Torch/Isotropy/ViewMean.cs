namespace Acquisition.Torch.Isotropy;

/// <summary>How what the network makes of xz and of yz sections becomes one volume.</summary>
public enum ViewMean
{
    /// <summary>The mean.</summary>
    Arithmetic,

    /// <summary>The root of the product of what is above the scale's low end, as CSBDeep does. Biased low: nothing is left where one
    /// of the two finds nothing.</summary>
    Geometric,
}
