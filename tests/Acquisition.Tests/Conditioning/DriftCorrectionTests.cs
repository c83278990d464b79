using Acquisition.Conditioning;
using Acquisition.Core;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Conditioning;

public sealed class DriftCorrectionTests : ConditioningCase
{
    private static readonly VoxelSize Voxel = new() { ZUm = 2, YUm = 0.5, XUm = 0.25 };

    [Theory]
    [InlineData("neurites", 0, 0, 0)]
    [InlineData("neurites", 2, -5, 3)]
    [InlineData("neurites", -3, 7, -11)]
    [InlineData("nuclei", 1, 4, -6)]
    public void A_shift_by_whole_samples_is_found_in_other_noise(string specimen, int dz, int dy, int dx)
    {
        VolumeBuffer first = Crop(Scan(specimen, seed: 1), 0, 0, 0), second = Crop(Noisy(Scan(specimen, seed: 1)), dz, dy, dx);
        var correction = new DriftCorrection(first.Shape, Voxel, corrects: false);
        byte[] before = Bytes(second);

        Drift start = correction.Correct(new(3, 0), first, []), drift = correction.Correct(new(9, 0), second, []);

        Assert.Equal(new Displacement(0, 0, 0), start.Px);
        Assert.Equal(new VolumeIndex(3, 0), drift.Against);
        Assert.Equal(dz, Assert.NotNull(drift.Px.Z), 0.15);
        Assert.Equal(dy, Assert.NotNull(drift.Px.Y), 0.35);
        Assert.Equal(dx, Assert.NotNull(drift.Px.X), 0.35);
        Assert.Equal(new Displacement(2 * drift.Px.Z, 0.5 * drift.Px.Y, 0.25 * drift.Px.X), drift.Um);
        Assert.Equal(new Displacement(0, 0, 0), drift.CorrectedPx);
        Assert.Equal(before, Bytes(second));
    }

    [Theory]
    [InlineData(2, -5, 3)]
    [InlineData(-3, 4, -6)]
    public void Where_it_is_asked_for_a_volume_comes_back_to_where_the_first_one_lies(int dz, int dy, int dx)
    {
        VolumeBuffer first = Crop(Scan("neurites"), 0, 0, 0), second = Crop(Scan("neurites"), dz, dy, dx);
        double before = Difference(first, second);
        var correction = new DriftCorrection(first.Shape, Voxel, corrects: true);
        correction.Correct(new(0, 0), first, []);
        Drift drift = correction.Correct(new(1, 0), second, []);

        Assert.Equal(dz, drift.CorrectedPx.Z);
        Assert.Equal(drift.Px.X, drift.CorrectedPx.X);
        double after = Difference(first, second);
        Assert.True(after < before / 2, $"{before} before, {after} after");
    }

    [Fact]
    public void A_volume_that_lacks_planes_is_neither_measured_nor_moved_in_z()
    {
        VolumeBuffer first = Crop(Scan("neurites"), 0, 0, 0), second = Crop(Scan("neurites"), 2, -5, 3);
        var correction = new DriftCorrection(first.Shape, Voxel, corrects: true);
        correction.Correct(new(0, 0), first, []);
        second.Plane(5).Clear();
        Drift drift = correction.Correct(new(1, 0), second, [5]);

        Assert.Null(drift.Px.Z);
        Assert.Null(drift.Um.Z);
        Assert.Equal(0, drift.CorrectedPx.Z);
        Assert.Equal(-5, Assert.NotNull(drift.Px.Y), 0.35);
        Assert.All(second.Plane<float>(5).ToArray(), sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void Another_specimen_is_not_taken_for_one_that_moved()
    {
        VolumeBuffer first = Crop(Scan("neurites", seed: 1), 0, 0, 0), second = Crop(Scan("nuclei", seed: 2), 0, 0, 0);
        var correction = new DriftCorrection(first.Shape, Voxel, corrects: true);
        correction.Correct(new(0, 0), first, []);
        byte[] before = Bytes(second);
        Drift drift = correction.Correct(new(1, 0), second, []);

        Assert.Equal(default, drift.Px);
        Assert.Equal(new Displacement(0, 0, 0), drift.CorrectedPx);
        Assert.Equal(before, Bytes(second));
    }

    [Fact]
    public void An_empty_volume_has_no_drift()
    {
        VolumeBuffer empty = Floats(new(10, 32, 32), (_, _, _) => 0);
        var correction = new DriftCorrection(empty.Shape, Voxel, corrects: true);
        correction.Correct(new(0, 0), empty, []);
        Assert.Equal(default, correction.Correct(new(1, 0), empty, []).Px);
    }

    /// <summary>Shows the specimen further along each axis by that much, and 16×72×96 samples of it.</summary>
    private VolumeBuffer Crop(VolumeBuffer raw, int dz, int dy, int dx) =>
        Floats(new(16, 72, 96), (z, y, x) => raw.Plane<ushort>(z + 4 - dz)[(y + 12 - dy) * raw.Shape.X + x + 16 - dx]);

    /// <summary>The same counts with more noise, which is not that of the first volume.</summary>
    private VolumeBuffer Noisy(VolumeBuffer raw)
    {
        var random = new Random(12);
        return Words(raw.Shape, (z, y, x) => raw.Plane<ushort>(z)[y * raw.Shape.X + x] + random.Next(40));
    }

    private static double Difference(VolumeBuffer a, VolumeBuffer b)
    {
        double sum = 0;
        for (int z = 4; z < 12; z++)
            for (int y = 10; y < 62; y++)
                for (int x = 12; x < 84; x++)
                {
                    double d = a.Plane<float>(z)[y * 96 + x] - b.Plane<float>(z)[y * 96 + x];
                    sum += d * d;
                }
        return sum;
    }
}
