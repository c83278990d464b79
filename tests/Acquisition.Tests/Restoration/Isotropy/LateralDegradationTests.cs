using Acquisition.Restoration.Isotropy;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration.Isotropy;

public sealed class LateralDegradationTests
{
    [Theory]
    [InlineData(5, 33, 3, 7, "4.0")]
    [InlineData(12, 40, 1, 5, "2.5")]
    [InlineData(3, 20, 5, 31, "10.2")]
    [InlineData(4, 17, 3, 3, "1.0")]
    [InlineData(2, 8, 1, 1, "8.0")]
    public void Blurs_thins_out_and_interpolates_as_scipy_does(int height, int width, int kernelHeight, int kernelWidth, string ratio)
    {
        using var oracle = new RestorationOracle();
        RestorationOracle.RunScript("isotropy.py", "degrade", oracle.Folder, $"{height},{width}", $"{kernelHeight},{kernelWidth}", ratio);
        float[] plane = oracle.Floats("plane"), wanted = oracle.Floats("degraded"), found = new float[plane.Length];
        var kernel = new PlaneKernel(kernelHeight, kernelWidth, [.. oracle.Floats("kernel").Select(value => (double)value)]);
        var degradation = new LateralDegradation(kernel, double.Parse(ratio, System.Globalization.CultureInfo.InvariantCulture));
        degradation.Apply(plane, height, width, LateralAxis.X, found);
        Assert.InRange(Volumes.MaxError(wanted, found), 0, 2e-6);

        // Along y it is the same, with the plane and its result turned.
        float[] turned = Turned(plane, height, width);
        degradation.Apply(turned, width, height, LateralAxis.Y, turned);
        Assert.Equal(found, Turned(turned, width, height));
    }

    [Fact]
    public void Without_blur_the_samples_that_stay_are_where_they_were()
    {
        var random = new Random(2);
        float[] plane = [.. Enumerable.Range(0, 3 * 30).Select(_ => random.NextSingle())], found = new float[90];
        new LateralDegradation(PlaneKernel.Identity, 7).Apply(plane, 3, 30, LateralAxis.X, found);
        for (int y = 0; y < 3; y++)
        {
            for (int x = 0; x < 30; x += 7) Assert.Equal(plane[y * 30 + x], found[y * 30 + x]);
            Assert.Equal(plane[y * 30 + 28], found[y * 30 + 29], 0.2f);
        }
    }

    [Fact]
    public void Noise_has_the_variance_of_its_photons_and_its_reading_and_returns_with_its_seed()
    {
        const int width = 400, height = 400;
        float[] plane = new float[width * height], first = new float[plane.Length], second = new float[plane.Length];
        foreach (var (level, photons) in new[] { (0.5f, 10.0), (0.5f, 400.0), (0f, 50.0) })
        {
            Array.Fill(plane, level);
            var degradation = new LateralDegradation(PlaneKernel.Identity, 1, new() { PhotonsPerUnit = photons, ReadSigma = 0.02 });
            degradation.Apply(plane, height, width, LateralAxis.X, first, seed: 5);
            degradation.Apply(plane, height, width, LateralAxis.X, second, seed: 5);
            Assert.Equal(first, second);
            degradation.Apply(plane, height, width, LateralAxis.X, second, seed: 6);
            Assert.NotEqual(first, second);
            double mean = first.Average(sample => (double)sample), variance = first.Average(sample => (sample - mean) * (sample - mean));
            double expected = level / photons + 0.02 * 0.02;
            // Five standard errors of a mean, and of a variance, of 160,000 samples.
            Assert.Equal(level, mean, 5 * Math.Sqrt(expected / plane.Length));
            Assert.Equal(expected, variance, 5 * expected * Math.Sqrt(2.5 / plane.Length));
        }
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        var degradation = new LateralDegradation(PlaneKernel.Identity, 2);
        Assert.Throws<ArgumentException>(() => degradation.Apply(new float[11], 3, 4, LateralAxis.X, new float[12]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LateralDegradation(PlaneKernel.Identity, 0.5));
    }

    private static float[] Turned(float[] plane, int height, int width) =>
        [.. from x in Enumerable.Range(0, width) from y in Enumerable.Range(0, height) select plane[y * width + x]];
}
