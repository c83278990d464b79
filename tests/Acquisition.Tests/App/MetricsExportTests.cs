using System.Net;
using System.Net.Sockets;
using Acquisition.App.Configuration;
using Acquisition.App.Runs;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Storage;
using Acquisition.Tests.Support;
using Acquisition.Transport;
using Xunit;

namespace Acquisition.Tests.App;

public sealed class MetricsExportTests : ScanRunCase
{
    private static readonly ScanPlan Plan = Scans.Plan(timePoints: 3, channels: 2, z: 71);
    private static readonly RestorationOptions Cubic = new() { Model = ModelNames.Cubic };

    [Fact]
    public async Task A_collector_gets_the_names_and_counts_of_a_run_as_protobuf()
    {
        using var collector = new OtlpCollector();
        using (var export = new MetricsExport(new MetricsOptions { OtlpEndpoint = collector.Address, Period = TimeSpan.FromHours(1) }))
        {
            RunReport report = await NewRun().RunAsync(Cancel);
            AssertCloses(report);
            export.Flush();
        }

        Assert.All(collector.Requests, request => Assert.Equal(("/v1/metrics", "application/x-protobuf"), request));

        // Runs of other tests in this process may be among them; one of this class alone has 426 frames.
        var metrics = collector.Runs.Values.Single(run => run.GetValueOrDefault("acquisition.frames.received") == 426 && run["acquisition.frames.stored"] == 426);
        Assert.Equal((6, 6, 6), (metrics["acquisition.volumes.restored"], metrics["acquisition.volumes.assembled"], metrics["acquisition.volume.lag"]));
        Assert.Equal(1, metrics["acquisition.run.state"]);
        foreach (string name in (string[])["acquisition.queue.depth", "acquisition.queue.bytes", "acquisition.queue.wait", "acquisition.stage.duration", "acquisition.messages.lost"])
            Assert.Contains(name, metrics.Keys);
    }

    [Fact]
    public async Task Two_runs_at_once_are_told_apart_in_every_figure()
    {
        ScanPlan other = Scans.Plan(timePoints: 2, z: 53);
        using var collector = new OtlpCollector();
        using (var export = new MetricsExport(new MetricsOptions { OtlpEndpoint = collector.Address, Period = TimeSpan.FromHours(1) }))
        {
            await NewRun().RunAsync(Cancel);
            await Run((o, _) => o.SendAll(other), restoration: Cubic, store: new MemoryRunStore()).RunAsync(Cancel);
            export.Flush(); // neither is disposed of yet
        }

        Assert.DoesNotContain("", collector.Runs.Keys);
        foreach (var (frames, volumes) in ((int, int)[])[(426, 6), (106, 2)])
        {
            var metrics = collector.Runs.Values.Single(run => run.GetValueOrDefault("acquisition.frames.received") == frames);
            Assert.Equal((frames, volumes, volumes), (metrics["acquisition.frames.stored"], metrics["acquisition.volumes.restored"], metrics["acquisition.volume.lag"]));
            Assert.Equal(1, metrics["acquisition.run.state"]);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_collector_that_is_absent_or_never_answers_costs_a_run_nothing(bool accepts)
    {
        using var deaf = new TcpListener(IPAddress.Loopback, 0);
        deaf.Start();
        string address = $"http://127.0.0.1:{((IPEndPoint)deaf.LocalEndpoint).Port}";
        if (!accepts) deaf.Stop();
        Task all = Task.Run(
            async () =>
            {
                using var export = new MetricsExport(new MetricsOptions { OtlpEndpoint = address, Period = TimeSpan.FromSeconds(0.1) });
                AssertCloses(await NewRun().RunAsync(Cancel));
                export.Flush();
            },
            Cancel);
        await all.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
    }

    [Fact]
    public async Task The_last_figures_of_a_run_that_was_superseded_reach_the_collector()
    {
        using var collector = new OtlpCollector();
        using var folder = new AppTempFolder();
        using var interruption = new Interruption(TextWriter.Null, () => { });
        string address = TransportReceiver.FreeAddress();
        var config = new AppConfig
        {
            Source = new SourceOptions { Address = address },
            Storage = new StorageOptions { Root = folder.Path },
            Restoration = new RestorationOptions { Model = ModelNames.Cubic },
            Metrics = new MetricsOptions { OtlpEndpoint = collector.Address, Period = TimeSpan.FromHours(1) },
        };
        Task<int> session = new RunSession(config, new Screen(TextWriter.Null, TextWriter.Null, isTerminal: false), explains: false).RunAsync(interruption);
        HardwareSimRun source = await HardwareSimRun.InProcessAsync(
            "scan", "beads", "--shape", "5,32,36", "--timepoints", "5", "--factor", "1,2,2", "--restart-after", "13", "--restart-as", "new-scan", "--address", address);
        Assert.True(source.ExitCode == 0, source.Notes);
        Assert.Equal(0, await session);

        // 13 frames are two volumes and three planes of a third.
        foreach (var (frames, volumes) in ((int, int)[])[(13, 3), (25, 5)])
        {
            Assert.Contains(
                collector.Runs.Values, run => run.GetValueOrDefault("acquisition.frames.stored") == frames && run["acquisition.volumes.restored"] == volumes);
        }
    }

    private ScanRun NewRun() => Run((o, _) => o.SendAll(Plan), restoration: Cubic);
}
