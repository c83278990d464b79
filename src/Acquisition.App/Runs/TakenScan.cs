using Acquisition.App.Configuration;
using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Storage;

namespace Acquisition.App.Runs;

/// <summary>One scan that a session takes: its run, and the folder that the run stores into.</summary>
internal sealed class TakenScan : IDisposable
{
    private readonly AppConfig _config;
    private readonly ScanRun _run;
    private volatile string? _folder;

    /// <summary>Starts to receive at once, or as soon as a scan is announced.</summary>
    /// <param name="source">Nobody else may be receiving from it.</param>
    /// <param name="announced">The scan to take; <see langword="null"/> waits for one.</param>
    public TakenScan(
        AppConfig config, IFrameSource source, IVolumePublisher? publisher, ScanAnnouncement? announced, Interruption interruption)
    {
        _config = config;
        _run = new ScanRun(
            source, OpenStore, publisher, new CpuEngine(), config.Restoration, config.Pipeline, TimeProvider.System, announced,
            Conditioners.Of(config.Conditioning));
        Report = Task.Run(() => _run.RunAsync(interruption.Stop, interruption.Abandon), CancellationToken.None);
        Ended = Report.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    /// <summary>What the run came to, or the <see cref="AcquisitionException"/> for which no scan could be taken.</summary>
    public Task<RunReport> Report { get; }

    /// <summary>Completes with the run, also with one that failed.</summary>
    public Task Ended { get; }

    /// <summary>Completes when another run may receive from the source.</summary>
    public Task Received => Task.WhenAny(_run.Received, Ended);

    public ScanAnnouncement? Successor => _run.Successor;

    public RunStatus Status => _run.Status;

    /// <summary>The run's folder; <see langword="null"/> before a scan was announced.</summary>
    public string? Folder => _folder;

    /// <summary>Frees the run's memory. Only after <see cref="Ended"/>.</summary>
    public void Dispose() => _run.Dispose();

    private RunFolder OpenStore(ScanPlan plan)
    {
        var store = RunFolder.Create(_config.Storage, plan, ConfigWriter.Write(_config), TimeProvider.System.GetUtcNow());
        _folder = store.Folder;
        return store;
    }
}
