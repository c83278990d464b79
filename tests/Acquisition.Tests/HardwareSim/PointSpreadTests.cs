using Acquisition.Core;
using Acquisition.HardwareSim;
using Acquisition.HardwareSim.Optics;
using Acquisition.HardwareSim.Phantoms;
using Xunit;

namespace Acquisition.Tests.HardwareSim;

public sealed class PointSpreadTests
{
    private const double FwhmPerSigma = 2.354820045;

    private static readonly Field Field = new(new VolumeShape(40, 40, 40), new() { ZUm = 0.5, YUm = 0.2, XUm = 0.1 });

    // On a voxel's centre, between two, and anywhere.
    public static TheoryData<double, double, double> Places => new()
    {
        { 20.5 * 0.5, 20.5 * 0.2, 20.5 * 0.1 },
        { 20 * 0.5, 20 * 0.2, 20 * 0.1 },
        { 10.17, 3.93, 2.078 },
    };

    [Theory, MemberData(nameof(Places))]
    public void A_bead_is_as_wide_as_the_point_spread_and_lies_where_it_was_put(double z, double y, double x)
    {
        var fwhm = new VoxelSize { ZUm = 2.4, YUm = 0.7, XUm = 0.5 };
        var volume = new FloatVolume(Field.Shape);
        new Beads(Field, seed: 1, moving: false).Add(volume, new PointUm(z, y, x), 1);

        FloatVolume image = new PointSpread { FwhmUm = fwhm }.Blur(volume, Field.Voxel);

        Moments(image, out double[] mean, out double[] deviation);
        double[] place = [z, y, x];
        double[] expected = [fwhm.ZUm / FwhmPerSigma, fwhm.YUm / FwhmPerSigma, fwhm.XUm / FwhmPerSigma];
        Assert.Equal(1, image.Samples.Sum(), 1e-4);
        for (int axis = 0; axis < 3; axis++)
        {
            Assert.Equal(place[axis], mean[axis], 1e-3);
            Assert.InRange(deviation[axis], 0.98 * expected[axis], 1.02 * expected[axis]);
        }
    }

    [Fact]
    public void The_sheet_thins_the_detection_along_z()
    {
        // By hand: 0.51·0.52/0.5; 0.88·0.52/(1.33 − √(1.33² − 0.5²)) = 4.690; 1/√(1/4.690² + 1/2.5²).
        VoxelSize fwhm = PointSpread.LightSheet(sheetUm: 2.5).FwhmUm;
        Assert.Equal(0.5304, fwhm.XUm, 1e-3);
        Assert.Equal(0.5304, fwhm.YUm, 1e-3);
        Assert.Equal(2.206, fwhm.ZUm, 5e-3);
    }

    [Fact]
    public void Two_photon_excitation_is_narrower_across_and_longer_for_its_width()
    {
        // By hand: 1.6651·0.325·0.92/(√2·0.8^0.91) and 1.6651·0.532·0.92/√2/(1.33 − √(1.33² − 0.8²)).
        VoxelSize fwhm = PointSpread.TwoPhoton().FwhmUm;
        Assert.Equal(0.4313, fwhm.XUm, 1e-3);
        Assert.Equal(2.154, fwhm.ZUm, 5e-3);
        VoxelSize sheet = PointSpread.LightSheet().FwhmUm;
        Assert.True(fwhm.XUm < sheet.XUm && fwhm.ZUm / fwhm.XUm > sheet.ZUm / sheet.XUm);
    }

    [Fact]
    public void An_even_specimen_stays_even_up_to_the_border()
    {
        var volume = new FloatVolume(new VolumeShape(5, 6, 7));
        volume.Samples.AsSpan().Fill(3);

        FloatVolume image = PointSpread.LightSheet().Blur(volume, Field.Voxel);

        Assert.All(image.Samples, sample => Assert.Equal(3, sample, 1e-4));
    }

    private static void Moments(FloatVolume image, out double[] mean, out double[] deviation)
    {
        VolumeShape shape = image.Shape;
        double[] first = new double[3];
        double[] second = new double[3];
        double sum = 0;
        for (int i = 0; i < image.Samples.Length; i++)
        {
            double[] p =
            [
                (i / shape.PlaneVoxels + 0.5) * Field.Voxel.ZUm,
                (i / shape.X % shape.Y + 0.5) * Field.Voxel.YUm,
                (i % shape.X + 0.5) * Field.Voxel.XUm,
            ];
            sum += image.Samples[i];
            for (int axis = 0; axis < 3; axis++)
            {
                first[axis] += image.Samples[i] * p[axis];
                second[axis] += image.Samples[i] * p[axis] * p[axis];
            }
        }

        mean = [.. first.Select(moment => moment / sum)];
        deviation = [.. second.Select((moment, axis) => Math.Sqrt(moment / sum - first[axis] / sum * (first[axis] / sum)))];
    }
}
