using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration;

public sealed class VolumeConversionTests : IDisposable
{
    private static readonly VolumeShape Shape = new(6, 3, 5);

    private readonly VolumePool _pool = new(64 << 20);

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void Missing_planes_lie_on_the_line_between_their_neighbours()
    {
        VolumeBuffer raw = Rent(Shape, PixelType.UInt16);
        for (int z = 0; z < Shape.Z; z++) raw.Plane<ushort>(z).Fill((ushort)(100 * z * z));
        using var loaded = new FloatVolume(Shape);

        long replaced = VolumeConversion.Load(raw, [5, 2, 3, 0], new(0, 100), loaded);

        // Present are z = 1 (value 1) and z = 4 (value 16): 1 + 15/3 and 1 + 30/3 between, copies beyond.
        Assert.Equal([1, 1, 6, 11, 16, 16], Enumerable.Range(0, 6).Select(z => loaded.Plane(z)[7]));
        Assert.Equal(0, replaced);
        raw.Release();
    }

    [Fact]
    public void A_volume_without_planes_is_zero()
    {
        VolumeBuffer raw = Rent(new(2, 3, 4), PixelType.UInt8);
        using FloatVolume loaded = Volumes.Random(new(2, 3, 4), 1);

        VolumeConversion.Load(raw, [0, 1], new(0, 1), loaded);

        Assert.All(Volumes.Samples(loaded), sample => Assert.Equal(0, sample));
        raw.Release();
    }

    [Fact]
    public void Samples_that_are_not_finite_are_counted_and_become_the_scales_low_end()
    {
        VolumeBuffer raw = Rent(new(1, 2, 3), PixelType.Float32);
        float[] samples = [5, float.NaN, 15, float.PositiveInfinity, float.NegativeInfinity, 25];
        samples.CopyTo(raw.Plane<float>(0));
        using var loaded = new FloatVolume(raw.Shape);

        long replaced = VolumeConversion.Load(raw, [], new(5, 15), loaded);

        Assert.Equal(3, replaced);
        Assert.Equal([0, 0, 1, 0, 0, 2], Volumes.Samples(loaded));
        raw.Release();
    }

    [Theory]
    [InlineData(PixelType.UInt8, 255)]
    [InlineData(PixelType.UInt16, 65_535)]
    public void Integers_are_rounded_to_nearest_and_saturate(PixelType type, int max)
    {
        VolumeBuffer stored = Rent(new(1, 2, 3), type);
        using FloatVolume source = Volumes.From(stored.Shape, [-9, 0.049f, 0.051f, 1, 1e9f, 0]);

        VolumeConversion.Store(source, new(10, 20), stored);

        int[] found = type == PixelType.UInt8
            ? [.. stored.Plane(0).ToArray().Select(value => (int)value)]
            : [.. stored.Plane<ushort>(0).ToArray().Select(value => (int)value)];
        Assert.Equal([0, 10, 11, 20, max, 10], found);
        stored.Release();
    }

    [Theory]
    [InlineData(PixelType.UInt8)]
    [InlineData(PixelType.UInt16)]
    [InlineData(PixelType.Float32)]
    public void Loading_and_storing_gives_the_volume_back(PixelType type)
    {
        VolumeBuffer raw = Rent(Shape, type), back = Rent(Shape, type);
        var random = new Random(3);
        for (int z = 0; z < Shape.Z; z++)
        {
            if (type == PixelType.Float32) foreach (ref float value in raw.Plane<float>(z)) value = random.Next(4096);
            else random.NextBytes(raw.Plane(z));
        }
        using var scaled = new FloatVolume(Shape);
        IntensityScale scale = IntensityScale.Measure(raw, []);

        VolumeConversion.Load(raw, [], scale, scaled);
        VolumeConversion.Store(scaled, scale, back);

        for (int z = 0; z < Shape.Z; z++)
        {
            if (type != PixelType.Float32) Assert.Equal(raw.Plane(z).ToArray(), back.Plane(z).ToArray());
            else Assert.True(Volumes.MaxError(raw.Plane<float>(z).ToArray(), back.Plane<float>(z).ToArray()) < 1e-3);
        }
        raw.Release();
        back.Release();
    }

    private VolumeBuffer Rent(VolumeShape shape, PixelType type) => _pool.TryRent(shape, type)!;
}
