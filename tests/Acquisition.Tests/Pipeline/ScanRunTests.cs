using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

public sealed class ScanRunTests : IDisposable
{
    private ScanRun? _run;

    private readonly MemoryRunStore _store = new();
    private readonly MemoryPublisher _publisher = new();
    private readonly RepeatingEngine _engine = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ScanRun Run(Action<IFrameObserver, CancellationToken> script, PipelineOptions? options = null, TimeProvider? clock = null) =>
        _run = new ScanRun(new ScriptedSource(script), _ => _store, _publisher, _engine, new RestorationOptions(),
            options ?? new PipelineOptions(), clock ?? TimeProvider.System);

    public void Dispose() => _run?.Dispose();

    private static void AssertCloses(RunReport report)
    {
        Assert.Equal(report.Status.Frames.Received, report.Status.Frames.Stored + report.Status.Frames.RefusedTotal);
        Assert.Equal(0, report.Status.Frames.InFlight);
        Assert.Equal(
            report.Status.Volumes.Assembled,
            report.Status.Volumes.Restored + report.Status.Volumes.Pending + report.Status.Volumes.Skipped.Values.Sum());
        Assert.True(report.LedgerCloses);
    }

    private void AssertRawIsWhatWasSent(ScanPlan plan, IEnumerable<FrameIndex> lost)
    {
        var missing = lost.ToHashSet();
        foreach (var (volume, bytes) in _store.Raw.Volumes)
        {
            for (int z = 0; z < plan.Shape.Z; z++)
            {
                var index = new FrameIndex(volume.T, volume.C, z);
                byte[] expected = missing.Contains(index) ? new byte[plan.PlaneBytes] : Scans.Pixels(plan, index);
                Assert.Equal(expected, bytes[(z * plan.PlaneBytes)..((z + 1) * plan.PlaneBytes)]);
            }
        }
    }

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
        Assert.Equal(10, _store.Restored.Volumes.Count);
        Assert.Equal(10, _publisher.Volumes.Count);
        Assert.Equal(2, _engine.Tunings);
        Assert.Same(report, _store.Report);
    }

    [Fact]
    public async Task A_repeating_engine_returns_the_cameras_own_values_in_its_units()
    {
        ScanPlan plan = Scans.Plan(timePoints: 1, z: 2);
        await Run((o, _) => o.SendAll(plan)).RunAsync(Cancel);

        byte[] restored = _store.Restored.Volumes[new VolumeIndex(0, 0)];
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
        foreach (Provenance provenance in _store.Provenance)
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
        Assert.Single(_store.Provenance.Select(p => (p.ScaleLow, p.ScaleHigh)).Distinct());
        Assert.Equal(1, _engine.Tunings);
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
        }, new PipelineOptions { VolumeTimeout = TimeSpan.Zero }).RunAsync(Cancel);

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
    public async Task A_source_that_pauses_in_mid_volume_costs_no_plane()
    {
        ScanPlan plan = Scans.Plan(timePoints: 1);
        var clock = new ManualClock();
        RunReport report = await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan))
            {
                o.Send(plan, sequence, index);
                clock.Advance(TimeSpan.FromSeconds(20));
                o.OnIdle();
            }

            o.OnEnd(Scans.End(plan));
        }, clock: clock).RunAsync(Cancel);
        AssertCloses(report);
        Assert.Equal((RunOutcome.Completed, 0L), (report.Status.Outcome, report.Status.Volumes.Incomplete));
    }

    [Fact]
    public async Task A_volume_that_gets_nothing_while_another_does_is_closed()
    {
        ScanPlan plan = Scans.Plan(timePoints: 2, channels: 2);
        var clock = new ManualClock();
        RunReport report = await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            o.Send(plan, 1, new FrameIndex(0, 1, 0));
            foreach (int z in (int[])[0, 1, 2, 3])
            {
                clock.Advance(TimeSpan.FromSeconds(2));
                o.Send(plan, (ulong)z + 2, new FrameIndex(0, 0, z));
            }

            o.Send(plan, 6, new FrameIndex(0, 1, 1));
            o.OnEnd(Scans.End(plan) with { Sequence = 7 });
        }, clock: clock).RunAsync(Cancel);
        AssertCloses(report);
        Assert.Equal(1, report.Status.Frames.Refused["late"]);
        Assert.Equal((2L, 1L), (report.Status.Volumes.Assembled, report.Status.Volumes.Incomplete));
    }

    [Fact]
    public async Task A_source_that_falls_silent_in_mid_volume_ends_the_run_cleanly()
    {
        ScanPlan plan = Scans.Plan(timePoints: 3);
        var clock = new ManualClock();
        RunReport report = await Run((o, stop) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan).Take(6)) o.Send(plan, sequence, index);
            while (!stop.IsCancellationRequested)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                o.OnIdle();
            }
        }, clock: clock).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal(RunOutcome.SourceLost, report.Status.Outcome);
        Assert.Equal((2, 1, 2), (report.Status.Volumes.Assembled, report.Status.Volumes.Incomplete, report.Status.Volumes.Restored));
        Assert.Equal([2, 3], _store.Provenance.Single(p => p.Index.T == 1).MissingPlanes);
        Assert.Null(report.Status.Frames.Sent);
    }

    [Fact]
    public async Task A_scan_whose_end_never_comes_completes_when_every_planned_volume_is_there()
    {
        ScanPlan plan = Scans.Plan();
        var clock = new ManualClock();
        RunReport report = await Run((o, stop) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan)) o.Send(plan, sequence, index);
            while (!stop.IsCancellationRequested)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                o.OnIdle();
            }
        }, clock: clock).RunAsync(Cancel);
        Assert.Equal(RunOutcome.Completed, report.Status.Outcome);
    }

    [Fact]
    public async Task No_source_at_all_ends_when_the_patience_for_it_does()
    {
        var clock = new ManualClock();
        RunReport report = await Run(
            (o, stop) =>
            {
                while (!stop.IsCancellationRequested)
                {
                    clock.Advance(TimeSpan.FromSeconds(1));
                    o.OnIdle();
                }
            },
            new PipelineOptions { FirstFrameTimeout = TimeSpan.FromSeconds(20) }, clock).RunAsync(Cancel);
        Assert.Equal(RunOutcome.SourceLost, report.Status.Outcome);
        Assert.Contains("20 s", report.Status.Reason, StringComparison.Ordinal);
        Assert.Null(_store.Report);
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
        Assert.Equal(other, _run!.Successor?.Plan.ScanId);
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
            _ => _store, _publisher, _engine, new RestorationOptions(), new PipelineOptions(), TimeProvider.System, new ScanAnnouncement(plan, 0));
        RunReport report = await run.RunAsync(Cancel);
        AssertCloses(report);
        Assert.Equal((8L, 4L), (report.Status.Frames.Stored, report.Status.Frames.LostMessages));
    }

    [Fact]
    public async Task A_full_disk_ends_the_scan_loudly_and_what_was_written_stays()
    {
        ScanPlan plan = Scans.Plan(timePoints: 30);
        _store.Raw.BeforeWrite = index =>
        {
            if (index.T == 4) throw new StorageException("No space left for 960 bytes.") { DiskFull = true };
        };
        RunReport report = await Run((o, stop) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan)) o.Send(plan, sequence, index);
            stop.WaitHandle.WaitOne();
        }).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal(RunOutcome.DiskFull, report.Status.Outcome);
        Assert.Contains("No space left", report.Status.Reason, StringComparison.Ordinal);
        Assert.Equal(4, _store.Raw.Volumes.Count);
        Assert.Equal(16, report.Status.Frames.Stored);
        Assert.Equal(report.Status.Frames.Received - 16, report.Status.Frames.Refused["not-stored"]);
    }

    [Fact]
    public async Task A_restorer_that_throws_loses_no_raw_volume()
    {
        ScanPlan plan = Scans.Plan(timePoints: 6);
        int calls = 0;
        _engine.OnRestore = () =>
        {
            if (++calls % 2 == 0) throw new InvalidOperationException("injected");
        };
        RunReport report = await Run((o, _) => o.SendAll(plan)).RunAsync(Cancel);

        AssertCloses(report);
        AssertRawIsWhatWasSent(plan, []);
        Assert.Equal(RunOutcome.Completed, report.Status.Outcome);
        Assert.Equal(3, report.Status.Volumes.Restored);
        Assert.Equal(3, report.Status.Volumes.Skipped["restoration failed"]);
    }

    [Fact]
    public async Task A_network_that_fails_costs_neither_raw_nor_restored_volumes()
    {
        ScanPlan plan = Scans.Plan(timePoints: 5);
        _publisher.OnVolume = () => throw new TransportException("the socket is gone");
        RunReport report = await Run((o, _) => o.SendAll(plan)).RunAsync(Cancel);
        AssertCloses(report);
        Assert.Equal((RunOutcome.Completed, 5L), (report.Status.Outcome, report.Status.Volumes.Restored));
        Assert.Equal(5, _store.Restored.Volumes.Count);
        Assert.Single(report.Warnings, w => w.Contains("the socket is gone", StringComparison.Ordinal));
    }

    [Theory, InlineData("scan-started"), InlineData("model-chosen"), InlineData("volume-stored")]
    public async Task A_ledger_that_cannot_be_written_ends_the_run_and_says_so(string entry)
    {
        ScanPlan plan = Scans.Plan(timePoints: 30);
        _store.BeforeLedger = kind =>
        {
            if (kind == entry) throw new StorageException("No space left for the ledger.") { DiskFull = true };
        };
        RunReport report = await Run((o, stop) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan)) o.Send(plan, sequence, index);
            stop.WaitHandle.WaitOne();
        }).RunAsync(Cancel);
        AssertCloses(report);
        Assert.Equal(RunOutcome.DiskFull, report.Status.Outcome);
        Assert.Contains("ledger", report.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stalled_restorer_makes_volumes_wait_on_disk_and_never_the_camera()
    {
        ScanPlan plan = Scans.Plan(timePoints: 60, y: 128, x: 128, z: 4, undersampling: new Factors(1, 2, 2));
        using var sent = new ManualResetEventSlim();
        _engine.OnRestore = () => sent.Wait(Cancel);
        RunReport report = await Run(
            (o, _) =>
            {
                o.SendAll(plan);
                sent.Set();
            },
            new PipelineOptions { MemoryBudgetBytes = 1 << 20 }).RunAsync(Cancel);

        AssertCloses(report);
        AssertRawIsWhatWasSent(plan, []);
        Assert.Equal(60, report.Status.Volumes.Restored);
        Assert.True(_store.Raw.Reads > 40, $"{_store.Raw.Reads} volumes were read back.");
        Assert.True(report.Status.Queues.Single(q => q.Name == "restore").HighWaterBytes <= 1 << 20);
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
        _engine.OnRestore = () =>
        {
            if (++restored == 2) abandon.Cancel();
        };
        RunReport report = await Run((o, _) => o.SendAll(plan)).RunAsync(Cancel, abandon.Token);
        AssertCloses(report);
        Assert.Equal(2, report.Status.Volumes.Restored);
        Assert.Equal(report.Status.Volumes.Assembled - 2, report.Status.Volumes.Pending);
        Assert.True(report.Status.Volumes.Pending > 0);
    }

    [Fact]
    public async Task A_scan_too_large_for_the_memory_budget_is_refused_with_the_setting_to_change()
    {
        ScanPlan plan = Scans.Plan(z: 100, y: 1000, x: 1000);
        var refusal = await Assert.ThrowsAsync<ScanRefusedException>(() =>
            Run((o, _) => o.OnStart(plan, 0, false), new PipelineOptions { MemoryBudgetBytes = 64 << 20 }).RunAsync(Cancel));
        Assert.Contains("pipeline.memory_budget_mib", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scan_that_restores_to_more_than_the_machine_holds_is_refused_before_its_first_frame()
    {
        ScanPlan plan = Scans.Plan(z: 400, y: 2000, x: 2000, undersampling: new Factors(4, 4, 4));
        var refusal = await Assert.ThrowsAsync<ScanRefusedException>(() =>
            Run((o, _) => o.OnStart(plan, 0, false), new PipelineOptions { MemoryBudgetBytes = 1L << 42 }).RunAsync(Cancel));
        Assert.Contains("this machine has", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_store.LedgerKinds);
    }

    [Theory, InlineData(0.8, 1), InlineData(0.2, 0)]
    public async Task A_noisy_volume_is_told_to_people(double share, int warnings)
    {
        ScanPlan plan = Scans.Plan();
        _engine.OnTune = () => new TuningResult(null, false, 1, 1, 1, 1, TimeSpan.Zero, share, "measured");
        RunReport report = await Run((o, _) => o.SendAll(plan)).RunAsync(Cancel);
        Assert.Equal(warnings, report.Warnings.Count(w => w.Contains("80 %", StringComparison.Ordinal) && w.Contains("noise", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_volume_that_cannot_be_tuned_on_is_restored_without_and_the_next_one_is_tried()
    {
        ScanPlan plan = Scans.Plan(timePoints: 3);
        int tries = 0;
        _engine.OnTune = () => ++tries == 1
            ? throw new RestorationException("the volume is constant")
            : new TuningResult(null, false, 1, 1, 1, 1, TimeSpan.Zero, 0, "measured");
        RunReport report = await Run((o, _) => o.SendAll(plan)).RunAsync(Cancel);

        Assert.Equal(2, tries);
        Assert.Equal(3, report.Status.Volumes.Restored);
        Assert.Contains("constant", _store.Provenance.Single(p => p.Index.T == 0).Note, StringComparison.Ordinal);
        Assert.Equal("", _store.Provenance.Single(p => p.Index.T == 1).Note);
    }
}
