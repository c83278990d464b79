using Acquisition.HardwareSim.Sending;
using Xunit;

namespace Acquisition.Tests.HardwareSim;

public sealed class PacerTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void Frames_lie_on_a_beat_whatever_sending_them_takes()
    {
        var pacer = new Pacer(Ms(100), TimeSpan.Zero, _clock);
        Assert.Equal(TimeSpan.Zero, pacer.BeforeFrame());
        _clock.Now += Ms(30);
        Assert.Equal(Ms(70), pacer.BeforeFrame());
        _clock.Now += Ms(70 + 45); // 15 into the beat after sending
        Assert.Equal(Ms(55), pacer.BeforeFrame());
    }

    [Fact]
    public void A_short_delay_is_made_up_for()
    {
        var pacer = new Pacer(Ms(100), TimeSpan.Zero, _clock);
        pacer.BeforeFrame();
        _clock.Now += Ms(150);
        Assert.Equal(TimeSpan.Zero, pacer.BeforeFrame());
        Assert.Equal(Ms(50), pacer.BeforeFrame());
    }

    [Fact]
    public void A_source_that_was_held_up_does_not_burst()
    {
        var pacer = new Pacer(Ms(100), TimeSpan.Zero, _clock);
        pacer.BeforeFrame();
        _clock.Now += Ms(5_000);
        Assert.Equal(TimeSpan.Zero, pacer.BeforeFrame());
        Assert.Equal(Ms(100), pacer.BeforeFrame());
    }

    [Fact]
    public void Without_an_interval_nothing_waits()
    {
        var pacer = new Pacer(TimeSpan.Zero, TimeSpan.Zero, _clock);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(TimeSpan.Zero, pacer.BeforeFrame());
            Assert.Equal(TimeSpan.Zero, pacer.BeforeVolume());
        }
    }

    [Fact]
    public void Volumes_have_a_beat_of_their_own()
    {
        var pacer = new Pacer(Ms(10), Ms(1_000), _clock);
        Assert.Equal(TimeSpan.Zero, pacer.BeforeVolume());
        _clock.Now += Ms(400);
        Assert.Equal(Ms(600), pacer.BeforeVolume());
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private sealed class FakeClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
