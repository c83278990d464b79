using Acquisition.HardwareSim;
using Acquisition.HardwareSim.Optics;
using Xunit;

namespace Acquisition.Tests.HardwareSim;

public sealed class DetectorTests
{
    private const int Exposures = 200_000;

    // Five standard errors: the seed is fixed, so this fails for a wrong law and for nothing else.
    private const double Tolerance = 5;

    // Both sides of 10, where the method changes.
    [Theory]
    [InlineData(0.3)]
    [InlineData(4)]
    [InlineData(9.9)]
    [InlineData(10.1)]
    [InlineData(40)]
    public void Shot_noise_follows_Poisson(double mean)
    {
        var random = new SeededRandom(11);
        int[] seen = new int[200];
        for (int i = 0; i < Exposures; i++) seen[(int)ShotNoise.Poisson(mean, random)]++;

        // Pearson's χ² over the counts expected at least 20 times; mean and variance of χ² are k and 2k.
        double chiSquare = 0;
        int bins = 0;
        double probability = Math.Exp(-mean);
        for (int count = 0; count < seen.Length; count++)
        {
            double expected = Exposures * probability;
            if (expected >= 20)
            {
                chiSquare += (seen[count] - expected) * (seen[count] - expected) / expected;
                bins++;
            }

            probability *= mean / (count + 1);
        }

        Assert.InRange(chiSquare, bins - Tolerance * Math.Sqrt(2 * bins), bins + Tolerance * Math.Sqrt(2 * bins));
    }

    [Theory]
    [InlineData(3.0)]
    [InlineData(500.0)]
    [InlineData(20_000.0)]
    public void A_camera_adds_offset_read_noise_and_shot_noise(double photons)
    {
        Detector camera = Detector.Camera with { OffsetAdu = 100, GainAdu = 2, ReadNoise = 3 };
        (double mean, double variance) = Expose(camera, photons);

        // Rounding to whole counts adds a twelfth.
        double expected = 4 * (photons + 9) + 1.0 / 12;
        Assert.Equal(100 + 2 * photons, mean, Tolerance * Math.Sqrt(expected / Exposures));
        Assert.Equal(1, variance / expected, Tolerance * Math.Sqrt(2.0 / Exposures) * 1.1);
    }

    [Fact]
    public void A_photomultiplier_makes_shot_noise_larger_by_the_excess_noise()
    {
        Detector tube = Detector.Photomultiplier with { GainAdu = 20, ExcessNoise = 1.25 };
        (double mean, double variance) = Expose(tube, 30);

        Assert.Equal(600, mean, Tolerance * 20 * Math.Sqrt(1.25 * 30 / Exposures));
        Assert.Equal(1.25 * 30 * 400, variance, 1.25 * 30 * 400 * 0.03);
    }

    [Fact]
    public void Counts_saturate_at_both_ends()
    {
        var random = new SeededRandom(1);
        Assert.Equal(65_535, Detector.Camera.Expose(1e6f, random));
        Detector noisy = Detector.Camera with { OffsetAdu = 0, ReadNoise = 50 };
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(noisy.Expose(0, random), 0, 65_535));
        Assert.Equal(0, Detector.Photomultiplier.Expose(-3, random));
    }

    [Fact]
    public void A_noiseless_detector_counts_what_is_expected()
    {
        Detector ideal = Detector.Camera with { OffsetAdu = 100, GainAdu = 2, Noiseless = true };
        Assert.Equal(116, ideal.Expose(7.9f, new SeededRandom(1)));
        Assert.Equal(115.8, ideal.Ideal(7.9f), 1e-4);
    }

    private static (double Mean, double Variance) Expose(Detector detector, double photons)
    {
        var random = new SeededRandom(5);
        double[] counts = [.. Enumerable.Range(0, Exposures).Select(_ => (double)detector.Expose((float)photons, random))];
        double mean = counts.Average();
        return (mean, counts.Sum(count => (count - mean) * (count - mean)) / (Exposures - 1));
    }
}
