using Acquisition.App.Configuration;
using Acquisition.App.Scoring;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Storage;
using Acquisition.Transport;
using Spectre.Console;

namespace Acquisition.App.Runs;

/// <summary>Puts the parts together for one run and shows it to a person from waiting to result.</summary>
/// <param name="explains">Whether to say how to start a microscope; not when one has been started already.</param>
internal sealed class RunSession(AppConfig config, Screen screen, bool explains)
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(200);

    private string? _folder;

    /// <summary>Takes one scan, and the next one where a scan is superseded instead of ended.</summary>
    /// <returns>An <see cref="ExitCode"/>, the worst of all scans taken.</returns>
    public async Task<int> RunAsync(Interruption interruption)
    {
        try
        {
            using ZmqVolumePublisher? publisher = config.Publish is { } options ? new ZmqVolumePublisher(options) : null;
            var source = new ZmqFrameSource(config.Source);
            Introduce(source, publisher);
            int worst = ExitCode.Ok;
            ScanAnnouncement? announced = null;
            do
            {
                _folder = null;
                using var run = new ScanRun(
                    source, OpenStore, publisher, new CpuEngine(), config.Restoration, config.Pipeline, TimeProvider.System, announced);
                worst = Math.Max(worst, Conclude(await WatchAsync(run, interruption).ConfigureAwait(false)));
                announced = run.Successor;
                if (announced is not null) screen.Output.WriteLine($"Going on with scan {announced.Plan.ScanId}, which was announced meanwhile.");
            }
            while (announced is not null && !interruption.Stop.IsCancellationRequested);
            return worst;
        }
        catch (AcquisitionException error)
        {
            screen.Complain(error.Message);
            if (_folder is not null) screen.Complain($"what was stored before that lies in {_folder}");
            return ExitCode.Failed;
        }
    }

    /// <summary>Shows what a run came to.</summary>
    private int Conclude(RunReport report)
    {
        if (_folder is null)
        {
            screen.Output.WriteLine($"No scan was announced, so nothing was stored: {TerminalText.Plain(report.Status.Reason)}");
            return Judge(report);
        }

        bool isScored = config.TruthFolder is not { } truth || TryScore(_folder, truth, ref report);
        screen.Console.Write(ResultView.Run(report, _folder));
        if (report.Scores is { } scores) screen.Console.Write(ResultView.Scores(scores));
        if (File.Exists(RunFiles.Report(_folder))) screen.Output.WriteLine($"report: {RunFiles.Report(_folder)}");
        return isScored || report.Status.Outcome == RunOutcome.Cancelled ? Judge(report) : ExitCode.Failed;
    }

    private void Introduce(ZmqFrameSource source, ZmqVolumePublisher? publisher)
    {
        if (explains)
        {
            screen.Output.WriteLine($"Waiting for a microscope: {source.Description}. To start a simulated one:");
            screen.Output.WriteLine($"  hardware-sim scan neurites {SimulatorOptions(config.Source)}");
        }

        if (publisher is not null) screen.Output.WriteLine($"Restored volumes are published on {publisher.BoundAddress}");
        screen.Output.WriteLine("Ctrl-C ends the scan and restores what came; a second one leaves the rest unrestored.");
    }

    private async Task<RunReport> WatchAsync(ScanRun run, Interruption interruption)
    {
        Task<RunReport> running = Task.Run(() => run.RunAsync(interruption.Stop, interruption.Abandon), CancellationToken.None);
        try
        {
            Task watching = screen.IsTerminal
                ? screen.Console.Live(new Text("")).StartAsync(display => WatchAsync(run, running, new LiveReporter(display)))
                : WatchAsync(run, running, new PlainReporter(screen.Output));
            await watching.ConfigureAwait(false);
        }
        finally
        {
            await running.ConfigureAwait(false); // a screen that fails must not take the scan with it
        }

        return await running.ConfigureAwait(false);
    }

    /// <summary>How the simulator must be started to be heard by this source.</summary>
    private static string SimulatorOptions(SourceOptions source) =>
        $"--address {source.Address}{(source.Bind ? " --connect" : "")}{(source.Pattern == SocketPattern.PubSub ? " --pattern pub" : "")}"
        + (source.Stream is { } stream ? $" --stream {stream}" : "");

    private RunFolder OpenStore(ScanPlan plan)
    {
        var store = RunFolder.Create(config.Storage, plan, ConfigWriter.Write(config), TimeProvider.System.GetUtcNow());
        _folder = store.Folder;
        return store;
    }

    private static async Task WatchAsync(ScanRun run, Task running, IRunReporter reporter)
    {
        while (!running.IsCompleted)
        {
            reporter.Show(run.Status);
            await Task.WhenAny(running, Task.Delay(PollEvery)).ConfigureAwait(false);
        }

        reporter.Show(run.Status);
    }

    /// <summary>Scores the run; what cannot be scored, such as a scan that ended before its first volume, is still a run.</summary>
    private bool TryScore(string folder, string truth, ref RunReport report)
    {
        screen.Output.WriteLine("Scoring against the originals ...");
        try
        {
            report = RunScorer.Score(folder, truth, config.Restoration.BackProjections, config.Restoration.Threads);
            return true;
        }
        catch (AcquisitionException error)
        {
            screen.Complain(error.Message);
            return false;
        }
    }

    /// <summary>A source that was lost in mid-scan ends a run as cleanly as one that says so; one that never came is a failure.</summary>
    private static int Judge(RunReport report) => report.LedgerCloses && report.Status.Outcome switch
    {
        RunOutcome.Completed or RunOutcome.Cancelled or RunOutcome.Superseded => true,
        RunOutcome.SourceLost => report.Status.Plan is not null,
        _ => false,
    } ? ExitCode.Ok : ExitCode.Failed;
}
