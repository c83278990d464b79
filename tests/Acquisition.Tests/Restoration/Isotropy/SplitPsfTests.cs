using Acquisition.Restoration.Isotropy;
using Xunit;

namespace Acquisition.Tests.Restoration.Isotropy;

public sealed class SplitPsfTests
{
    /// <summary>Largest sum of absolute differences accepted between lateral blur after the split kernel, and axial blur.</summary>
    private const double Acceptance = 0.05;

    public static TheoryData<double, double> Widths => new() { { 2, 8 }, { 1.2, 3.6 }, { 3, 5 }, { 1, 10 } };

    [Theory, MemberData(nameof(Widths))]
    public void Lateral_blur_after_the_split_kernel_is_axial_blur(double lateral, double axial)
    {
        PointSpreadFunction psf = PointSpreadFunction.FromGaussian(lateral, axial, 1);
        Assert.InRange(Difference(psf, SplitPsf.Of(psf, DegradationKernel.Split)), 0, Acceptance);
    }

    [Theory, MemberData(nameof(Widths))]
    public void So_it_is_where_the_function_is_known_by_its_samples_alone(double lateral, double axial)
    {
        PointSpreadFunction gaussian = PointSpreadFunction.FromGaussian(lateral, axial, 1);
        PointSpreadFunction psf = PointSpreadFunction.FromSamples(gaussian.Shape, gaussian.Values, 1);
        PlaneKernel split = SplitPsf.Of(psf, DegradationKernel.Split);
        Assert.InRange(Difference(psf, split), 0, Acceptance);
        Assert.All(split.Weights.ToArray(), weight => Assert.True(weight >= 0));
        Assert.Equal(1, split.Weights.ToArray().Sum(weight => (double)weight), 1e-5);
    }

    [Fact]
    public void So_it_is_for_a_blur_that_is_no_gaussian()
    {
        // A hollow cone out of focus: the farther from the focal plane, the wider the disc, with a soft edge.
        const int rz = 12, r = 8;
        var values = new List<float>();
        for (int z = -rz; z <= rz; z++)
        {
            double radius = 1 + 0.35 * Math.Abs(z), area = 0;
            var plane = new List<double>();
            for (int y = -r; y <= r; y++)
            {
                for (int x = -r; x <= r; x++) plane.Add(1 / (1 + Math.Exp(3 * (Math.Sqrt(y * y + x * x) - radius))));
            }
            area = plane.Sum();
            values.AddRange(plane.Select(value => (float)(value / area * Math.Exp(-z * z / 50.0))));
        }
        PointSpreadFunction psf = PointSpreadFunction.FromSamples(new(2 * rz + 1, 2 * r + 1, 2 * r + 1), [.. values], 1);
        Assert.InRange(Difference(psf, SplitPsf.Of(psf, DegradationKernel.Split)), 0, Acceptance);
    }

    [Fact]
    public void A_gaussian_splits_into_a_line()
    {
        PlaneKernel split = SplitPsf.Gaussian(new(LateralPx: 2, AxialPx: 8));
        Assert.Equal(1, split.Height);
        double variance = 0;
        for (int x = 0; x < split.Width; x++) variance += split.Weights[x] * Math.Pow(x - split.Width / 2, 2);
        Assert.Equal(7.746, Math.Sqrt(variance), 0.04);
        Assert.Same(PlaneKernel.Identity, SplitPsf.Gaussian(new(2, 2)));
    }

    [Fact]
    public void Full_blur_is_the_function_on_its_side()
    {
        PlaneKernel full = SplitPsf.Of(PointSpreadFunction.FromGaussian(2, 8, 1), DegradationKernel.Full);
        Assert.Equal((17, 65), (full.Height, full.Width));
        Assert.Equal(Math.Exp(-4 / 8.0 - 64 / 128.0), full.Weights[10 * 65 + 40] / full.Weights[8 * 65 + 32], 1e-5);
    }

    [Fact]
    public void The_notebooks_kernel_is_the_notebooks()
    {
        PlaneKernel kernel = SplitPsf.CsbDeep(new(2, 8));
        int centre = kernel.Height / 2 * kernel.Width + kernel.Width / 2;
        Assert.Equal(Math.Exp(-1 / 8.0 - 9 / 72.0), kernel.Weights[centre + kernel.Width + 3] / kernel.Weights[centre], 1e-5);
        PointSpreadFunction measured = PointSpreadFunction.FromSamples(new(1, 1, 1), [1], 1);
        Assert.Throws<ArgumentException>(() => SplitPsf.Of(measured, DegradationKernel.CsbDeep));
    }

    private static double Difference(PointSpreadFunction psf, PlaneKernel split)
    {
        PlaneKernel wanted = psf.Rotated().Marginal(), lateral = psf.MadeIsotropic().Marginal();
        int ry = Math.Max(wanted.Height, lateral.Height + split.Height) / 2 + 1, rx = Math.Max(wanted.Width, lateral.Width + split.Width) / 2 + 1;
        var difference = new double[2 * ry + 1, 2 * rx + 1];
        for (int i = 0; i < wanted.Weights.Length; i++)
            difference[ry + i / wanted.Width - wanted.Height / 2, rx + i % wanted.Width - wanted.Width / 2] = -wanted.Weights[i];
        for (int i = 0; i < lateral.Weights.Length; i++)
        {
            for (int j = 0; j < split.Weights.Length; j++)
            {
                int y = ry + i / lateral.Width - lateral.Height / 2 + j / split.Width - split.Height / 2;
                int x = rx + i % lateral.Width - lateral.Width / 2 + j % split.Width - split.Width / 2;
                difference[y, x] += (double)lateral.Weights[i] * split.Weights[j];
            }
        }
        return difference.Cast<double>().Sum(Math.Abs);
    }
}
