using Acquisition.HardwareSim.Sending;
using Xunit;

namespace Acquisition.Tests.HardwareSim;

public sealed class PacerTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void Messages_keep_their_times_whatever_sending_them_takes()
    {
        var pacer = new Pacer(_clock);
        Assert.Equal(TimeSpan.Zero, pacer.Before(Ms(0)));
        _clock.Now += Ms(30);
        Assert.Equal(Ms(70), pacer.Before(Ms(100)));
        _clock.Now += Ms(70 + 45); // 15 into the beat after sending
        Assert.Equal(Ms(55), pacer.Before(Ms(200)));
    }

    [Fact]
    public void A_short_delay_is_made_up_for()
    {
        var pacer = new Pacer(_clock);
        pacer.Before(Ms(0));
        _clock.Now += Ms(150);
        Assert.Equal(TimeSpan.Zero, pacer.Before(Ms(100)));
        Assert.Equal(Ms(50), pacer.Before(Ms(200)));
    }

    [Fact]
    public void A_source_that_was_held_up_does_not_burst()
    {
        var pacer = new Pacer(_clock);
        pacer.Before(Ms(0));
        _clock.Now += Ms(5_000);
        Assert.Equal(TimeSpan.Zero, pacer.Before(Ms(100)));
        Assert.Equal(TimeSpan.Zero, pacer.Before(Ms(100)));
        Assert.Equal(Ms(100), pacer.Before(Ms(200)));
    }

    [Fact]
    public void Messages_without_a_time_do_not_wait()
    {
        var pacer = new Pacer(_clock);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(TimeSpan.Zero, pacer.Before(Ms(0)));
            _clock.Now += Ms(7);
        }

        Assert.Equal(Ms(979), pacer.Before(Ms(1_000)));
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private sealed class FakeClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
