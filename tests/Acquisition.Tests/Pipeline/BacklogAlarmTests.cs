using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Pipeline.Restoring;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

public sealed class BacklogAlarmTests
{
    private const long VolumeBytes = 1 << 16;

    [Fact]
    public void Volumes_without_room_in_memory_keep_the_alarm_up_until_the_last_of_them_is_taken()
    {
        var clock = new ManualClock();
        using var pool = new VolumePool(4 * VolumeBytes);
        var backlog = new RestorationBacklog(pool, reserveBytes: VolumeBytes, RestorationOrder.Of(new PipelineOptions()), clock);
        QueueAlarm[] filling = [.. Enumerable.Range(0, 4).Select(Add)];
        Assert.Equal([QueueAlarm.None, QueueAlarm.None, QueueAlarm.High, QueueAlarm.Full], filling);

        clock.Advance(TimeSpan.FromSeconds(3));
        QueueAlarm[] emptying = [.. Enumerable.Range(0, 4).Select(_ => Take())];
        Assert.Equal([QueueAlarm.Full, QueueAlarm.Full, QueueAlarm.Full, QueueAlarm.None], emptying);

        QueueStatus status = backlog.Status;
        Assert.Equal((1, 1, 3 * VolumeBytes, 3 * VolumeBytes), (status.TimesHigh, status.TimesFull, status.HighWaterBytes, status.BudgetBytes));
        Assert.Equal((4, 3000), (status.TimeInQueue!.Count, status.TimeInQueue.MaxMs));
        Assert.Equal((0, 0, 0), (status.Depth, status.DepthBytes, pool.LentBytes));

        QueueAlarm Add(int t)
        {
            VolumeBuffer pixels = pool.TryRent(new(1, 64, 512), PixelType.UInt16)!;
            backlog.Add(new PendingVolume(new(t, 0), [], pixels, 0, clock.GetTimestamp()));
            pixels.Release();
            return backlog.Status.Alarm;
        }

        QueueAlarm Take()
        {
            Assert.True(backlog.TryTake(_ => true, waits: false, out PendingVolume? volume));
            volume!.Value.Pixels?.Release();
            return backlog.Status.Alarm;
        }
    }

    [Fact]
    public void Memory_given_back_to_the_camera_is_an_alarm_and_an_abandoned_backlog_is_none()
    {
        using var pool = new VolumePool(8 * VolumeBytes);
        var backlog = new RestorationBacklog(pool, reserveBytes: 0, RestorationOrder.Of(new PipelineOptions()), TimeProvider.System);
        VolumeBuffer pixels = pool.TryRent(new(1, 64, 512), PixelType.UInt16)!;
        backlog.Add(new PendingVolume(new(0, 0), [], pixels, 0, 0));
        pixels.Release();
        Assert.True(backlog.Shed());
        Assert.Equal((QueueAlarm.Full, 0, 1), (backlog.Status.Alarm, backlog.Status.DepthBytes, backlog.Status.Depth));
        backlog.Abandon();
        Assert.Equal((QueueAlarm.None, 0), (backlog.Status.Alarm, backlog.Status.Depth));
    }
}
