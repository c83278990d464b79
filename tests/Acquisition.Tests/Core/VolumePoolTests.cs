using Acquisition.Core;
using Xunit;

namespace Acquisition.Tests.Core;

public sealed class VolumePoolTests
{
    private static readonly VolumeShape Shape = new(3, 100, 120);

    [Fact]
    public void A_buffer_goes_back_with_its_last_release_and_serves_the_next_volume()
    {
        using var pool = new VolumePool(1 << 20);
        VolumeBuffer first = pool.TryRent(Shape, PixelType.UInt16)!;
        first.Retain();
        first.Release();
        first.Plane(2).Fill(7);
        Assert.Equal(VolumePool.CostBytes(Shape, PixelType.UInt16), pool.LentBytes);

        first.Release();
        Assert.Equal(0, pool.LentBytes);
        Assert.Throws<ObjectDisposedException>(() => first.Plane(0));
        Assert.Throws<ObjectDisposedException>(first.Retain);
        VolumeBuffer second = pool.TryRent(Shape, PixelType.UInt16)!;
        Assert.All(second.Plane(2).ToArray(), b => Assert.Equal(7, b));
        second.Release();
    }

    [Fact]
    public async Task Nothing_is_lent_beyond_the_budget_and_waiting_ends_when_memory_comes_back()
    {
        long cost = VolumePool.CostBytes(Shape, PixelType.UInt16);
        using var pool = new VolumePool(2 * cost);
        VolumeBuffer a = pool.TryRent(Shape, PixelType.UInt16)!;
        VolumeBuffer b = pool.TryRent(Shape, PixelType.UInt16)!;
        Assert.Null(pool.TryRent(Shape, PixelType.UInt16));
        Assert.Null(pool.Rent(Shape, PixelType.UInt16, TimeSpan.Zero));

        Task<VolumeBuffer?> waiting = Task.Run(() => pool.Rent(Shape, PixelType.UInt16, TimeSpan.FromMinutes(1)), TestContext.Current.CancellationToken);
        a.Release();
        VolumeBuffer? c = await waiting;
        Assert.NotNull(c);
        Assert.Equal(2 * cost, pool.HighWaterBytes);
        b.Release();
        c.Release();
    }

    [Fact]
    public void Idle_memory_makes_room_for_a_larger_volume()
    {
        var large = new VolumeShape(12, 100, 120);
        using var pool = new VolumePool(VolumePool.CostBytes(large, PixelType.UInt16));
        pool.TryRent(Shape, PixelType.UInt16)!.Release();
        VolumeBuffer? buffer = pool.TryRent(large, PixelType.UInt16);
        Assert.NotNull(buffer);
        buffer.Release();
    }

    [Fact]
    public void Releasing_once_too_often_is_an_error()
    {
        using var pool = new VolumePool(1 << 20);
        VolumeBuffer buffer = pool.TryRent(Shape, PixelType.UInt8)!;
        buffer.Release();
        Assert.Throws<InvalidOperationException>(buffer.Release);
    }

    [Fact]
    public async Task Counting_is_exact_when_many_threads_retain_and_release()
    {
        using var pool = new VolumePool(1 << 20);
        VolumeBuffer buffer = pool.TryRent(Shape, PixelType.UInt8)!;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                buffer.Retain();
                buffer.Release();
            }
        }, TestContext.Current.CancellationToken)));
        Assert.True(pool.LentBytes > 0);
        buffer.Release();
        Assert.Equal(0, pool.LentBytes);
    }
}
