namespace Acquisition.Restoration.Isotropy;

/// <summary>By what a lateral plane is blurred before its samples are thinned out.</summary>
public enum DegradationKernel
{
    /// <summary>What axial blur has beyond lateral blur. Learns to undo the difference: the result keeps the lateral blur everywhere.</summary>
    Split,

    /// <summary>All of the axial blur. Learns to sharpen laterally as well, and errs where the plane is not sharp already.</summary>
    Full,

    /// <summary>As CSBDeep's notebook does it, for comparison; Gaussians only.</summary>
    CsbDeep,

    /// <summary>None: learns to interpolate alone.</summary>
    Identity,
}
