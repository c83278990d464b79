using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

public sealed class RunMetricsTests : ScanRunCase
{
    private static readonly RestorationOptions Cubic = new() { Model = ModelNames.Cubic };

    [Fact]
    public async Task Instruments_tell_what_the_report_tells()
    {
        ScanPlan plan = Scans.Plan(timePoints: 4, channels: 2);
        ScanRun run = Run((o, _) => SendWithFaults(o, plan), restoration: Cubic);
        using var metrics = new HeardMetrics(run);
        Assert.Equal(1, metrics.Collect()["acquisition.run.state{state=waiting}"]);
        RunReport report = await run.RunAsync(Cancel);
        IReadOnlyDictionary<string, double> heard = metrics.Collect();

        Assert.Equal(35, heard["acquisition.frames.received"]); // 4·2·4, less one lost, two twice, two from a stranger
        Assert.Equal(31, heard["acquisition.frames.stored"]);
        Assert.Equal(2, heard["acquisition.frames.refused{reason=duplicate}"]);
        Assert.Equal(2, heard["acquisition.frames.refused{reason=other-scan}"]);
        Assert.Equal(report.Status.Frames.RefusedTotal, heard.Where(m => m.Key.StartsWith("acquisition.frames.refused", StringComparison.Ordinal)).Sum(m => m.Value));
        Assert.Equal((1, 2, 0), (heard["acquisition.messages.lost"], heard["acquisition.messages.repeated"], heard["acquisition.frames.in_flight"]));
        Assert.Equal((8, 1, 8, 0), (heard["acquisition.volumes.assembled"], heard["acquisition.volumes.incomplete"],
            heard["acquisition.volumes.restored"], heard["acquisition.volumes.pending"]));
        Assert.Equal((0, 1), (heard["acquisition.run.state{state=waiting}"], heard["acquisition.run.state{state=finished}"]));
        foreach (QueueStatus queue in report.Status.Queues)
        {
            Assert.Equal(0, heard[$"acquisition.queue.depth{{queue={queue.Name}}}"]);
            Assert.Equal(queue.BudgetBytes, heard[$"acquisition.queue.limit{{queue={queue.Name}}}"]);
            Assert.Equal(queue.HighWaterBytes, heard[$"acquisition.queue.high_water{{queue={queue.Name}}}"]);
        }

        foreach (string name in (string[])["acquisition.queue.wait{queue=raw}", "acquisition.queue.wait{queue=restored}",
            "acquisition.stage.duration{stage=store raw}", "acquisition.stage.duration{stage=store restored}", "acquisition.stage.duration{stage=publish}",
            "acquisition.stage.duration{stage=last frame to restored published}"])
            Assert.Equal(8, metrics.Recorded.Count(record => record.Name == name));
        Assert.Equal(4, metrics.Recorded.Count(record => record.Name == "acquisition.volume.lag{channel=1}"));
        Assert.All(metrics.Recorded, record => Assert.InRange(record.Value, 0, 3600));
    }

    [Fact]
    public async Task Frames_record_nothing_whoever_listens()
    {
        int[] recorded = new int[2];
        foreach (int i in (int[])[0, 1])
        {
            using var scan = new MetricsOfScan(Scans.Plan(timePoints: 3, z: i == 0 ? 2 : 40));
            recorded[i] = await scan.CountAsync(Cancel);
        }

        Assert.True(recorded[0] > 20);
        Assert.Equal(recorded[0], recorded[1]);
    }

    [Fact]
    public async Task The_report_has_every_stage_and_the_time_from_the_last_frame_on()
    {
        ScanPlan plan = Scans.Plan(timePoints: 5);
        RunReport report = await Run((o, _) => o.SendAll(plan), restoration: Cubic).RunAsync(Cancel);
        Assert.Equal(
            [
                "store raw", "wait for restoration", "restore", "store restored", "publish",
                "last frame to raw stored", "last frame to restored", "last frame to restored stored", "last frame to restored published",
            ],
            report.Timings.Select(timing => timing.Stage));
        Assert.All(report.Timings, timing => Assert.Equal(5, timing.Count));
        double Longest(string stage) => report.Timings.Single(timing => timing.Stage == stage).MaxMs;
        Assert.True(Longest("last frame to restored") <= Longest("last frame to restored published"));
        Assert.True(Longest("last frame to restored published") <= Longest("last frame to restored stored"));
    }

    [Fact]
    public async Task A_disk_that_is_full_of_waiting_volumes_raises_the_alarm_and_is_told()
    {
        ScanPlan plan = Scans.Plan(timePoints: 40, y: 256, x: 256); // 0.5 MiB a volume
        using var told = new SemaphoreSlim(0);
        Store.OnWarning = text => { if (text.Contains("'raw' had no room left", StringComparison.Ordinal)) told.Release(); };
        Store.Raw.BeforeWrite = index => { if (index.T == 1) Assert.True(told.Wait(TimeSpan.FromSeconds(30), Cancel)); };
        RunReport report = await Run(
            (o, _) => o.SendAll(plan), new PipelineOptions { MemoryBudgetBytes = 4 << 20 }, restoration: Cubic).RunAsync(Cancel);

        AssertCloses(report);
        QueueStatus raw = report.Status.Queues.Single(queue => queue.Name == "raw");
        Assert.True(raw.TimesFull >= 1);
        Assert.Equal(40, raw.TimeInQueue!.Count);
        Assert.Contains(report.Warnings, text => text.Contains("'raw' had no room left; what it does then: wait", StringComparison.Ordinal));
    }

    /// <summary>Loses one frame, sends two twice and two for another scan.</summary>
    private static void SendWithFaults(IFrameObserver observer, ScanPlan plan)
    {
        observer.OnStart(plan, 0, repeat: false);
        foreach (var (sequence, index) in Scans.Frames(plan))
        {
            if (sequence == 9) continue;
            observer.Send(plan, sequence, index);
            if (sequence is 3 or 20) observer.Send(plan, sequence, index);
            if (sequence is 5 or 6) observer.Send(plan with { ScanId = Guid.Empty }, sequence, index);
        }

        observer.OnEnd(Scans.End(plan));
    }

    private sealed class MetricsOfScan(ScanPlan plan) : ScanRunCase
    {
        public async Task<int> CountAsync(CancellationToken cancel)
        {
            ScanRun run = Run((o, _) => o.SendAll(plan), restoration: Cubic);
            using var metrics = new HeardMetrics(run);
            await run.RunAsync(cancel);
            return metrics.Recorded.Count;
        }
    }
}
