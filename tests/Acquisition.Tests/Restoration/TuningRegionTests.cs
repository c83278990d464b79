using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Training;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration;

public sealed class TuningRegionTests
{
    [Fact]
    public void A_small_volume_is_used_as_it_is()
    {
        using FloatVolume volume = Volumes.Random(new(4, 20, 20), 1);
        Assert.Null(TuningRegion.Of(volume));
    }

    [Fact]
    public void Of_a_large_volume_the_window_with_the_structure_is_cut_out()
    {
        var shape = new VolumeShape(6, 300, 400);
        // Stripes in one corner, darkness elsewhere; the value tells where it comes from.
        using FloatVolume volume = Volumes.From(shape, (z, y, x) => y >= 200 && x < 100 ? x % 2 * (1 + z) : 0);
        using FloatVolume? region = TuningRegion.Of(volume, maxVoxels: 6 * 75 * 100);

        Assert.NotNull(region);
        Assert.Equal(new VolumeShape(6, 75, 100), region.Shape);
        for (int z = 0; z < 6; z++)
            Assert.All(region.Plane(z).ToArray().Select((value, i) => (value, i)), v => Assert.Equal(v.i % 100 % 2 * (1 + z), v.value));
    }
}
