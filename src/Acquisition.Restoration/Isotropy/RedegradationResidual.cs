namespace Acquisition.Restoration.Isotropy;

/// <summary>What a restored volume, degraded again, misses of the acquired one.</summary>
/// <param name="Rms">Root mean square difference, in the volumes' units.</param>
/// <param name="Relative">The same over the standard deviation of the acquired volume; NaN where that is 0.</param>
public readonly record struct RedegradationResidual(double Rms, double Relative);
