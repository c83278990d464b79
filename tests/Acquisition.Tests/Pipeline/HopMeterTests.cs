using Acquisition.Core;
using Acquisition.Pipeline.Hops;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

public sealed class HopMeterTests
{
    private readonly HopMeter _meter = new("raw", 100);

    [Fact]
    public void The_alarm_rises_at_three_quarters_and_falls_below_a_half()
    {
        Assert.Equal(QueueAlarm.None, After(enter: 74));
        Assert.Equal(QueueAlarm.High, After(enter: 1));
        Assert.Equal(QueueAlarm.High, After(leave: 25));
        Assert.Equal(QueueAlarm.None, After(leave: 1));
        Assert.Equal(QueueAlarm.None, After(enter: 25));
        Assert.Equal(QueueAlarm.High, After(enter: 1));
        Assert.Equal((2, 0, 75, 75), (Status.TimesHigh, Status.TimesFull, Status.DepthBytes, Status.HighWaterBytes));
    }

    [Fact]
    public void Swaying_around_a_mark_is_one_crossing()
    {
        After(enter: 60);
        for (int i = 0; i < 1000; i++)
        {
            After(enter: 20);
            After(leave: 20);
        }

        Assert.Equal((1, 0), (Status.TimesHigh, Status.TimesFull));
    }

    [Fact]
    public void An_item_without_room_raises_the_alarm_to_full_until_a_quarter_is_free()
    {
        After(enter: 90);
        _meter.NoteNoRoom();
        _meter.NoteNoRoom();
        Assert.Equal(QueueAlarm.Full, Status.Alarm);
        Assert.Equal(QueueAlarm.Full, After(leave: 15));
        Assert.Equal(QueueAlarm.High, After(leave: 1));
        Assert.Equal(QueueAlarm.None, After(leave: 74));
        _meter.NoteNoRoom();
        Assert.Equal((2, 2), (Status.TimesHigh, Status.TimesFull));
    }

    [Fact]
    public void Emptying_ends_the_alarm()
    {
        After(enter: 100);
        _meter.NoteNoRoom();
        _meter.NoteEmptied();
        Assert.Equal((QueueAlarm.None, 0, 100), (Status.Alarm, Status.DepthBytes, Status.HighWaterBytes));
    }

    [Fact]
    public void Time_in_queue_is_from_entering_to_leaving()
    {
        var clock = new ManualClock();
        var hop = new ByteBoundedQueue<int>("raw", 100, _ => 10, clock);
        Assert.Null(hop.Status.TimeInQueue);
        for (int i = 0; i < 2; i++) hop.TryEnqueue(i);
        clock.Advance(TimeSpan.FromMilliseconds(20));
        hop.TryDequeue(out _);
        clock.Advance(TimeSpan.FromMilliseconds(480));
        hop.TryDequeue(out _);

        TimingSummary time = hop.Status.TimeInQueue!;
        Assert.Equal((2, 500), (time.Count, time.MaxMs));
        Assert.Equal(20, time.P50Ms, tolerance: 0.4);
    }

    private QueueStatus Status => _meter.Status("wait", 0);

    private QueueAlarm After(long enter = 0, long leave = 0)
    {
        if (enter > 0) _meter.NoteEntered(enter);
        if (leave > 0) _meter.NoteLeft(leave, TimeSpan.Zero);
        return Status.Alarm;
    }
}
