using Acquisition.Core;
using Acquisition.Pipeline.Metering;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

public sealed class RunWatchTests
{
    private readonly List<string> _warned = [];
    private readonly List<string> _recorded = [];
    private readonly RunWatch _watch;

    public RunWatchTests() => _watch = new RunWatch(_warned.Add, _recorded.Add);

    [Fact]
    public void Each_crossing_is_told_once_and_the_first_of_a_kind_reaches_the_report()
    {
        Look(high: 0, full: 0);
        Assert.Empty(_warned);
        for (int i = 0; i < 10; i++) Look(high: 1, full: 0);
        Assert.Contains("'raw' was filled to three quarters", Assert.Single(_warned), StringComparison.Ordinal);
        for (int i = 0; i < 10; i++) Look(high: 1, full: 1);
        Assert.Equal(2, _warned.Count);
        Assert.Contains("'raw' had no room left; what it does then: wait", _warned[1], StringComparison.Ordinal);
        Look(high: 3, full: 1);
        Look(high: 4, full: 2);
        Assert.Equal((2, 2), (_warned.Count, _recorded.Count));
    }

    [Theory]
    [InlineData(4000, 0)]
    [InlineData(3599, 1)]
    [InlineData(599, 1)]
    public void Little_room_on_the_disk_is_told_once(double secondsLeft, int warnings)
    {
        RunStatus status = Status() with { FreeBytes = 3L << 29, DiskTimeLeft = TimeSpan.FromSeconds(secondsLeft) };
        for (int i = 0; i < 3; i++) _watch.Look(status);
        Assert.Equal(warnings, _warned.Count);
        Assert.All(_warned, text => Assert.Contains("1.5 GiB left", text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_program_that_did_not_get_in_is_told_once()
    {
        foreach (long refused in (long[])[0, 1, 1, 40]) _watch.Look(Status() with { RefusedClients = refused });
        Assert.Contains("its key is not listed", Assert.Single(_warned), StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_ten_minutes_are_told_again()
    {
        foreach (int minutes in (int[])[61, 59, 30, 9, 2])
            _watch.Look(Status() with { FreeBytes = 1, DiskTimeLeft = TimeSpan.FromMinutes(minutes) });
        Assert.Equal(["59 min", "9 min"], _warned.Select(text => text.Split("about ")[1].Split(" at")[0]));
    }

    [Theory]
    [InlineData(2.9, 1)]
    [InlineData(3.1, 0)]
    public void A_disk_that_will_not_hold_the_planned_scan_is_told_early(double hoursLeft, int warnings)
    {
        // 100 time points of two channels, one every two minutes; 20 volumes are 10 time points, so 90 are to come: 3 h.
        RunStatus status = Status() with
        {
            Plan = Scans.Plan(timePoints: 100, channels: 2) with { Interval = TimeSpan.FromMinutes(2) },
            Volumes = new VolumeLedger { Assembled = 20 },
            FreeBytes = 1,
            DiskTimeLeft = TimeSpan.FromHours(hoursLeft),
        };
        for (int i = 0; i < 3; i++) _watch.Look(status);
        Assert.Equal(warnings, _warned.Count);
    }

    private void Look(long high, long full) => _watch.Look(Status() with
    {
        Queues = [new QueueStatus("raw", "wait", 1, 2, 3, 4, 0) { TimesHigh = high, TimesFull = full }],
    });

    private static RunStatus Status() => new() { State = RunState.Live, Reason = "", Elapsed = TimeSpan.Zero, Plan = Scans.Plan() };
}
