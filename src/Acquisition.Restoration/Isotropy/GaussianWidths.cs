namespace Acquisition.Restoration.Isotropy;

/// <summary>Standard deviations of a Gaussian point spread function, in pixels of its grid; neither is a full width at half maximum.</summary>
public readonly record struct GaussianWidths(double LateralPx, double AxialPx);
