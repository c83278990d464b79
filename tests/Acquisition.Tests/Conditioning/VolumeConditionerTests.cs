using Acquisition.Conditioning;
using Acquisition.Core;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Conditioning;

public sealed class VolumeConditionerTests : ConditioningCase
{
    private static readonly VolumeShape Shape = new(3, 4, 5);

    [Theory]
    [InlineData(PixelType.UInt8)]
    [InlineData(PixelType.UInt16)]
    [InlineData(PixelType.Float32)]
    public void Each_sample_loses_its_dark_level_and_is_divided_by_the_flat_field_scaled_to_a_mean_of_one(PixelType type)
    {
        VolumeBuffer raw = Empty(Shape, type);
        float Sample(int z, int i) => 40 + 3 * i + 7 * z;
        for (int z = 0; z < Shape.Z; z++)
        {
            for (int i = 0; i < 20; i++)
            {
                if (type == PixelType.UInt8) raw.Plane(z)[i] = (byte)Sample(z, i);
                else if (type == PixelType.UInt16) raw.Plane<ushort>(z)[i] = (ushort)Sample(z, i);
                else raw.Plane<float>(z)[i] = Sample(z, i);
            }
        }

        float[] dark = [.. Enumerable.Range(0, 20).Select(i => 10 + 0.25f * i)], flat = [.. Enumerable.Range(0, 20).Select(i => 200f + 10 * i)];
        var conditioner = new VolumeConditioner(Plan(Shape, type), new ConditioningOptions(), Picture("dark", dark), Picture("flat", flat));
        VolumeBuffer made = Empty(Shape);
        ConditioningReport report = conditioner.Condition(default, raw, [], made);

        Assert.Equal(["offset", "flat field"], report.Steps);
        double mean = flat.Average(value => (double)value);
        for (int z = 0; z < Shape.Z; z++)
            for (int i = 0; i < 20; i++)
                Assert.Equal((Sample(z, i) - dark[i]) / (flat[i] / mean), made.Plane<float>(z)[i], 1e-4);
    }

    [Fact]
    public void An_offset_may_leave_values_below_zero_and_raw_stays_as_it_came()
    {
        VolumeBuffer raw = Words(Shape, (z, y, x) => 95 + z + y + x), before = Copy(raw), made = Empty(Shape);
        ConditioningReport report = new VolumeConditioner(Plan(Shape), new ConditioningOptions { OffsetAdu = 100 }).Condition(default, raw, [], made);

        Assert.Equal(["offset"], report.Steps);
        Assert.Equal(-5, made.Plane<float>(0)[0]);
        Assert.Equal(4, made.Plane<float>(2)[3 * 5 + 4]);
        Assert.Equal(Bytes(before), Bytes(raw));
        Assert.Null(report.HotPixels);
        Assert.Null(report.LinePhase);
        Assert.Null(report.Drift);
    }

    [Fact]
    public void Missing_planes_become_zero_and_samples_that_are_not_finite_as_well_but_only_these_are_counted()
    {
        VolumeBuffer raw = Floats(Shape, (z, _, x) => z == 1 ? 0 : x == 2 ? double.NaN : 50), made = Empty(Shape);
        ConditioningReport report = new VolumeConditioner(Plan(Shape, PixelType.Float32), new ConditioningOptions { OffsetAdu = 10 })
            .Condition(default, raw, [1], made);

        Assert.Equal(8, report.NonFiniteSamples);
        Assert.All(made.Plane<float>(1).ToArray(), sample => Assert.Equal(0, sample));
        Assert.Equal([40, 40, 0, 40, 40], made.Plane<float>(2)[..5].ToArray());
    }

    [Fact]
    public void A_picture_of_another_size_refuses_the_scan_and_says_both_sizes()
    {
        var dark = new CalibrationImage("dark.tif", 4, 6, new float[24]);
        var fault = Assert.Throws<ScanRefusedException>(() => new VolumeConditioner(Plan(Shape), new ConditioningOptions(), dark));
        Assert.Contains("frames of 4×5", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'dark.tif' is 4×6", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    [InlineData(float.NaN)]
    public void A_flat_field_that_samples_cannot_be_divided_by_is_refused_with_the_first_such_pixel(float bad)
    {
        float[] flat = [.. Enumerable.Repeat(5f, 20)];
        flat[7] = flat[19] = bad;
        var fault = Assert.Throws<DataFormatException>(() =>
            new VolumeConditioner(Plan(Shape), new ConditioningOptions(), flat: Picture("flat.tif", flat)));
        Assert.Contains("'flat.tif' has 2 pixel(s) that are not above zero, the first at y 1, x 2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_differ_with_every_setting_and_with_the_pixels_of_the_pictures()
    {
        float[] ones = [.. Enumerable.Repeat(1f, 20)], others = [.. ones];
        others[3] = 2;
        ConditioningOptions none = new();
        string[] settings =
        [
            Settings(none with { OffsetAdu = 1 }), Settings(none with { OffsetAdu = 1.5 }), Settings(none, dark: ones), Settings(none, dark: others),
            Settings(none, flat: others), Settings(none with { HotPixels = true }), Settings(none with { LinePhase = true }),
            Settings(none with { CorrectDrift = true }),
        ];

        Assert.Equal(settings.Length, settings.Distinct().Count());
        Assert.Equal(settings[3], Settings(none, dark: [.. others]));
        // What is only reported changes no pixel.
        Assert.Equal(Settings(none), Settings(none with { ReportDrift = true }));
    }

    [Fact]
    public void Volumes_come_out_alike_in_any_order_and_however_often_they_are_conditioned()
    {
        VolumeBuffer[] raw = [Scan("neurites", 0.4, seed: 1), Scan("neurites", 1.2, seed: 2), Scan("neurites", -0.7, seed: 3)];
        var options = new ConditioningOptions { OffsetAdu = 3, HotPixels = true, LinePhase = true, ReportDrift = true };
        byte[][] Made(params int[] order)
        {
            var conditioner = new VolumeConditioner(Plan(raw[0].Shape), options);
            var made = new byte[raw.Length][];
            foreach (int t in order)
            {
                VolumeBuffer to = Empty(raw[t].Shape);
                conditioner.Condition(new VolumeIndex(t, 0), raw[t], [], to);
                made[t] = Bytes(to);
            }

            return made;
        }

        Assert.Equal(Made(0, 1, 2), Made(2, 0, 1, 0));
    }

    private static CalibrationImage Picture(string name, float[] pixels) => new(name, 4, 5, pixels);

    private static string Settings(ConditioningOptions options, float[]? dark = null, float[]? flat = null) => new VolumeConditioner(
        Plan(Shape), options, dark is null ? null : Picture("dark", dark), flat is null ? null : Picture("flat", flat)).Settings;
}
