using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Uncertainty;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration.Uncertainty;

public sealed class ErrorMapTests : IDisposable
{
    private static readonly Factors Twice = new(2, 2, 2);

    private static readonly ErrorModel Model = new()
    {
        BrightnessWeight = 0.4,
        GradientWeight = 0.3,
        BrightnessOffset = 0.01,
        GradientOffset = 0.005,
        Scores = [-3, -2, -1, 0],
        Errors = [0.001, 0.004, 0.03, 0.2],
        GridFactor = 1,
        HeldOut = new(0.5, 0.7, 0.96),
    };

    private readonly VolumePool _pool = new(64 << 20);

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(6, 20, 22, 1)]
    [InlineData(6, 20, 22, 3)]
    [InlineData(2, 1, 33, 2)]
    [InlineData(1, 64, 1, 4)]
    public void Every_byte_is_the_models_prediction_within_a_step(int z, int y, int x, int threads)
    {
        var shape = new VolumeShape(z, y, x);
        using FloatVolume restored = Volumes.Rods(shape, seed: 2);
        restored.Plane(0)[0] = -0.5f;
        byte[] map = Map(restored, Model, [], threads);

        float[] samples = Volumes.Samples(restored);
        var steep = new float[shape.PlaneVoxels];
        for (int iz = 0; iz < z; iz++)
        {
            Gradient.Plane(restored, iz, steep);
            for (int i = 0; i < steep.Length; i++)
            {
                byte expected = ErrorScale.Encode(Model.Predict(Model.Score(samples[iz * steep.Length + i], steep[i])));
                Assert.InRange(map[iz * steep.Length + i], expected - 1, expected + 1);
            }
        }
    }

    [Fact]
    public void Threads_do_not_change_a_byte()
    {
        using FloatVolume restored = Volumes.Rods(new(7, 33, 40), seed: 3);
        Assert.Equal(Map(restored, Model, [], 1), Map(restored, Model, [], 5));
    }

    [Fact]
    public void What_was_made_of_missing_planes_is_unknown()
    {
        using FloatVolume restored = Volumes.Rods(new(8, 9, 10), seed: 4);
        byte[] whole = Map(restored, Model, [], 2), map = Map(restored, Model, [1, 3], 2);
        for (int z = 0; z < 8; z++)
        {
            byte[] expected = z is 2 or 3 or 6 or 7 ? new byte[90] : whole[(z * 90)..(z * 90 + 90)];
            Assert.Equal(expected, map[(z * 90)..(z * 90 + 90)]);
        }
        Assert.DoesNotContain((byte)0, whole);
    }

    [Fact]
    public void A_model_of_one_entry_gives_one_byte()
    {
        using FloatVolume restored = Volumes.Rods(new(2, 8, 8), seed: 5);
        byte[] map = Map(restored, Model with { Scores = [0], Errors = [0.25] }, [], 1);
        Assert.All(map, step => Assert.Equal(255 - 32, step));
    }

    [Fact]
    public void Another_shape_or_type_is_refused()
    {
        using var restored = new FloatVolume(new(2, 8, 8));
        VolumeBuffer wide = _pool.TryRent(restored.Shape, PixelType.UInt16)!, small = _pool.TryRent(new(1, 8, 8), PixelType.UInt8)!;
        Assert.Throws<ArgumentException>(() => ErrorMap.Write(restored, Model, [], Twice, wide, 1, TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => ErrorMap.Write(restored, Model, [], Twice, small, 1, TestContext.Current.CancellationToken));
        wide.Release();
        small.Release();
    }

    private byte[] Map(FloatVolume restored, ErrorModel model, int[] missing, int threads)
    {
        VolumeBuffer map = _pool.TryRent(restored.Shape, PixelType.UInt8)!;
        ErrorMap.Write(restored, model, missing, Twice, map, threads, TestContext.Current.CancellationToken);
        byte[] bytes = MemoryVolumeStore.Bytes(map);
        map.Release();
        return bytes;
    }
}
