using Acquisition.Core;
using Acquisition.Restoration;
using Xunit;

namespace Acquisition.Tests.Restoration;

public sealed class IntensityScaleTests : IDisposable
{
    private readonly VolumePool _pool = new(64 << 20);

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(PixelType.UInt16)]
    [InlineData(PixelType.Float32)]
    public void A_ramp_gives_the_percentiles_of_the_formula(PixelType type)
    {
        // 0, 1, … 19999 in every order: percentile p lies at p · 19999.
        VolumeBuffer volume = Filled(type, new(2, 100, 100), i => i * 7919 % 20_000);

        IntensityScale scale = IntensityScale.Measure(volume, []);

        Assert.Equal(0.001 * 19_999, scale.Low, 1e-2);
        Assert.Equal(0.9999 * 19_999, scale.High, 1e-2);
        Assert.False(scale.IsDegenerate);
        volume.Release();
    }

    [Fact]
    public void Missing_planes_do_not_count()
    {
        VolumeBuffer volume = Filled(PixelType.UInt8, new(2, 10, 10), i => i < 100 ? 200 : i % 2);
        IntensityScale scale = IntensityScale.Measure(volume, [0]);
        Assert.Equal(new(0, 1), scale);
        volume.Release();
    }

    [Fact]
    public void One_bright_voxel_on_black_still_gives_a_scale()
    {
        VolumeBuffer volume = Filled(PixelType.UInt16, new(2, 300, 300), i => i == 77 ? 900 : 100);
        Assert.Equal(new(100, 900), IntensityScale.Measure(volume, []));
        volume.Release();
    }

    [Fact]
    public void A_constant_or_empty_volume_gives_a_degenerate_scale_that_only_shifts()
    {
        VolumeBuffer constant = Filled(PixelType.UInt8, new(1, 9, 9), _ => 7), nan = Filled(PixelType.Float32, new(1, 9, 9), _ => float.NaN);
        IntensityScale scale = IntensityScale.Measure(constant, []);
        Assert.True(scale.IsDegenerate);
        Assert.Equal(3, scale.ToScaled(10));
        Assert.True(IntensityScale.Measure(nan, []).IsDegenerate);
        constant.Release();
        nan.Release();
    }

    private VolumeBuffer Filled(PixelType type, VolumeShape shape, Func<int, float> sample)
    {
        VolumeBuffer volume = _pool.TryRent(shape, type)!;
        for (int z = 0; z < shape.Z; z++)
        {
            for (int i = 0; i < shape.PlaneVoxels; i++)
            {
                float value = sample(z * shape.PlaneVoxels + i);
                if (type == PixelType.UInt8) volume.Plane(z)[i] = (byte)value;
                else if (type == PixelType.UInt16) volume.Plane<ushort>(z)[i] = (ushort)value;
                else volume.Plane<float>(z)[i] = value;
            }
        }
        return volume;
    }
}
