using Acquisition.Core;

namespace Acquisition.HardwareSim.Optics;

/// <summary>Gaussian point spread function, given by its full widths at half maximum.</summary>
internal sealed record PointSpread
{
    private const double WaterIndex = 1.33;

    // A Gaussian's full width at half maximum over its standard deviation.
    private static readonly double FwhmPerSigma = 2 * Math.Sqrt(2 * Math.Log(2));

    public required VoxelSize FwhmUm { get; init; }

    /// <summary>Detection at NA 0.5 and 520 nm in water, thinned along z by a Gaussian light sheet.</summary>
    /// <remarks>Detection FWHM: 0.51·λ/NA across and 0.88·λ/(n − √(n² − NA²)) along the axis. The sheet multiplies the axial
    /// profile, and a product of Gaussians is a Gaussian whose inverse squared widths add.</remarks>
    /// <param name="sheetUm">FWHM of the sheet; micrometres.</param>
    public static PointSpread LightSheet(double sheetUm = 2.5)
    {
        const double Aperture = 0.5;
        const double EmissionUm = 0.52;
        double lateral = 0.51 * EmissionUm / Aperture;
        double detection = 0.88 * EmissionUm / AxialTerm(Aperture);
        double axial = 1 / Math.Sqrt(1 / (detection * detection) + 1 / (sheetUm * sheetUm));
        return new() { FwhmUm = new() { ZUm = axial, YUm = lateral, XUm = lateral } };
    }

    /// <summary>Squared intensity of excitation at NA 0.8 and 920 nm in water (Zipfel, Williams and Webb 2003, table 1).</summary>
    public static PointSpread TwoPhoton()
    {
        const double Aperture = 0.8;
        const double ExcitationUm = 0.92;

        // The paper gives 1/e radii; the FWHM is 2·√(ln 2) of one.
        double perRadius = 2 * Math.Sqrt(Math.Log(2));
        double lateral = perRadius * 0.325 * ExcitationUm / (Math.Sqrt(2) * Math.Pow(Aperture, 0.91));
        double axial = perRadius * 0.532 * ExcitationUm / Math.Sqrt(2) / AxialTerm(Aperture);
        return new() { FwhmUm = new() { ZUm = axial, YUm = lateral, XUm = lateral } };
    }

    /// <summary>The same out of focus: widths add as their squares.</summary>
    /// <param name="blurUm">FWHM of the blur on every axis; micrometres.</param>
    public PointSpread Widened(double blurUm)
    {
        double Add(double fwhmUm) => Math.Sqrt(fwhmUm * fwhmUm + blurUm * blurUm);
        return new() { FwhmUm = new() { ZUm = Add(FwhmUm.ZUm), YUm = Add(FwhmUm.YUm), XUm = Add(FwhmUm.XUm) } };
    }

    /// <summary>Blurs a volume. Beyond a border the volume is mirrored, so the field's edge does not darken.</summary>
    public FloatVolume Blur(FloatVolume volume, VoxelSize voxel)
    {
        volume = Kernel(FwhmUm.ZUm / voxel.ZUm).Apply(volume, axis: 0);
        volume = Kernel(FwhmUm.YUm / voxel.YUm).Apply(volume, axis: 1);
        return Kernel(FwhmUm.XUm / voxel.XUm).Apply(volume, axis: 2);
    }

    // Sampled, not integrated: a plane narrower than its distance to the next sees only what it meets.
    private static AxisFilter Kernel(double fwhmVoxels)
    {
        double sigma = fwhmVoxels / FwhmPerSigma;
        int radius = (int)Math.Ceiling(4 * sigma); // leaves 6e-5 of the light out
        double[] weights = [.. Enumerable.Range(-radius, 2 * radius + 1).Select(i => Math.Exp(-i * i / (2 * sigma * sigma)))];
        double sum = weights.Sum();
        return new AxisFilter([.. weights.Select(weight => weight / sum)], -radius);
    }

    private static double AxialTerm(double aperture) =>
        WaterIndex - Math.Sqrt(WaterIndex * WaterIndex - aperture * aperture);
}
