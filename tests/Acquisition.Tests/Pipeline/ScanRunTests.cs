using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

/// <summary>What happens to each frame and volume.</summary>
public sealed class ScanRunTests : ScanRunCase
{
    [Theory]
    [InlineData(PixelType.UInt8)]
    [InlineData(PixelType.UInt16)]
    [InlineData(PixelType.Float32)]
    public async Task A_clean_scan_of_two_channels_is_stored_restored_and_published_whole(PixelType type)
    {
        ScanPlan plan = Scans.Plan(timePoints: 5, channels: 2, type: type);
        RunReport report = await Run((o, _) => o.SendAll(plan)).RunAsync(Cancel);

        AssertCloses(report);
        AssertRawIsWhatWasSent(plan, []);
        Assert.Equal(RunOutcome.Completed, report.Status.Outcome);
        Assert.Equal(40, report.Status.Frames.Stored);
        Assert.Equal(40, report.Status.Frames.Sent);
        Assert.Equal(10, report.Status.Volumes.Restored);
        Assert.Equal(10, Store.Restored.Volumes.Count);
        Assert.Equal(10, Publisher.Volumes.Count);
        Assert.Equal(2, Engine.Tunings);
        Assert.Same(report, Store.Report);
    }

    [Fact]
    public async Task A_repeating_engine_returns_the_cameras_own_values_in_its_units()
    {
        ScanPlan plan = Scans.Plan(timePoints: 1, z: 2);
        await Run((o, _) => o.SendAll(plan)).RunAsync(Cancel);

        byte[] restored = Store.Restored.Volumes[new VolumeIndex(0, 0)];
        Assert.Equal(plan.RestoredShape.Voxels * 2, restored.Length);
        byte[] plane = Scans.Pixels(plan, new FrameIndex(0, 0, 1));
        int width = plan.RestoredShape.X, at = 1 * plan.RestoredShape.PlaneVoxels + 7 * width + 9;
        Assert.Equal(
            BitConverter.ToUInt16(plane, 2 * (7 / 2 * plan.Shape.X + 9 / 2)),
            (double)BitConverter.ToUInt16(restored, 2 * at), tolerance: 1.0);
    }

    [Fact]
    public async Task Lost_duplicated_and_shuffled_frames_are_each_accounted_for()
    {
        ScanPlan plan = Scans.Plan(timePoints: 20, z: 10);
        var random = new Random(3);
        var all = Scans.Frames(plan);
        var lost = all.Where(_ => random.NextDouble() < 0.05).Select(f => f.Index).ToHashSet();
        int duplicates = 0;
        RunReport report = await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var volume in all.GroupBy(f => f.Index.Volume))
            {
                o.OnStart(plan, 0, repeat: true);
                foreach (var (sequence, index) in volume.OrderBy(_ => random.Next()).Where(f => !lost.Contains(f.Index)))
                {
                    o.Send(plan, sequence, index);
                    if (random.NextDouble() >= 0.1) continue;
                    o.Send(plan, sequence, index);
                    duplicates++;
                }
            }

            o.OnEnd(Scans.End(plan));
        }).RunAsync(Cancel);

        AssertCloses(report);
        AssertRawIsWhatWasSent(plan, lost);
        Assert.NotEmpty(lost);
        Assert.Equal(lost.Count, report.Status.Frames.LostMessages);
        Assert.Equal(duplicates, report.Status.Frames.Refused["duplicate"]);
        Assert.Equal(duplicates, report.Status.Frames.RepeatedMessages);
        Assert.Equal(report.Status.Frames.Sent, report.Status.Frames.Stored + lost.Count);
        Assert.Equal(20, report.Status.Volumes.Restored);
        Assert.Equal(lost.GroupBy(i => i.Volume).Count(), report.Status.Volumes.Incomplete);
        foreach (Provenance provenance in Store.Provenance)
            Assert.Equal(lost.Where(i => i.Volume == provenance.Index).Select(i => i.Z).Order(), provenance.MissingPlanes);
    }

    [Fact]
    public async Task Incomplete_volumes_before_the_first_complete_one_are_restored_with_its_scale()
    {
        ScanPlan plan = Scans.Plan(timePoints: 3);
        RunReport report = await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan))
                if (index is not { T: 0, Z: 2 }) o.Send(plan, sequence, index);
            o.OnEnd(Scans.End(plan));
        }).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal(3, report.Status.Volumes.Restored);
        Assert.Single(Store.Provenance.Select(p => (p.ScaleLow, p.ScaleHigh)).Distinct());
        Assert.Equal(1, Engine.Tunings);
    }

    [Fact]
    public async Task Foreign_early_late_and_misplaced_frames_are_refused_by_reason_and_the_scan_goes_on()
    {
        ScanPlan plan = Scans.Plan(timePoints: 4);
        ScanPlan other = Scans.Plan(id: Guid.NewGuid());
        RunReport report = await Run((o, _) =>
        {
            o.Send(plan, 1, new FrameIndex(0, 0, 0));
            o.OnStart(plan, 0, repeat: false);
            o.Send(other, 1, new FrameIndex(0, 0, 0));
            o.OnStart(other, 0, repeat: true);
            o.Send(plan, 1, new FrameIndex(4, 0, 0));
            o.Send(plan, 1, new FrameIndex(0, 1, 0));
            o.Send(plan, 1, new FrameIndex(0, 0, -1));
            o.OnFrame(Scans.Header(plan, 1, new FrameIndex(0, 0, 0)) with { Height = 9 }, new byte[9 * 12 * 2]);
            // Volume 0 lacks a plane and closes when volume 2 begins; the plane then comes too late.
            var frames = Scans.Frames(plan);
            foreach (var (sequence, index) in frames.Where(f => f.Index is not { T: 0, Z: 3 })) o.Send(plan, sequence, index);
            o.Send(plan, 4, new FrameIndex(0, 0, 3));
            o.Send(plan, 1, new FrameIndex(0, 0, 0));
            o.OnRefused(RefusalReason.SizeMismatch, isFrame: true, new MessageId(plan.ScanId, 17), () => "nbytes 5");
            o.OnRefused(RefusalReason.UnknownKind, isFrame: false, null, () => "kind 'foo'");
            o.OnEnd(Scans.End(plan) with { Sequence = 18 });
        }, new PipelineOptions { VolumeTimeout = TimeSpan.Zero, Previews = false }).RunAsync(Cancel);

        AssertCloses(report);
        var refused = report.Status.Frames.Refused;
        Assert.Equal(1, refused["before-start"]);
        Assert.Equal(1, refused["other-scan"]);
        Assert.Equal(3, refused["index-outside-shape"]);
        Assert.Equal(1, refused["plan-mismatch"]);
        Assert.Equal(1, refused["size-mismatch"]);
        Assert.Equal(0, report.Status.Frames.LostMessages);
        Assert.Equal(1, report.Status.Frames.RefusedMessages["unknown-kind"]);
        Assert.Equal(1, report.Status.Frames.RefusedMessages["other-scan"]);
        Assert.Contains(report.Warnings, w => w.StartsWith("size-mismatch: nbytes 5", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_scan_whose_announcement_was_missed_takes_over_once_the_old_one_is_silent()
    {
        ScanPlan plan = Scans.Plan(timePoints: 4) with { Interval = TimeSpan.FromSeconds(2) }, other = Scans.Plan(timePoints: 4, id: Guid.NewGuid());
        var clock = new ManualClock();
        RunReport report = await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan).Take(6)) o.Send(plan, sequence, index);
            clock.Advance(TimeSpan.FromSeconds(3.9)); // two intervals are 4 s
            o.OnStart(other, 0, repeat: true);
            o.Send(other, 1, new FrameIndex(0, 0, 0));
            Assert.Null(LastRun!.Successor);
            clock.Advance(TimeSpan.FromSeconds(0.2));
            o.OnStart(other, 0, repeat: true);
        }, clock: clock).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal(RunOutcome.Superseded, report.Status.Outcome);
        Assert.Equal((6, 1), (report.Status.Frames.Stored, report.Status.Frames.Refused["other-scan"]));
        Assert.Equal((other.ScanId, true), (LastRun!.Successor!.Plan.ScanId, LastRun.Successor.IsRepeated));
    }

    [Fact]
    public async Task A_silent_scan_is_lost_also_while_another_source_never_pauses()
    {
        ScanPlan plan = Scans.Plan(timePoints: 4), other = Scans.Plan(id: Guid.NewGuid());
        var clock = new ManualClock();
        ulong foreign = 0;
        RunReport report = await Run((o, stop) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan).Take(6)) o.Send(plan, sequence, index);
            for (; !stop.IsCancellationRequested; clock.Advance(TimeSpan.FromMilliseconds(10)))
            {
                o.Send(other, foreign++, new FrameIndex(0, 0, 0));
                o.OnRefused(RefusalReason.Malformed, isFrame: false, message: null, () => "noise");
            }
        }, new PipelineOptions { FrameTimeout = TimeSpan.FromSeconds(7), Previews = false }, clock).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal(RunOutcome.SourceLost, report.Status.Outcome);
        Assert.InRange(foreign, 700UL, 702UL);
        Assert.Equal((long)foreign, report.Status.Frames.Refused["other-scan"]);
    }

    [Fact]
    public async Task Frames_that_are_refused_still_show_that_their_source_lives()
    {
        ScanPlan plan = Scans.Plan(timePoints: 2);
        var clock = new ManualClock();
        RunReport report = await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            var frames = Scans.Frames(plan);
            foreach (var (sequence, _) in frames.Take(4))
            {
                clock.Advance(TimeSpan.FromSeconds(20));
                o.OnRefused(RefusalReason.SizeMismatch, isFrame: true, new MessageId(plan.ScanId, sequence), () => "nbytes 5");
            }

            foreach (var (sequence, index) in frames.Skip(4)) o.Send(plan, sequence, index);
            o.OnEnd(Scans.End(plan));
        }, clock: clock).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal((RunOutcome.Completed, 4), (report.Status.Outcome, report.Status.Frames.Stored));
    }

    [Fact]
    public async Task The_third_open_volume_closes_the_oldest_and_its_last_plane_is_late()
    {
        ScanPlan plan = Scans.Plan(timePoints: 3);
        RunReport report = await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan).Where(f => f.Index is { T: < 2, Z: < 3 } or { T: 2 }))
                o.Send(plan, sequence, index);
            o.Send(plan, 4, new FrameIndex(0, 0, 3));
            o.Send(plan, 8, new FrameIndex(1, 0, 3));
            o.OnEnd(Scans.End(plan));
        }).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal(1, report.Status.Frames.Refused["late"]);
        Assert.Equal(1, report.Status.Volumes.Incomplete);
        Assert.Equal(11, report.Status.Frames.Stored);
    }

    [Fact]
    public async Task A_new_scan_supersedes_the_running_one_which_is_stored_as_far_as_it_came()
    {
        ScanPlan plan = Scans.Plan();
        var other = Guid.NewGuid();
        RunReport report = await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan).Take(5)) o.Send(plan, sequence, index);
            o.OnStart(Scans.Plan(id: other), 0, repeat: false);
        }).RunAsync(Cancel);
        Assert.Equal(other, LastRun!.Successor?.Plan.ScanId);
        AssertCloses(report);
        Assert.Equal(RunOutcome.Superseded, report.Status.Outcome);
        Assert.Equal(5, report.Status.Frames.Stored);
    }

    [Fact]
    public async Task The_run_that_takes_a_superseding_scan_knows_its_plan_and_what_came_between()
    {
        ScanPlan plan = Scans.Plan();
        using var run = new ScanRun(
            new ScriptedSource((o, _) =>
            {
                foreach (var (sequence, index) in Scans.Frames(plan).Skip(4)) o.Send(plan, sequence, index);
                o.OnEnd(Scans.End(plan));
            }),
            _ => Store, Publisher, Restoring(), new RestorationOptions(), new PipelineOptions { Previews = false }, TimeProvider.System, new ScanAnnouncement(plan, 0, IsRepeated: false));
        RunReport report = await run.RunAsync(Cancel);
        AssertCloses(report);
        Assert.Equal((8L, 4L), (report.Status.Frames.Stored, report.Status.Frames.LostMessages));
    }

    [Fact]
    public async Task Stopping_stores_and_restores_what_arrived()
    {
        ScanPlan plan = Scans.Plan();
        using var stop = new CancellationTokenSource();
        RunReport report = await Run((o, token) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan).Take(6)) o.Send(plan, sequence, index);
            stop.Cancel();
            token.WaitHandle.WaitOne();
        }).RunAsync(stop.Token);
        AssertCloses(report);
        Assert.Equal(RunOutcome.Cancelled, report.Status.Outcome);
        Assert.Equal((6, 2), (report.Status.Frames.Stored, report.Status.Volumes.Restored));
    }

    [Fact]
    public async Task Abandoning_leaves_what_is_not_restored_pending()
    {
        ScanPlan plan = Scans.Plan(timePoints: 5);
        using var abandon = new CancellationTokenSource();
        int restored = 0;
        Engine.OnRestore = () =>
        {
            if (++restored == 2) abandon.Cancel();
        };
        RunReport report = await Run((o, _) => o.SendAll(plan)).RunAsync(Cancel, abandon.Token);
        AssertCloses(report);
        // The second one counts only if it was stored by then: it may have been restored as it came.
        Assert.InRange(report.Status.Volumes.Restored, 1, 2);
        Assert.Equal(report.Status.Volumes.Assembled - report.Status.Volumes.Restored, report.Status.Volumes.Pending);
        Assert.True(report.Status.Volumes.Pending > 0);
    }

    [Theory, InlineData(0.8, 1), InlineData(0.2, 0)]
    public async Task A_noisy_volume_is_told_to_people(double share, int warnings)
    {
        ScanPlan plan = Scans.Plan();
        Engine.OnTune = _ => new TuningResult(null, false, 1, 1, 1, 1, TimeSpan.Zero, share, "measured");
        RunReport report = await Run((o, _) => o.SendAll(plan)).RunAsync(Cancel);
        Assert.Equal(warnings, report.Warnings.Count(w => w.Contains("80 %", StringComparison.Ordinal) && w.Contains("noise", StringComparison.Ordinal)));
    }
}
