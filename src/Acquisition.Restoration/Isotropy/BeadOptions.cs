using Acquisition.Core;

namespace Acquisition.Restoration.Isotropy;

/// <summary>Which beads of a volume are good enough to measure a point spread function.</summary>
public sealed record BeadOptions
{
    /// <summary>Half-width in y and x of what is cut out around a bead, µm. Beads nearer to a border in y or x are not used.
    /// Default 1: twice the width of a bead at a low aperture.</summary>
    public double LateralRadiusUm { get; init => field = Require.Positive(value); } = 1;

    /// <summary>Half-width in z, µm; likewise. Default 2.</summary>
    public double AxialRadiusUm { get; init => field = Require.Positive(value); } = 2;

    /// <summary>How bright a bead is at least, as a share of the brightest, both above background. Default 0.2.</summary>
    public double LeastBrightness { get; init => field = Require.InRange(value, 0.01, 1.0); } = 0.2;

    /// <summary>Fewest beads to average. Default 3: from fewer, a cluster taken for a bead is not noticed.</summary>
    public int FewestBeads { get; init => field = Require.Positive(value); } = 3;
}
