using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Core;

/// <summary>Frames of a run that did not close its ledger: received = stored + refused, whatever was lost.</summary>
public sealed class RunHistoryTests
{
    private static readonly ImmutableSortedDictionary<string, long> None = ImmutableSortedDictionary<string, long>.Empty;

    [Fact]
    public void Frames_received_and_in_no_stored_volume_are_lost()
    {
        FrameLedger frames = (History([Stored(0, frames: 4), Stored(1, frames: 3)]) with
        {
            LastKnown = new() { Received = 13, Refused = None.Add("late", 2) },
        }).Frames;
        Assert.Equal((13L, 7L, 4L, 2L), (frames.Received, frames.Stored, frames.Refused["lost-in-crash"], frames.Refused["late"]));
        Assert.True(frames.Closes);
    }

    [Fact]
    public void A_volume_that_was_found_on_disk_was_received_too()
    {
        FrameLedger frames = (History([Stored(0, 4), Stored(1, 4)]) with { LastKnown = new() { Received = 4 } }).Frames;
        Assert.Equal((8L, 8L, 0L), (frames.Received, frames.Stored, frames.RefusedTotal));
        Assert.True(frames.Closes);
    }

    [Fact]
    public void A_volume_given_up_and_found_on_disk_is_no_longer_refused()
    {
        var given = new FrameLedger { Received = 12, Stored = 4, Refused = None.Add("not-stored", 7).Add("late", 1), Sent = 20, LostMessages = 3 };
        FrameLedger frames = (History([Stored(0, 4), Stored(1, 4)]) with { LastKnown = given }).Frames;
        Assert.Equal((12L, 8L, 3L, 1L), (frames.Received, frames.Stored, frames.Refused["not-stored"], frames.Refused["late"]));
        Assert.Equal((20L, 3L), (frames.Sent, frames.LostMessages));
        Assert.True(frames.Closes);
    }

    [Fact]
    public void A_run_is_complete_when_it_is_closed_and_every_volume_is_restored()
    {
        RunHistory open = History([Stored(0, 4), Stored(1, 4)]);
        Assert.Equal([0, 1], open.Pending.Select(volume => volume.Index.T));
        RunHistory closed = open with { IsClosed = true, Restored = [How(1)] };
        Assert.Equal([0], closed.Pending.Select(volume => volume.Index.T));
        Assert.False(closed.IsComplete);
        RunHistory complete = closed with { Restored = [How(1), How(0)] };
        Assert.True(complete.IsComplete);
        Assert.False((complete with { IsClosed = false }).IsComplete);
        Assert.False((complete with { Repairs = ["half a line"] }).IsComplete);
    }

    [Fact]
    public void A_scan_is_complete_when_every_planned_volume_has_all_its_planes()
    {
        RunHistory whole = History([Stored(0, 4), Stored(1, 4)]);
        Assert.True(whole.IsScanComplete);
        Assert.False(History([Stored(0, 4)]).IsScanComplete);
        Assert.False(History([Stored(0, 4), Stored(1, 3) with { MissingPlanes = [2] }]).IsScanComplete);
        Assert.False((whole with { Scan = whole.Scan with { Plan = whole.Scan.Plan with { TimePoints = null } } }).IsScanComplete);
    }

    private static RunHistory History(ImmutableArray<VolumeStored> stored) => new()
    {
        Scan = new ScanStarted(Scans.Plan(timePoints: 2), "", ImmutableSortedDictionary<string, string>.Empty),
        StartedAt = default,
        Stored = stored,
        Restored = [],
        Models = [],
        LastKnown = new(),
        IsClosed = false,
    };

    private static VolumeStored Stored(int t, int frames) => new(new(t, 0), frames, [], default, default, 0, None);

    private static Provenance How(int t) => new()
    {
        Index = new(t, 0),
        Method = "",
        SettingsFingerprint = "",
        ScaleLow = 0,
        ScaleHigh = 1,
        ResidualRms = 0,
        Lag = default,
        Duration = default,
    };
}
