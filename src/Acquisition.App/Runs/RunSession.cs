using Acquisition.App.Configuration;
using Acquisition.App.Scoring;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Transport;
using Acquisition.Viewer;

namespace Acquisition.App.Runs;

/// <summary>Takes scans from one source and shows them to a person, from waiting to result.</summary>
/// <param name="explains">Whether to say how to start a microscope; not when one has been started already.</param>
internal sealed class RunSession(AppConfig config, Screen screen, bool explains)
{
    private readonly List<TakenScan> _scans = [];
    private volatile TakenScan? _newest;

    /// <summary>Takes one scan, and the next one where a scan is superseded instead of ended.</summary>
    /// <returns>An <see cref="ExitCode"/>, the worst of all scans taken.</returns>
    public async Task<int> RunAsync(Interruption interruption)
    {
        try
        {
            using ZmqVolumePublisher? publisher = config.Publish is { } options ? new ZmqVolumePublisher(options) : null;
            using MetricsExport? metrics = config.Metrics is { } collector ? new MetricsExport(collector) : null;
            await using ViewerServer? viewer = await RunViewer.StartAsync(config.Viewer, screen).ConfigureAwait(false);
            using var source = new ZmqFrameSource(config.Source);
            Introduce(source, publisher);
            await RunDisplay.ShowAsync(screen, TakeAsync(source, publisher, viewer, metrics, interruption), () => _newest!, scan => scan.Status).ConfigureAwait(false);
            metrics?.Flush();
            int worst = ExitCode.Ok;
            foreach (TakenScan scan in _scans) worst = Math.Max(worst, await ConcludeAsync(scan).ConfigureAwait(false));
            return worst;
        }
        catch (AcquisitionException error)
        {
            screen.Complain(error.Message);
            return ExitCode.Failed;
        }
        finally
        {
            _newest?.Dispose(); // those before it are closed already
        }
    }

    /// <summary>Takes one scan after another, each as soon as the one before it is no longer received. Completes when all have
    /// drained; what a run fails with is left to its report.</summary>
    /// <remarks>Two runs at most are at work, each with the memory that the configuration grants one.</remarks>
    private async Task TakeAsync(ZmqFrameSource source, ZmqVolumePublisher? publisher, ViewerServer? viewer, MetricsExport? metrics, Interruption interruption)
    {
        ScanAnnouncement? announced = null;
        do
        {
            var scan = new TakenScan(config, source, publisher, viewer?.Screen, announced, interruption);
            viewer?.Show(scan.ForViewer(interruption, screen));
            _scans.Add(scan);
            TakenScan? draining = _newest;
            _newest = scan;
            await scan.Received.ConfigureAwait(false);
            announced = scan.Successor;
            if (draining is null) continue;

            // A further scan waits until there is room for it; its frames wait in the socket.
            await draining.Ended.ConfigureAwait(false);
            metrics?.Flush(); // its last figures end with it
            draining.Dispose();
        }
        while (announced is not null && !interruption.Stop.IsCancellationRequested);
        await _newest.Ended.ConfigureAwait(false);
    }

    private async Task<int> ConcludeAsync(TakenScan scan)
    {
        try
        {
            return Conclude(await scan.Report.ConfigureAwait(false), scan.Folder);
        }
        catch (AcquisitionException error)
        {
            screen.Complain(error.Message);
            if (scan.Folder is { } folder) screen.Complain($"what was stored before that lies in {folder}");
            return ExitCode.Failed;
        }
    }

    /// <summary>Shows what a run came to.</summary>
    private int Conclude(RunReport report, string? folder)
    {
        if (folder is null)
        {
            screen.Output.WriteLine($"No scan was announced, so nothing was stored: {TerminalText.Plain(report.Status.Reason)}");
            return Verdict.Of(report);
        }

        bool isScored = config.TruthFolder is not { } truth || TryScore(folder, truth, ref report);
        screen.Console.Write(ResultView.Run(report, folder));
        if (report.Scores is { } scores) screen.Console.Write(ResultView.Scores(scores));
        if (File.Exists(RunFiles.Page(folder))) screen.Output.WriteLine($"page: {RunFiles.Page(folder)}");
        else screen.Complain($"the report's page could not be made; try 'acquisition report {folder}'");
        if (config.Viewer.Enabled) screen.Output.WriteLine($"to look at it again: acquisition view {folder}");
        if (File.Exists(RunFiles.Report(folder))) screen.Output.WriteLine($"report: {RunFiles.Report(folder)}");
        return isScored || report.Status.Outcome == RunOutcome.Cancelled ? Verdict.Of(report) : ExitCode.Failed;
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

    /// <summary>How the simulator must be started to be heard by this source.</summary>
    private static string SimulatorOptions(SourceOptions source) =>
        $"--address {source.Address}{(source.Bind ? " --connect" : "")}{(source.Pattern == SocketPattern.PubSub ? " --pattern pub" : "")}"
        + (source.Stream is { } stream ? $" --stream {stream}" : "");

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
}
