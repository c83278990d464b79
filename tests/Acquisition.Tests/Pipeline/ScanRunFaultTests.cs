using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

/// <summary>What a source, a disk, a network or a restorer can do to a run, and what it costs.</summary>
public sealed class ScanRunFaultTests : ScanRunCase
{
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
                clock.Advance(TimeSpan.FromSeconds(4));
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

    [Theory]
    [InlineData(null, null, 6, 5.0)]
    [InlineData(null, 2000, 6, 10.0)]
    [InlineData(null, null, 4, 30.0)]
    [InlineData(60, null, 4, 65.0)]
    public async Task Silence_counts_from_five_seconds_or_exposures_in_mid_volume_and_from_the_interval_between_volumes(
        int? intervalSec, int? exposureMs, int frames, double expectedSec)
    {
        ScanPlan plan = Scans.Plan(timePoints: 3) with
        {
            Interval = intervalSec is { } s ? TimeSpan.FromSeconds(s) : null,
            Exposure = exposureMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
        };
        var clock = new ManualClock();
        double silence = 0;
        RunReport report = await Run((o, stop) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan).Take(frames)) o.Send(plan, sequence, index);
            for (; !stop.IsCancellationRequested; silence += stop.IsCancellationRequested ? 0 : 0.5)
            {
                o.OnIdle();
                if (!stop.IsCancellationRequested) clock.Advance(TimeSpan.FromSeconds(0.5));
            }
        }, clock: clock).RunAsync(Cancel);
        Assert.Equal(RunOutcome.SourceLost, report.Status.Outcome);
        Assert.Equal(expectedSec, silence);
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
            IdleUntilStopped(o, clock, stop);
        }, clock: clock).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal(RunOutcome.SourceLost, report.Status.Outcome);
        Assert.Equal((2, 1, 2), (report.Status.Volumes.Assembled, report.Status.Volumes.Incomplete, report.Status.Volumes.Restored));
        Assert.Equal([2, 3], Store.Provenance.Single(p => p.Index.T == 1).MissingPlanes);
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
            IdleUntilStopped(o, clock, stop);
        }, clock: clock).RunAsync(Cancel);
        Assert.Equal(RunOutcome.Completed, report.Status.Outcome);
    }

    [Fact]
    public async Task No_source_at_all_ends_when_the_patience_for_it_does()
    {
        var clock = new ManualClock();
        RunReport report = await Run(
            (o, stop) => IdleUntilStopped(o, clock, stop),
            new PipelineOptions { FirstFrameTimeout = TimeSpan.FromSeconds(20) }, clock).RunAsync(Cancel);
        Assert.Equal(RunOutcome.SourceLost, report.Status.Outcome);
        Assert.Contains("20 s", report.Status.Reason, StringComparison.Ordinal);
        Assert.Null(Store.Report);
    }

    [Fact]
    public async Task A_full_disk_ends_the_scan_loudly_and_what_was_written_stays()
    {
        ScanPlan plan = Scans.Plan(timePoints: 30);
        Store.Raw.BeforeWrite = index =>
        {
            if (index.T >= 4) throw new StorageException("No space left for 960 bytes.") { DiskFull = true };
        };
        RunReport report = await Run((o, stop) => SendUntilStopped(o, plan, stop)).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal(RunOutcome.DiskFull, report.Status.Outcome);
        Assert.Contains("No space left", report.Status.Reason, StringComparison.Ordinal);
        Assert.Equal(4, Store.Raw.Volumes.Count);
        Assert.Equal(16, report.Status.Frames.Stored);
        Assert.Equal(report.Status.Frames.Received - 16, report.Status.Frames.Refused["not-stored"]);
    }

    [Fact]
    public async Task A_restorer_that_throws_loses_no_raw_volume()
    {
        ScanPlan plan = Scans.Plan(timePoints: 6);
        int calls = 0;
        Engine.OnRestore = () =>
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
        Publisher.OnVolume = () => throw new TransportException("the socket is gone");
        RunReport report = await Run((o, _) => o.SendAll(plan)).RunAsync(Cancel);
        AssertCloses(report);
        Assert.Equal((RunOutcome.Completed, 5L), (report.Status.Outcome, report.Status.Volumes.Restored));
        Assert.Equal(5, Store.Restored.Volumes.Count);
        Assert.Single(report.Warnings, w => w.Contains("the socket is gone", StringComparison.Ordinal));
    }

    [Theory, InlineData("scan-started"), InlineData("model-chosen"), InlineData("volume-stored")]
    public async Task A_ledger_that_cannot_be_written_ends_the_run_and_says_so(string entry)
    {
        ScanPlan plan = Scans.Plan(timePoints: 30);
        Store.BeforeLedger = kind =>
        {
            if (kind == entry) throw new StorageException("No space left for the ledger.") { DiskFull = true };
        };
        RunReport report = await Run((o, stop) => SendUntilStopped(o, plan, stop)).RunAsync(Cancel);
        AssertCloses(report);
        Assert.Equal(RunOutcome.DiskFull, report.Status.Outcome);
        Assert.Contains("ledger", report.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stalled_restorer_makes_volumes_wait_on_disk_and_never_the_camera()
    {
        ScanPlan plan = Scans.Plan(timePoints: 60, y: 128, x: 128, z: 4, undersampling: new Factors(1, 2, 2));
        using var sent = new ManualResetEventSlim();
        Engine.OnRestore = () => sent.Wait(Cancel);
        RunReport report = await Run(
            (o, _) =>
            {
                o.SendAll(plan);
                sent.Set();
            },
            new PipelineOptions { MemoryBudgetBytes = 1 << 20, Previews = false }).RunAsync(Cancel);

        AssertCloses(report);
        AssertRawIsWhatWasSent(plan, []);
        Assert.Equal(60, report.Status.Volumes.Restored);
        Assert.True(Store.Raw.Reads > 40, $"{Store.Raw.Reads} volumes were read back.");
        Assert.True(report.Status.Queues.Single(q => q.Name == "restore").HighWaterBytes <= 1 << 20);
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
        Assert.Empty(Store.LedgerKinds);
    }
}
