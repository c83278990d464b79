using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration.Isotropy;

public sealed class RichardsonLucyTests
{
    // Transforms in single precision, ratios of small numbers and repeated products: errors stay below this share of the brightest voxel.
    private const double Tolerance = 2e-4;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    public void Restores_what_scikit_image_restores(int iterations)
    {
        // The oracle continues volumes with zeros; this one has zeros wide enough at its borders that both continuations are one.
        var shape = new VolumeShape(40, 28, 31);
        using var oracle = new RestorationOracle();
        RestorationOracle.RunScript("isotropy.py", "lucy", oracle.Folder, "40,28,31", "1.0,2.0", $"{iterations}");
        using FloatVolume volume = oracle.Volume("volume", shape), restored = new(shape);
        using var lucy = new RichardsonLucy(shape, PointSpreadFunction.FromGaussian(1, 2, 1));
        lucy.Restore(volume, restored, iterations, TestContext.Current.CancellationToken);
        float[] wanted = oracle.Floats("restored");
        Assert.InRange(Volumes.MaxError(wanted, Volumes.Samples(restored)), 0, Tolerance * wanted.Max());
    }

    [Theory]
    [InlineData(13, 20, 21, 25, 30, 32)]
    [InlineData(5, 40, 7, 18, 50, 18)]
    public void Continues_volumes_as_their_mirror_images(int z, int y, int x, int paddedZ, int paddedY, int paddedX)
    {
        var shape = new VolumeShape(z, y, x);
        using var oracle = new RestorationOracle();
        PointSpreadFunction psf = PointSpreadFunction.FromGaussian(1.1, 1.5, 1);
        Assert.Equal(new(paddedZ, paddedY, paddedX), VolumeBlur.Padded(shape, psf));
        RestorationOracle.RunScript("isotropy.py", "lucy-mirrored", oracle.Folder, $"{z},{y},{x}", "1.1,1.5", "12", $"{paddedZ},{paddedY},{paddedX}");
        using FloatVolume volume = oracle.Volume("volume", shape), restored = new(shape);
        using var lucy = new RichardsonLucy(shape, psf);
        lucy.Restore(volume, restored, 12, TestContext.Current.CancellationToken);
        float[] wanted = oracle.Floats("restored");
        Assert.InRange(Volumes.MaxError(wanted, Volumes.Samples(restored)), 0, Tolerance * wanted.Max());
    }

    [Theory]
    [InlineData(7, 12, 18, 3, 5, 7)]
    [InlineData(4, 33, 9, 5, 3, 9)]
    [InlineData(2, 3, 5, 5, 5, 9)]
    public void Blurs_with_uneven_functions_as_scipy_does(int z, int y, int x, int pz, int py, int px)
    {
        var shape = new VolumeShape(z, y, x);
        using var oracle = new RestorationOracle();
        RestorationOracle.RunScript("isotropy.py", "convolve", oracle.Folder, $"{z},{y},{x}", $"{pz},{py},{px}");
        PointSpreadFunction psf = PointSpreadFunction.FromSamples(new(pz, py, px), oracle.Floats("psf"), 1);
        using FloatVolume volume = oracle.Volume("volume", shape), blurred = new(shape);
        using var blur = new VolumeBlur(shape, psf, 2);
        blur.Apply(volume, blurred, TestContext.Current.CancellationToken);
        Assert.InRange(Volumes.MaxError(oracle.Floats("convolved"), Volumes.Samples(blurred)), 0, 1e-6);

        // One iteration from a constant is the adjoint of the blur.
        using var lucy = new RichardsonLucy(shape, psf);
        lucy.Restore(volume, blurred, 1, TestContext.Current.CancellationToken);
        Assert.InRange(Volumes.MaxError(oracle.Floats("correlated"), Volumes.Samples(blurred)), 0, 1e-6);
    }

    [Fact]
    public void Threads_and_repetition_change_no_bit()
    {
        var shape = new VolumeShape(9, 21, 34);
        PointSpreadFunction psf = PointSpreadFunction.FromGaussian(1, 2, 1);
        using FloatVolume volume = Volumes.Rods(shape, 3), one = new(shape), two = new(shape);
        using (var lucy = new RichardsonLucy(shape, psf)) lucy.Restore(volume, one, 4, TestContext.Current.CancellationToken);
        using (var lucy = new RichardsonLucy(shape, psf, threads: 3))
        {
            lucy.Restore(one, two, 2, TestContext.Current.CancellationToken);
            lucy.Restore(volume, two, 4, TestContext.Current.CancellationToken);
        }
        Assert.Equal(Volumes.Samples(one), Volumes.Samples(two));
    }

    [Fact]
    public void Nothing_negative_or_not_finite_goes_in_or_comes_out()
    {
        var shape = new VolumeShape(8, 16, 16);
        PointSpreadFunction psf = PointSpreadFunction.FromGaussian(1, 2, 1);
        using FloatVolume bad = Volumes.Rods(shape, 3), good = Volumes.Rods(shape, 3), fromBad = new(shape), fromGood = new(shape);
        foreach (var (at, value) in new[] { (5, float.NaN), (70, float.PositiveInfinity), (90, float.NegativeInfinity), (200, -3f) })
        {
            bad.Plane(4)[at] = value;
            good.Plane(4)[at] = 0;
        }
        using var lucy = new RichardsonLucy(shape, psf);
        lucy.Restore(bad, fromBad, 6, TestContext.Current.CancellationToken);
        lucy.Restore(good, fromGood, 6, TestContext.Current.CancellationToken);
        Assert.Equal(Volumes.Samples(fromGood), Volumes.Samples(fromBad));
        Assert.All(Volumes.Samples(fromBad), sample => Assert.True(float.IsFinite(sample) && sample >= 0, $"{sample}"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12.5)]
    public void A_constant_stays_what_it_is(double value)
    {
        var shape = new VolumeShape(6, 10, 11);
        using FloatVolume volume = Volumes.From(shape, (_, _, _) => value);
        using var lucy = new RichardsonLucy(shape, PointSpreadFunction.FromGaussian(0.8, 1.4, 1), threads: 2);
        lucy.Restore(volume, volume, 15, TestContext.Current.CancellationToken);
        Assert.All(Volumes.Samples(volume), sample => Assert.Equal(value, sample, 1e-4));
    }

    [Fact]
    public void A_blurred_point_becomes_narrower_and_keeps_its_light()
    {
        var shape = new VolumeShape(45, 25, 25);
        PointSpreadFunction psf = PointSpreadFunction.FromGaussian(1.2, 3.6, 1);
        using FloatVolume point = Volumes.From(shape, (z, y, x) => (z, y, x) == (22, 12, 12) ? 1000 : 0), blurred = new(shape), restored = new(shape);
        using (var blur = new VolumeBlur(shape, psf, 1)) blur.Apply(point, blurred, TestContext.Current.CancellationToken);
        using var lucy = new RichardsonLucy(shape, psf);
        lucy.Restore(blurred, restored, 30, TestContext.Current.CancellationToken);
        Assert.True(restored.Plane(22)[12 * 25 + 12] > 8 * blurred.Plane(22)[12 * 25 + 12]);
        Assert.Equal(1000, Volumes.Samples(restored).Sum(sample => (double)sample), 0.1);
    }

    [Fact]
    public void Says_how_much_memory_it_takes()
    {
        // 40×24×30 and a function of 33×9×9 need 72×32×40: two spectra of 21 columns in 2·32 floats a row, and one volume of 48 floats a row.
        long bytes = RichardsonLucy.BytesNeeded(new(40, 24, 30), PointSpreadFunction.FromGaussian(1, 4, 1));
        Assert.Equal(4L * 72 * (2 * (32 * 64 + 16) + 32 * 48), bytes);
    }

    [Fact]
    public void Refuses_volumes_of_another_shape()
    {
        using FloatVolume small = new(new(4, 8, 8));
        using var lucy = new RichardsonLucy(new(4, 8, 9), PointSpreadFunction.FromGaussian(1, 2, 1));
        Assert.Throws<ArgumentException>(() => lucy.Restore(small, small, 1, TestContext.Current.CancellationToken));
    }
}
