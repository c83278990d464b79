using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration.Isotropy;

public sealed class PointSpreadFunctionTests
{
    [Fact]
    public void A_gaussian_has_the_standard_deviations_it_was_asked_for()
    {
        // 0.2 and 0.8 µm at 0.1 µm are 2 and 8 pixels; cutting off at 4 of them takes 0.05 % of each.
        PointSpreadFunction psf = PointSpreadFunction.FromGaussian(0.2, 0.8, 0.1);
        Assert.Equal(new VolumeShape(65, 17, 17), psf.Shape);
        Assert.Equal(1, Sum(psf), 1e-5);
        Assert.Equal((8, 2, 2), Deviations(psf), Within(0.005));
        Assert.Equal(0.2, PointSpreadFunction.SigmaOfFwhm(0.2 * 2.354820), 1e-6);
    }

    [Fact]
    public void Turning_exchanges_z_and_x()
    {
        var random = new Random(3);
        float[] values = [.. Enumerable.Range(0, 3 * 5 * 7).Select(_ => random.NextSingle())];
        PointSpreadFunction psf = PointSpreadFunction.FromSamples(new(3, 5, 7), values, 0.1), turned = psf.Rotated();
        Assert.Equal(new VolumeShape(7, 5, 3), turned.Shape);
        for (int z = 0; z < 3; z++)
        {
            for (int y = 0; y < 5; y++)
            {
                for (int x = 0; x < 7; x++) Assert.Equal(psf.Values[(z * 5 + y) * 7 + x], turned.Values[(x * 5 + y) * 3 + z], 1e-8f);
            }
        }
    }

    [Theory]
    [InlineData(IsotropicAverage.FocalPlane, 1.5)]
    [InlineData(IsotropicAverage.AllDirections, 2.2)]
    public void A_sampled_function_made_isotropic_is_as_wide_as_its_focal_plane_or_wider(IsotropicAverage average, double atLeast)
    {
        // As samples, so that the Gaussian's closed form is not taken.
        PointSpreadFunction gaussian = PointSpreadFunction.FromGaussian(1.5, 4, 1);
        PointSpreadFunction psf = PointSpreadFunction.FromSamples(gaussian.Shape, gaussian.Values, 1), isotropic = psf.MadeIsotropic(average);
        var (z, y, x) = Deviations(isotropic);
        Assert.Equal(z, y, 1e-4);
        Assert.Equal(y, x, 1e-4);
        Assert.True(x > atLeast - 0.02, $"{x}");
        if (average == IsotropicAverage.FocalPlane) Assert.Equal(1.5, x, 0.02);
    }

    [Fact]
    public void A_marginal_is_the_sum_over_z()
    {
        PlaneKernel marginal = PointSpreadFunction.FromSamples(new(3, 1, 3), [1, 2, 3, 4, 5, 6, 7, 8, 9], 1).Marginal();
        Assert.Equal((1, 3), (marginal.Height, marginal.Width));
        Assert.Equal([12 / 45f, 15 / 45f, 18 / 45f], marginal.Weights.ToArray().Select(w => w), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Functions_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PointSpreadFunction.FromGaussian(0, 1, 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PointSpreadFunction.FromGaussian(1, 200, 0.0001));
        Assert.Throws<ArgumentException>(() => PointSpreadFunction.FromSamples(new(2, 1, 1), [1, 1], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PointSpreadFunction.FromSamples(new(1, 1, 1), [0], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PointSpreadFunction.FromSamples(new(1, 1, 1), [float.NaN], 1));
    }

    [Fact]
    public void Beads_give_the_blur_that_made_them()
    {
        // Eight beads off the grid by fractions of a voxel, on a background, with noise; planes 3 pixels apart.
        VoxelSize voxel = new() { ZUm = 0.3, YUm = 0.1, XUm = 0.1 };
        using FloatVolume beads = Beads(new(41, 110, 200), sigmaPx: 2, sigmaPlanes: 1.6, noise: 2);
        PointSpreadFunction psf = PointSpreadFunction.FromBeads(beads, voxel, new() { LateralRadiusUm = 1, AxialRadiusUm = 2.4, FewestBeads = 8 });
        Assert.Equal(0.1, psf.PitchUm);
        var (z, y, x) = Deviations(psf);
        // Where the values below 1 % of the peak are left out, a Gaussian's deviation falls by 4 %.
        Assert.InRange(x, 2 * 0.93, 2 * 1.03);
        Assert.InRange(y, 2 * 0.93, 2 * 1.03);
        Assert.InRange(z, 4.8 * 0.93, 4.8 * 1.03);
        Assert.Equal(0, Mean(psf).X, 0.05);
        Assert.Equal(0, Mean(psf).Z, 0.1);
    }

    [Fact]
    public void Too_few_beads_are_refused_with_what_was_found()
    {
        VoxelSize voxel = new() { ZUm = 0.3, YUm = 0.1, XUm = 0.1 };
        using FloatVolume beads = Beads(new(41, 110, 200), 2, 1.6, 2), dark = new(new(20, 40, 40));
        string message = Assert.Throws<RestorationException>(() => PointSpreadFunction.FromBeads(beads, voxel, new() { LateralRadiusUm = 3, AxialRadiusUm = 2.4 })).Message;
        Assert.Contains("of 8 found", message, StringComparison.Ordinal);
        Assert.Contains("near another", message, StringComparison.Ordinal);
        Assert.Contains("of 0 found", Assert.Throws<RestorationException>(() => PointSpreadFunction.FromBeads(dark, voxel)).Message, StringComparison.Ordinal);
        Assert.Throws<RestorationException>(() => PointSpreadFunction.FromBeads(beads, voxel with { YUm = 0.2 }));
    }

    private static FloatVolume Beads(VolumeShape shape, double sigmaPx, double sigmaPlanes, double noise)
    {
        var random = new Random(11);
        (double Z, double Y, double X)[] places = [.. Enumerable.Range(0, 8).Select(i =>
            (20 + random.NextDouble() - 0.5, 28.0 + i / 4 * 50 + random.NextDouble(), 28.0 + i % 4 * 46 + random.NextDouble()))];
        return Volumes.From(shape, (z, y, x) =>
        {
            double light = 100 + noise * (random.NextDouble() - 0.5);
            foreach (var place in places)
            {
                double dz = (z - place.Z) / sigmaPlanes, dy = (y - place.Y) / sigmaPx, dx = (x - place.X) / sigmaPx, square = dz * dz + dy * dy + dx * dx;
                if (square < 60) light += 1000 * Math.Exp(-square / 2);
            }
            return light;
        });
    }

    private static double Sum(PointSpreadFunction psf) => psf.Values.ToArray().Sum(value => (double)value);

    private static (double Z, double Y, double X) Mean(PointSpreadFunction psf) => Moment(psf, (d, _) => d, default);

    private static (double Z, double Y, double X) Deviations(PointSpreadFunction psf)
    {
        var (z, y, x) = Moment(psf, (d, mean) => (d - mean) * (d - mean), Mean(psf));
        return (Math.Sqrt(z), Math.Sqrt(y), Math.Sqrt(x));
    }

    private static (double Z, double Y, double X) Moment(PointSpreadFunction psf, Func<double, double, double> of, (double Z, double Y, double X) mean)
    {
        double sumZ = 0, sumY = 0, sumX = 0;
        VolumeShape shape = psf.Shape;
        for (int i = 0; i < psf.Values.Length; i++)
        {
            double value = psf.Values[i];
            sumZ += value * of(i / shape.PlaneVoxels - shape.Z / 2, mean.Z);
            sumY += value * of(i / shape.X % shape.Y - shape.Y / 2, mean.Y);
            sumX += value * of(i % shape.X - shape.X / 2, mean.X);
        }
        return (sumZ, sumY, sumX);
    }

    private static Func<(double Z, double Y, double X), (double Z, double Y, double X), bool> Within(double share) => (a, b) =>
        Math.Abs(a.Z - b.Z) < share * a.Z && Math.Abs(a.Y - b.Y) < share * a.Y && Math.Abs(a.X - b.X) < share * a.X;
}
