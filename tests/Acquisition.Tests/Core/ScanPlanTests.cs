using Acquisition.Core;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Core;

public sealed class ScanPlanTests
{
    /// <summary>Planes 2 µm apart and pixels of 0.5 µm, as on a grid of 0.5 µm on all axes.</summary>
    private static readonly ScanPlan Isotropic = Scans.Plan(z: 4, y: 10, x: 12, undersampling: Factors.One) with
    {
        Grid = new() { Shape = new(13, 10, 12), VoxelSize = new() { ZUm = 0.5, YUm = 0.5, XUm = 0.5 }, OriginUm = default },
    };

    [Fact]
    public void How_much_finer_a_restored_grid_is_follows_its_voxels()
    {
        Assert.Equal((1, 2, 4), Scans.Plan(undersampling: new(1, 2, 4)).RestoredScale);
        Assert.Equal((4, 1, 1), Isotropic.RestoredScale);
        Assert.Equal((2.5, 1, 1), (Isotropic with { VoxelSize = new() { ZUm = 1.25, YUm = 0.5, XUm = 0.5 } }).RestoredScale);
    }

    [Fact]
    public void A_restored_sample_lies_in_a_scanned_one()
    {
        ScanPlan plan = Scans.Plan(z: 4, y: 10, x: 12, undersampling: new(1, 2, 4));
        Assert.Equal(new SamplePoint(3, 2, 2), plan.Scanned(new(3, 5, 11)));
        Assert.Equal(new SamplePoint(3, 9, 11), plan.Scanned(new(3, 19, 47)));
        Assert.Equal(new SamplePoint(0, 5, 11), Isotropic.Scanned(new(0, 5, 11)));
        Assert.Equal(new SamplePoint(3, 9, 11), Isotropic.Scanned(new(12, 9, 11)));
    }
}
