using Acquisition.Conditioning;
using Acquisition.Core;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Conditioning;

public sealed class HotPixelFilterTests : ConditioningCase
{
    [Fact]
    public void Pixels_that_add_the_same_in_every_plane_are_found_and_replaced_by_the_median_around_them()
    {
        VolumeBuffer volume = Conditioned(Scan("nuclei"));
        VolumeShape shape = volume.Shape;
        float[] before = Samples(volume);
        int[] hot = [0, 77, 5000, 5001, shape.PlaneVoxels - 1]; // a corner, one alone, two together, another corner
        for (int z = 0; z < shape.Z; z++)
            foreach (int i in hot) volume.Plane<float>(z)[i] += 2000;
        float[] with = Samples(volume);

        Assert.Equal(hot.Length, new HotPixelFilter(shape, PixelType.UInt16).Clean(volume, []));

        float[] cleaned = Samples(volume);
        for (int i = 0; i < cleaned.Length; i++)
        {
            int pixel = i % shape.PlaneVoxels;
            float expected = hot.Contains(pixel) ? Median(with, shape, i) : before[i];
            Assert.Equal(expected, cleaned[i]);
        }
    }

    [Theory]
    [InlineData("beads")]
    [InlineData("nuclei")]
    [InlineData("neurites")]
    public void A_specimen_without_hot_pixels_stays_as_it_is(string specimen)
    {
        VolumeBuffer volume = Conditioned(Scan(specimen)), before = Copy(volume);
        Assert.Equal(0, new HotPixelFilter(volume.Shape, PixelType.UInt16).Clean(volume, []));
        Assert.Equal(Bytes(before), Bytes(volume));
    }

    [Theory]
    [InlineData(20, 18, 1)]
    [InlineData(20, 17, 0)]
    [InlineData(3, 3, 0)]
    [InlineData(4, 4, 1)]
    [InlineData(4, 3, 0)]
    public void Nine_tenths_of_at_least_four_planes_must_agree(int planes, int hotPlanes, int expected)
    {
        var random = new Random(5);
        VolumeBuffer volume = Floats(new(planes, 20, 20), (z, y, x) => random.Next(90, 110) + (z < hotPlanes && y == 7 && x == 9 ? 500 : 0));
        Assert.Equal(expected, new HotPixelFilter(volume.Shape, PixelType.UInt16).Clean(volume, []));
    }

    [Fact]
    public void Missing_planes_neither_count_nor_change()
    {
        var random = new Random(6);
        int[] missing = [1, 2];
        VolumeBuffer volume = Floats(new(6, 20, 20), (z, y, x) => missing.Contains(z) ? 0 : random.Next(90, 110) + (y == 7 && x == 9 ? 500 : 0));
        Assert.Equal(1, new HotPixelFilter(volume.Shape, PixelType.UInt16).Clean(volume, missing));
        Assert.All(volume.Plane<float>(1).ToArray(), sample => Assert.Equal(0, sample));
    }

    private VolumeBuffer Conditioned(VolumeBuffer raw) => Floats(raw.Shape, (z, y, x) => raw.Plane<ushort>(z)[y * raw.Shape.X + x]);

    /// <summary>Of the 3×3 samples around; beyond a border, the border's sample counts.</summary>
    private static float Median(float[] samples, VolumeShape shape, int at)
    {
        int z = at / shape.PlaneVoxels, y = at % shape.PlaneVoxels / shape.X, x = at % shape.X;
        var around = new List<float>();
        for (int dy = -1; dy <= 1; dy++)
        {
            for (int dx = -1; dx <= 1; dx++)
                around.Add(samples[z * shape.PlaneVoxels + Math.Clamp(y + dy, 0, shape.Y - 1) * shape.X + Math.Clamp(x + dx, 0, shape.X - 1)]);
        }

        return around.Order().ElementAt(4);
    }
}
