using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration.Isotropy;

public sealed class IsotropyQualityTests
{
    [Fact]
    public void White_noise_is_isotropic()
    {
        using FloatVolume noise = Volumes.Random(new(48, 50, 54), 3);
        Assert.All(IsotropyQuality.PowerRatio(noise, 8), ratio => Assert.Equal(1, ratio, 0.15));
        Assert.All(IsotropyQuality.AxialPowerRatio(noise, 8), ratio => Assert.Equal(1, ratio, 0.15));
    }

    [Fact]
    public void Power_is_taken_at_equal_frequencies_though_extents_differ()
    {
        // A wave along y lies in xy planes only: none of its power is in xz planes.
        using FloatVolume wave = Volumes.From(new(40, 64, 30), (_, y, _) => Math.Sin(2 * Math.PI * y * 0.25));
        using FloatVolume along = Volumes.From(new(64, 40, 30), (z, _, _) => Math.Sin(2 * Math.PI * z * 0.25));
        Assert.True(IsotropyQuality.PowerRatio(wave, 10)[5] < 1e-9);
        Assert.True(IsotropyQuality.PowerRatio(along, 10)[5] > 1e9);

        // A wave along the diagonal of y and z is seen alike from both sides, at 0.2 periods a pixel.
        using FloatVolume diagonal = Volumes.From(new(60, 60, 20), (z, y, _) => Math.Sin(2 * Math.PI * (y + z) * 0.2));
        Assert.Equal(1, IsotropyQuality.PowerRatio(diagonal, 10)[4], 0.02);
    }

    [Fact]
    public void Axial_blur_shows_as_missing_power()
    {
        // Mirrored borders are blurred less than the rest, so they are left out.
        var shape = new VolumeShape(128, 64, 64);
        using FloatVolume noise = Volumes.Random(shape, 3), all = new(shape), blurred = new(shape with { Z = 96 });
        using (var blur = new VolumeBlur(shape, PointSpreadFunction.FromGaussian(0.2, 3, 1), 1)) blur.Apply(noise, all, TestContext.Current.CancellationToken);
        for (int z = 0; z < 96; z++) all.Plane(z + 16).CopyTo(blurred.Plane(z));
        // Of white noise, power exp(−(2π·3·f)²) is left at an axial frequency f; a plane also sums over the frequencies across it.
        const double f = 8.5 / 32;
        double across = Enumerable.Range(0, 4000).Average(i => Left(i / 4000.0 - 0.5));
        double ring = Mean(0, Math.PI), nearZ = Mean(Math.PI / 4, Math.PI / 2), nearX = Mean(0, Math.PI / 4);
        Assert.Equal(ring / across, IsotropyQuality.PowerRatio(blurred, 16)[8], 0.1 * ring / across);
        Assert.Equal(nearZ / nearX, IsotropyQuality.AxialPowerRatio(blurred, 16)[8], 0.1 * nearZ / nearX + 1e-3);
        Assert.True(nearZ < 0.001 * nearX);

        static double Left(double axial) => Math.Exp(-Math.Pow(2 * Math.PI * 3 * axial, 2));
        static double Mean(double from, double to) => Enumerable.Range(0, 4000).Average(i => Left(f * Math.Sin(from + (to - from) * (i + 0.5) / 4000)));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(2.5)]
    public void A_volume_that_would_look_as_it_was_acquired_leaves_no_residual(double ratio)
    {
        var shape = new VolumeShape(41, 12, 13);
        PlaneKernel split = SplitPsf.Gaussian(new(1, 3));
        using FloatVolume truth = Volumes.Rods(shape, 5), acquired = Acquire(truth, ratio, split);
        RedegradationResidual none = IsotropyQuality.Residual(truth, acquired, ratio, split);
        Assert.Equal(0, none.Rms, 1e-6);

        // Brighter by 0.1 everywhere, it misses just that.
        using FloatVolume brighter = Volumes.From(shape, (z, y, x) => truth.Plane(z)[y * 13 + x] + 0.1);
        Assert.Equal(0.1, IsotropyQuality.Residual(brighter, acquired, ratio, split).Rms, 1e-5);
        float[] samples = Volumes.Samples(acquired);
        double mean = samples.Average(s => (double)s), deviation = Math.Sqrt(samples.Average(s => (s - mean) * (s - mean)));
        Assert.Equal(0.1 / deviation, IsotropyQuality.Residual(brighter, acquired, ratio, split).Relative, 1e-3);
    }

    [Fact]
    public void Blur_along_z_alone_is_the_whole_functions_where_that_blurs_along_z_alone()
    {
        var shape = new VolumeShape(33, 10, 11);
        double[] bell = [.. Enumerable.Range(-6, 13).Select(i => Math.Exp(-i * i / 8.0))];
        PointSpreadFunction line = PointSpreadFunction.FromSamples(new(13, 1, 1), [.. bell.Select(value => (float)value)], 1);
        using FloatVolume restored = Volumes.Rods(shape, 5), acquired = Volumes.Random(new(9, 10, 11), 6);
        RedegradationResidual along = IsotropyQuality.Residual(restored, acquired, 4, new PlaneKernel(1, 13, bell));
        RedegradationResidual whole = IsotropyQuality.Residual(restored, acquired, 4, line, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(whole.Rms, along.Rms, 1e-6);
    }

    [Fact]
    public void Volumes_that_do_not_reach_the_last_acquired_plane_are_refused()
    {
        using FloatVolume restored = new(new(16, 4, 4)), acquired = new(new(5, 4, 4));
        Assert.Throws<ArgumentException>(() => IsotropyQuality.Residual(restored, acquired, 4, PlaneKernel.Identity));
    }

    /// <summary>By its definition, sample by sample: blur along z, mirrored; linear between planes.</summary>
    private static FloatVolume Acquire(FloatVolume truth, double ratio, PlaneKernel kernel)
    {
        VolumeShape shape = truth.Shape;
        int planes = SamplingRatio.CoarseCount(shape.Z, ratio), radius = kernel.Width / 2;
        return Volumes.From(new(planes, shape.Y, shape.X), (k, y, x) =>
        {
            int below = (int)(k * ratio);
            double share = k * ratio - below;
            return (1 - share) * At(below) + (share > 0 ? share * At(below + 1) : 0);

            double At(int z) => Enumerable.Range(-radius, 2 * radius + 1).Sum(d =>
            {
                int from = z - d;
                while (from < 0 || from >= shape.Z) from = from < 0 ? -1 - from : 2 * shape.Z - 1 - from;
                return (double)kernel.Weights[radius + d] * truth.Plane(from)[y * shape.X + x];
            });
        });
    }
}
