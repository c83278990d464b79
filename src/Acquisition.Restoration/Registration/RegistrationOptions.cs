using Acquisition.Core;

namespace Acquisition.Restoration.Registration;

/// <summary>How images that show the same are laid over each other.</summary>
public sealed record RegistrationOptions
{
    /// <summary>Edge of the tiles that are compared one by one, pixels; a smaller image is one tile. Neighbours overlap by half at least.
    /// Below 128 there is too little in a tile: unrelated ones agree by chance.</summary>
    public int TilePx { get; init => field = Require.InRange(value, 128, 4096); } = 256;

    /// <summary>Largest shift of a whole image, as a share of its extent.</summary>
    public double LargestShare { get; init => field = Require.InRange(value, 0, 0.5); } = 0.25;

    /// <summary>By how much a tile may lie off the shift of the whole image, pixels.</summary>
    public double LargestLocalPx { get; init => field = Require.InRange(value, 0, 64); } = 8;

    /// <summary>Normalised cross-correlation below which a tile is rejected.</summary>
    public double LeastCorrelation { get; init => field = Require.InRange(value, 0, 1); } = 0.7;

    /// <summary>Standard deviation of the Gaussian through which both images are seen when tiles are correlated, pixels: noise and a
    /// difference in resolution are no reason to reject.</summary>
    public double CorrelationBlurPx { get; init => field = Require.InRange(value, 0, 16); } = 2;

    /// <summary>Where nothing moves by more than this, images stay as they are; pixels. Default 0.05: half of what registration is good to.</summary>
    public double NegligiblePx { get; init => field = Require.NotNegative(value); } = 0.05;

    public int Threads { get; init => field = Require.InRange(value, 1, 256); } = Environment.ProcessorCount;
}
