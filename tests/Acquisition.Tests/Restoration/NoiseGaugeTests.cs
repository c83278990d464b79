using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration;

public sealed class NoiseGaugeTests
{
    private static readonly VolumeShape Shape = new(12, 60, 64);

    [Theory, InlineData(0.01), InlineData(0.2)]
    public void The_deviation_of_normal_noise_is_found_on_any_smooth_background(double deviation)
    {
        using FloatVolume volume = Noisy(deviation, (z, y, x) => 1 + Math.Sin(0.1 * x) + 0.02 * y * z);
        Assert.Equal(deviation, NoiseGauge.Deviation(volume), 0.05 * deviation);
    }

    [Theory, InlineData(1, 2, 2), InlineData(2, 2, 2), InlineData(4, 4, 4)]
    public void What_is_missed_of_pure_noise_is_noise(int z, int y, int x)
    {
        using FloatVolume volume = Noisy(0.3, (_, _, _) => 2);
        Assert.InRange(NoiseGauge.Share(volume, new Factors(z, y, x), 1, TestContext.Current.CancellationToken), 0.85, 1);
    }

    [Fact]
    public void What_is_missed_of_clean_edges_is_not()
    {
        // Cubic interpolation misses the steps; nine tenths of the volume are flat.
        using FloatVolume volume = Noisy(0.001, (z, y, x) => x / 16 % 2 + y / 16 % 2);
        Assert.InRange(NoiseGauge.Share(volume, new Factors(2, 2, 2), 1, TestContext.Current.CancellationToken), 0, 0.05);
    }

    private static FloatVolume Noisy(double deviation, Func<int, int, int, double> signal)
    {
        var random = new Random(9);
        return Volumes.From(Shape, (z, y, x) => signal(z, y, x)
            + deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }
}
