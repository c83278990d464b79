using Acquisition.Core;
using Acquisition.HardwareSim;
using Acquisition.HardwareSim.Optics;
using Xunit;

namespace Acquisition.Tests.HardwareSim;

public sealed class RasterScanTests
{
    private static readonly VolumeShape Shape = new(3, 7, 64);

    [Theory]
    [InlineData(0.3, 1)]
    [InlineData(-1.7, 1)]
    [InlineData(0.5, 2)]
    [InlineData(2, 4)]
    public void Odd_rows_show_a_smooth_specimen_further_along_x_by_that_much(double phasePx, int factor)
    {
        double At(double x) => 100 + 50 * Math.Sin(x / (4 * factor));
        FloatVolume fine = Rows(Shape with { X = 64 * factor }, (_, x) => At(x));
        FloatVolume scanned = RasterScan.Apply(fine, phasePx, factor, volume => Undersampling.Apply(volume, new(1, 1, factor), SamplingKernel.Box));
        FloatVolume straight = Undersampling.Apply(fine, new(1, 1, factor), SamplingKernel.Box);
        FloatVolume shifted = Undersampling.Apply(Rows(fine.Shape, (_, x) => At(x - phasePx * factor)), new(1, 1, factor), SamplingKernel.Box);

        for (int i = 0; i < scanned.Samples.Length; i++)
        {
            int x = i % 64, y = i / 64 % 7;
            if (y % 2 == 0) Assert.Equal(straight.Samples[i], scanned.Samples[i]);
            else if (x is >= 5 and < 59) Assert.Equal(shifted.Samples[i], scanned.Samples[i], 0.1); // the borders are mirrored
        }
    }

    [Fact]
    public void Without_a_shift_the_volume_is_what_was_sampled()
    {
        FloatVolume fine = Rows(Shape, (y, x) => y + x);
        Assert.Same(fine, RasterScan.Apply(fine, 0, 1, volume => volume));
    }

    [Fact]
    public void The_fine_volume_stays_as_it_was()
    {
        FloatVolume fine = Rows(Shape, (y, x) => y * x % 13);
        float[] before = [.. fine.Samples];
        Assert.NotEqual(before, RasterScan.Apply(fine, 1.5, 1, volume => volume).Samples);
        Assert.Equal(before, fine.Samples);
    }

    private static FloatVolume Rows(VolumeShape shape, Func<int, int, double> sample)
    {
        var volume = new FloatVolume(shape);
        for (int i = 0; i < volume.Samples.Length; i++) volume.Samples[i] = (float)sample(i / shape.X % shape.Y, i % shape.X);
        return volume;
    }
}
