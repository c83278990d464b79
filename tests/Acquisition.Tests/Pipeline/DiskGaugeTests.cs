using Acquisition.Pipeline.Metering;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

public sealed class DiskGaugeTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Free_space_divided_by_the_rate_of_the_last_minutes_is_the_time_left()
    {
        var gauge = new DiskGauge(_clock);
        Assert.Null(gauge.FreeBytes);
        long free = 10_000_000;
        for (int i = 0; i <= 60; i++) // 5 min at 200 bytes/s
        {
            gauge.Note(free);
            if (i == 1) Assert.Null(gauge.TimeLeft); // 5 s say too little
            free -= 1000;
            _clock.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(9_940_000, gauge.FreeBytes);
        Assert.Equal(9_940_000 / 200.0, gauge.TimeLeft!.Value.TotalSeconds, tolerance: 1e-6);

        for (int i = 0; i <= 61; i++) // twice as fast; what was before has left the window
        {
            gauge.Note(free);
            free -= 2000;
            _clock.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal((free + 2000) / 400.0, gauge.TimeLeft!.Value.TotalSeconds, tolerance: 1e-6);
    }

    [Fact]
    public void A_disk_that_does_not_fill_lasts_for_ever()
    {
        var gauge = new DiskGauge(_clock);
        foreach (long free in (long[])[5000, 5000, 6000, 7000, 7000])
        {
            gauge.Note(free);
            _clock.Advance(TimeSpan.FromSeconds(20));
        }

        Assert.Equal((7000, null), (gauge.FreeBytes, gauge.TimeLeft));
        gauge.Note(long.MaxValue / 2);
        _clock.Advance(TimeSpan.FromSeconds(20));
        gauge.Note(long.MaxValue / 2 - 1);
        Assert.Null(gauge.TimeLeft);
    }
}
