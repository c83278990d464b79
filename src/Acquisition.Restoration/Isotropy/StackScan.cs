using System.Globalization;
using Acquisition.Core;

namespace Acquisition.Restoration.Isotropy;

/// <summary>A scan whose stacks are to be made isotropic: how far its planes lie apart, and how its microscope blurs.</summary>
public sealed class StackScan
{
    /// <summary>Cubic interpolation takes this many planes.</summary>
    private const int FewestPlanes = 4;

    /// <summary>By how much widths in y and x may differ, and pixel sizes of beads and scan.</summary>
    private const double Tolerance = 0.1;

    /// <param name="beads">What <see cref="IsotropicScanOptions.BeadsFile"/> holds, and its voxel size; <see langword="null"/> where none is given.</param>
    /// <exception cref="RestorationException">The scan is undersampled within planes, planes lie closer than pixels or are too few, or the point
    /// spread function is unknown, not round or narrower in z than in y and x.</exception>
    public StackScan(ScanPlan plan, IsotropicScanOptions options, (FloatVolume Stack, VoxelSize Voxel)? beads)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        if (plan.Undersampling is not { Y: 1, X: 1 })
            throw new RestorationException($"The scan is undersampled by {plan.Undersampling} (z,y,x). Isotropic models restore along z; with Y and X undersampled too, take self-vision.");
        if (plan.Shape.Z < FewestPlanes)
            throw new RestorationException($"A stack of {plan.Shape} (z,y,x) has too few planes; isotropic models take {FewestPlanes} or more.");
        Ratio = SamplingRatio.Of(plan.VoxelSize);
        Shape = plan.Shape;
        Psf = beads is { } measured ? Measure(measured.Stack, measured.Voxel, plan.VoxelSize) : FromWidths(plan, options);
        Grid = new RestoredGrid
        {
            Shape = AxialUpsampling.Shape(plan.Shape, Ratio),
            VoxelSize = plan.VoxelSize with { ZUm = plan.VoxelSize.ZUm / Ratio },
            OriginUm = default,
        };
    }

    public VolumeShape Shape { get; }

    /// <summary>Pixels from plane to plane.</summary>
    public double Ratio { get; }

    /// <summary>At the scan's pixel size.</summary>
    public PointSpreadFunction Psf { get; }

    /// <summary>Plane σ·k of restored volumes stands where acquired plane k does.</summary>
    public RestoredGrid Grid { get; }

    private static PointSpreadFunction FromWidths(ScanPlan plan, IsotropicScanOptions options)
    {
        if (options is not { PsfLateralUm: { } lateral, PsfAxialUm: { } axial })
        {
            if (plan.PsfFwhm is not { } announced)
            {
                throw new RestorationException(
                    "How the microscope blurs is not known: it did not announce psf_um. Give isotropy.psf_lateral_um and isotropy.psf_axial_um, or isotropy.beads_file.");
            }

            if (Math.Abs(announced.YUm / announced.XUm - 1) > Tolerance)
                throw new RestorationException($"The microscope announced a point spread function of {announced} (z, y, x), which is not round; isotropic models take one as wide in y as in x.");
            (lateral, axial) = ((announced.YUm + announced.XUm) / 2, announced.ZUm);
        }

        if (axial < lateral)
        {
            throw new RestorationException(string.Create(CultureInfo.InvariantCulture,
                $"The point spread function is {axial:0.###} µm wide in z and {lateral:0.###} µm in y and x; isotropic models undo a blur that is wider in z. Were the two exchanged?"));
        }

        return PointSpreadFunction.FromGaussian(
            PointSpreadFunction.SigmaOfFwhm(lateral), PointSpreadFunction.SigmaOfFwhm(axial), plan.VoxelSize.XUm);
    }

    private static PointSpreadFunction Measure(FloatVolume beads, VoxelSize voxel, VoxelSize scan)
    {
        if (Math.Abs(voxel.XUm / scan.XUm - 1) > Tolerance)
        {
            throw new RestorationException(string.Create(CultureInfo.InvariantCulture,
                $"The beads' pixels are {voxel.XUm:0.####} µm and the scan's {scan.XUm:0.####} µm; a point spread function is measured at the pixel size that is scanned with."));
        }

        var psf = PointSpreadFunction.FromBeads(beads, voxel);
        var (z, y, x) = psf.Deviations();
        if (Math.Max(x, y) > (1 + 2 * Tolerance) * Math.Min(x, y))
        {
            throw new RestorationException(string.Create(CultureInfo.InvariantCulture,
                $"The beads are {y:0.##} pixels wide in y and {x:0.##} in x (standard deviations), which is not round; align the microscope, or give isotropy.psf_lateral_um and isotropy.psf_axial_um."));
        }

        return z >= Math.Min(x, y) ? psf : throw new RestorationException(string.Create(CultureInfo.InvariantCulture,
            $"The beads are {z:0.##} pixels long in z and {x:0.##} wide in x (standard deviations); isotropic models undo a blur that is wider in z."));
    }
}
