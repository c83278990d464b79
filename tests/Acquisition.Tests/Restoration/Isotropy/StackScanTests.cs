using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration.Isotropy;

public sealed class StackScanTests
{
    private static readonly IsotropicScanOptions Widths = new() { PsfLateralUm = 0.5, PsfAxialUm = 2 };

    /// <summary>Pixels of 0.5 µm in planes 2 µm apart.</summary>
    private static ScanPlan Plan(int z = 4) => Scans.Plan(z: z, undersampling: Factors.One);

    [Fact]
    public void Restored_planes_lie_as_far_apart_as_pixels_and_begin_at_the_first_acquired_one()
    {
        var scan = new StackScan(Plan(), Widths, null);

        Assert.Equal(4, scan.Ratio);
        Assert.Equal(new VolumeShape(16, 10, 12), scan.Grid.Shape);
        Assert.Equal(new VoxelSize { ZUm = 0.5, YUm = 0.5, XUm = 0.5 }, scan.Grid.VoxelSize);
        Assert.Equal(default, scan.Grid.OriginUm);
    }

    [Fact]
    public void Widths_are_full_ones_at_half_maximum_and_become_pixels()
    {
        // FWHM = 2 √(2 ln 2) σ.
        double perSigma = 2 * Math.Sqrt(2 * Math.Log(2)) * 0.5;
        foreach (StackScan scan in new[]
        {
            new StackScan(Plan(), Widths, null),
            new StackScan(Plan() with { PsfFwhm = new VoxelSize { ZUm = 2, YUm = 0.5, XUm = 0.5 } }, new IsotropicScanOptions(), null),
        })
        {
            Assert.Equal(0.5 / perSigma, scan.Psf.Gaussian!.Value.LateralPx, 12);
            Assert.Equal(2 / perSigma, scan.Psf.Gaussian!.Value.AxialPx, 12);
        }
    }

    [Fact]
    public void Spacing_that_is_no_whole_number_of_pixels_is_taken_as_it_is()
    {
        ScanPlan plan = Plan(z: 10);
        var scan = new StackScan(plan with { VoxelSize = plan.VoxelSize with { ZUm = 5.1 } }, Widths, null);
        Assert.Equal(10.2, scan.Ratio, 12);
        Assert.Equal(102, scan.Grid.Shape.Z);
        Assert.Equal(0.5, scan.Grid.VoxelSize.ZUm, 12);
    }

    public static TheoryData<string, Func<ScanPlan, ScanPlan>, IsotropicScanOptions> Refused => new()
    {
        { "undersampled by 1,2,2", plan => plan with { Undersampling = new(1, 2, 2) }, Widths },
        { "too few planes", plan => plan with { Shape = plan.Shape with { Z = 3 } }, Widths },
        { "0.5 pixels apart", plan => plan with { VoxelSize = plan.VoxelSize with { ZUm = 0.25 } }, Widths },
        { "as high as wide", plan => plan with { VoxelSize = plan.VoxelSize with { YUm = 0.6 } }, Widths },
        { "0.4 µm wide in z and 0.5 µm", plan => plan, Widths with { PsfAxialUm = 0.4 } },
        { "isotropy.psf_lateral_um and isotropy.psf_axial_um, or isotropy.beads_file", plan => plan, new IsotropicScanOptions() },
        { "not round", plan => plan with { PsfFwhm = new VoxelSize { ZUm = 2, YUm = 0.5, XUm = 0.6 } }, new IsotropicScanOptions() },
    };

    [Theory, MemberData(nameof(Refused))]
    public void What_cannot_be_made_isotropic_is_refused_with_the_reason(string reason, Func<ScanPlan, ScanPlan> with, IsotropicScanOptions options)
    {
        ArgumentNullException.ThrowIfNull(with);
        Assert.Contains(reason, Assert.Throws<RestorationException>(() => new StackScan(with(Plan()), options, null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Beads_give_the_blur_at_the_scans_pixels_and_are_refused_where_it_is_the_wrong_way_round()
    {
        var cubes = new VoxelSize { ZUm = 0.1, YUm = 0.1, XUm = 0.1 };
        ScanPlan plan = Plan() with { VoxelSize = cubes with { ZUm = 0.4 } };
        using (FloatVolume upright = Beads(sigmaZ: 3, sigmaYx: 1))
        {
            var (z, y, x) = new StackScan(plan, new IsotropicScanOptions(), (upright, cubes)).Psf.Deviations();
            // Cut off at 1 % of the peak, a Gaussian loses a little of its width.
            Assert.InRange(z, 2.7, 3.05);
            Assert.InRange(y, 0.9, 1.05);
            Assert.Equal(y, x, 2);
            Assert.Contains("pixel size", Refusal(upright, cubes with { YUm = 0.06, XUm = 0.06 }), StringComparison.Ordinal);
        }

        using FloatVolume flat = Beads(sigmaZ: 0.7, sigmaYx: 1.4);
        Assert.Contains("wider in z", Refusal(flat, cubes), StringComparison.Ordinal);

        string Refusal(FloatVolume beads, VoxelSize voxel) =>
            Assert.Throws<RestorationException>(() => new StackScan(plan, new IsotropicScanOptions(), (beads, voxel))).Message;
    }

    /// <summary>Four Gaussian beads far from each other, widths in voxels.</summary>
    private static FloatVolume Beads(double sigmaZ, double sigmaYx)
    {
        var volume = new FloatVolume(new VolumeShape(60, 60, 60));
        for (int z = 0; z < volume.Shape.Z; z++)
        {
            Span<float> plane = volume.Plane(z);
            foreach (var (y0, x0) in ((int, int)[])[(15, 15), (15, 45), (45, 15), (45, 45)])
            {
                for (int i = 0; i < plane.Length; i++)
                {
                    double dz = (z - 30) / sigmaZ, dy = (i / 60 - y0) / sigmaYx, dx = (i % 60 - x0) / sigmaYx;
                    plane[i] += (float)(1000 * Math.Exp(-(dz * dz + dy * dy + dx * dx) / 2));
                }
            }
        }

        return volume;
    }
}
