using Acquisition.Tests.Support;
using Acquisition.Viewer.Live;
using Xunit;

namespace Acquisition.Tests.Viewer;

public sealed class PaceTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void So_many_bytes_go_out_at_once_and_then_so_many_a_second()
    {
        var pace = new Pace(1000, _clock);
        Assert.True(pace.TryTake(600, out _));
        Assert.True(pace.TryTake(3400, out _)); // the last of the allowance carries a debt of 3000
        Assert.False(pace.TryTake(1, out TimeSpan wait));
        Assert.Equal(3.001, wait.TotalSeconds, 6);
        _clock.Advance(wait - TimeSpan.FromMilliseconds(2));
        Assert.False(pace.TryTake(1, out wait));
        _clock.Advance(wait);
        Assert.True(pace.TryTake(1, out wait));
        Assert.Equal(TimeSpan.Zero, wait);
    }

    [Fact]
    public void A_long_pause_earns_no_more_than_a_second()
    {
        var pace = new Pace(1000, _clock);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.True(pace.TryTake(1000, out _));
        Assert.False(pace.TryTake(1, out _));
    }
}
