using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

/// <summary>Frames whose index names a volume that the scan has not come to, and scans that really go on elsewhere.</summary>
public sealed class StrayFrameTests : ScanRunCase
{
    private static readonly RestorationOptions Cubic = new() { Model = ModelNames.Cubic };

    // All planes of a volume, the next volume and ones far ahead.
    public static TheoryData<int, int> Strays => [.. from z in Enumerable.Range(0, 4) from ahead in (int[])[1, 2, 5, 7] select (z, ahead)];

    [Theory, MemberData(nameof(Strays))]
    public async Task A_stray_frame_costs_its_own_place_and_no_other(int z, int ahead)
    {
        ScanPlan plan = Scans.Plan(timePoints: 10);
        var strayed = new FrameIndex(2, 0, z);
        RunReport report = await Run((o, _) => Send(o, plan, index => index == strayed ? index with { T = index.T + ahead } : index), restoration: Cubic).RunAsync(Cancel);

        AssertCloses(report);
        AssertRawIsWhatWasSent(plan, lost: [strayed]);
        Assert.Equal((40, 39, 1), (report.Status.Frames.Received, report.Status.Frames.Stored, report.Status.Frames.Refused["stray"]));
        Assert.Equal((10, 1), (report.Status.Volumes.Assembled, report.Status.Volumes.Incomplete));
        Assert.Equal([z], Store.Provenance.Single(made => made.Index.T == 2).MissingPlanes);
        Assert.Single(report.Warnings, warning => warning.StartsWith("stray: frame t", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stray_frame_does_not_make_an_open_ended_scan_long()
    {
        ScanPlan plan = Scans.Plan(timePoints: 3), open = plan with { TimePoints = null };
        RunReport report = await Run((o, _) =>
        {
            o.OnStart(open, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan)) o.Send(open, sequence, index is { T: 2, Z: 3 } ? index with { T = int.MaxValue } : index);
            o.OnEnd(Scans.End(plan));
        }, restoration: Cubic).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal([0, 1, 2], Store.Raw.Volumes.Keys.Select(index => index.T).Order());
        Assert.Equal(1, report.Status.Frames.Refused["stray"]);
    }

    [Fact]
    public async Task A_frame_that_lies_outside_the_plan_explains_no_leap_of_the_next_one()
    {
        ScanPlan plan = Scans.Plan(timePoints: 6, z: 6);
        RunReport report = await Run((o, _) => Send(o, plan, index => index switch
        {
            { T: 4, Z: 2 } => index with { T = 7 },
            { T: 4, Z: 3 } => index with { T = 5 },
            { T: 5, Z: 1 } => index with { T = 8 },
            _ => index,
        }), restoration: Cubic).RunAsync(Cancel);

        AssertCloses(report);
        AssertRawIsWhatWasSent(plan, lost: [new(4, 0, 2), new(4, 0, 3), new(5, 0, 1)]);
        Assert.Equal((1, 2), (report.Status.Frames.Refused["stray"], report.Status.Frames.Refused["index-outside-shape"]));
    }

    [Fact]
    public async Task A_frame_that_is_doubtful_itself_refutes_none()
    {
        ScanPlan plan = Scans.Plan(timePoints: 6, z: 6);
        RunReport report = await Run((o, _) => Send(o, plan, index => index switch
        {
            { T: 0, Z: 3 } => index with { T = 1 },
            { T: 1, Z: 1 } => index with { T = 3 }, // comes while the first frame of its volume is held
            _ => index,
        }), restoration: Cubic).RunAsync(Cancel);

        AssertCloses(report);
        AssertRawIsWhatWasSent(plan, lost: [new(0, 0, 3), new(1, 0, 1)]);
        Assert.Equal((2, 34), (report.Status.Frames.Refused["stray"], report.Status.Frames.Stored));
    }

    [Fact]
    public async Task Copies_of_a_stray_frame_confirm_nothing_and_neither_do_other_strays()
    {
        ScanPlan plan = Scans.Plan(timePoints: 10);
        RunReport report = await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan))
            {
                FrameIndex said = index switch
                {
                    { T: 1, Z: 1 } => index with { T = 8 },
                    { T: 1, Z: 2 } => index with { T = 5 },
                    _ => index,
                };
                Send(o, plan, sequence, index, said);
                if (said != index) Send(o, plan, sequence, index, said);
            }

            o.OnEnd(Scans.End(plan));
        }, restoration: Cubic).RunAsync(Cancel);

        AssertCloses(report);
        AssertRawIsWhatWasSent(plan, lost: [new(1, 0, 1), new(1, 0, 2)]);
        Assert.Equal((2, 2, 38), (report.Status.Frames.Refused["stray"], report.Status.Frames.Refused["duplicate"], report.Status.Frames.Stored));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(1, 4)]
    [InlineData(2, 4)]
    public async Task A_scan_that_leaves_volumes_out_loses_none_of_the_others(int channels, int z)
    {
        ScanPlan plan = Scans.Plan(timePoints: 12, channels: channels, z: z);
        await AssertAllTakenAsync(plan, Scans.Frames(plan).Where(frame => frame.Index.T is 0 or 1 or 5 or 9 or 10 or 11), renumbered: true);
    }

    [Fact]
    public async Task A_scan_that_leaves_volumes_out_may_send_planes_in_any_order()
    {
        ScanPlan plan = Scans.Plan(timePoints: 12, z: 9);
        var random = new Random(5);
        await AssertAllTakenAsync(plan, Scans.Frames(plan).Where(frame => frame.Index.T % 4 == 0).GroupBy(frame => frame.Index.T)
            .SelectMany(volume => volume.OrderBy(_ => random.Next())), renumbered: true);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(23)]
    public async Task A_listener_that_misses_most_messages_keeps_all_that_it_gets(int every)
    {
        ScanPlan plan = Scans.Plan(timePoints: 40, channels: 2);
        await AssertAllTakenAsync(plan, Scans.Frames(plan).Where(frame => frame.Sequence % (ulong)every == 1), renumbered: false);
    }

    [Fact]
    public async Task A_listener_that_comes_late_begins_in_mid_scan()
    {
        ScanPlan plan = Scans.Plan(timePoints: 8);
        await AssertAllTakenAsync(plan, Scans.Frames(plan).Where(frame => frame.Index is { T: > 4 } or { T: 4, Z: > 1 }), renumbered: false);
    }

    [Fact]
    public async Task Volumes_of_one_plane_may_come_in_another_order()
    {
        ScanPlan plan = Scans.Plan(timePoints: 6, z: 1);
        List<(ulong, FrameIndex)> frames = Scans.Frames(plan);
        await AssertAllTakenAsync(plan, [frames[0], frames[2], frames[1], frames[3], frames[5], frames[4]], renumbered: false);
    }

    [Fact]
    public async Task A_frame_that_is_held_when_the_disk_fails_is_not_stored()
    {
        ScanPlan plan = Scans.Plan(timePoints: 9);
        Store.Raw.BeforeWrite = index =>
        {
            if (index.T == 1) throw new StorageException("the disk is gone");
        };
        RunReport report = await Run((o, stop) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan).Take(8)) o.Send(plan, sequence, index);
            o.Send(plan, 9, new FrameIndex(7, 0, 0));
            stop.WaitHandle.WaitOne();
            stop.ThrowIfCancellationRequested();
        }, restoration: Cubic).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal(RunOutcome.Failed, report.Status.Outcome);
        Assert.Equal((9, 4), (report.Status.Frames.Received, report.Status.Frames.Stored));
    }

    /// <param name="renumbered">Whether the source left the other frames out, or they were lost on the way.</param>
    private async Task AssertAllTakenAsync(ScanPlan plan, IEnumerable<(ulong Sequence, FrameIndex Index)> frames, bool renumbered)
    {
        (ulong Sequence, FrameIndex Index)[] sent = [.. frames];
        RunReport report = await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: true);
            for (int i = 0; i < sent.Length; i++) o.Send(plan, renumbered ? (ulong)i + 1 : sent[i].Sequence, sent[i].Index);
            o.OnEnd(Scans.End(plan));
        }, restoration: Cubic).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Empty(report.Status.Frames.Refused);
        Assert.Equal(sent.Length, report.Status.Frames.Stored);
        Assert.Equal(sent.Select(frame => frame.Index.Volume).Distinct().Count(), report.Status.Volumes.Assembled);
        AssertRawIsWhatWasSent(plan, lost: Scans.Frames(plan).Select(frame => frame.Index).Except(sent.Select(frame => frame.Index)));
    }

    private static void Send(IFrameObserver observer, ScanPlan plan, Func<FrameIndex, FrameIndex> said)
    {
        observer.OnStart(plan, 0, repeat: false);
        foreach (var (sequence, index) in Scans.Frames(plan)) Send(observer, plan, sequence, index, said(index));
        observer.OnEnd(Scans.End(plan));
    }

    private static void Send(IFrameObserver observer, ScanPlan plan, ulong sequence, FrameIndex index, FrameIndex said) =>
        observer.OnFrame(Scans.Header(plan, sequence, said), Scans.Pixels(plan, index));
}
