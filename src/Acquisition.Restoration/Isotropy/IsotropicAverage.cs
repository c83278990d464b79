namespace Acquisition.Restoration.Isotropy;

/// <summary>How a point spread function is made equal in all directions.</summary>
public enum IsotropicAverage
{
    /// <summary>The radial profile of the focal plane, revolved: lateral blur in all directions. What splitting needs.</summary>
    FocalPlane,

    /// <summary>The mean over all directions in space: wider than the lateral blur, so that what is split off is too narrow.</summary>
    AllDirections,
}
