using Acquisition.App.Configuration;
using Acquisition.App.Models;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Storage;
using Acquisition.Viewer;

namespace Acquisition.App.Runs;

/// <summary>One scan that a session takes: its run, and the folder that the run stores into.</summary>
internal sealed class TakenScan : IDisposable
{
    private readonly AppConfig _config;
    private readonly ScanRun _run;
    private volatile string? _folder;
    private RunArchive? _archive;

    /// <summary>Starts to receive at once, or as soon as a scan is announced.</summary>
    /// <param name="source">Nobody else may be receiving from it.</param>
    /// <param name="viewer">Where people look; <see langword="null"/> for nowhere.</param>
    /// <param name="announced">The scan to take; <see langword="null"/> waits for one.</param>
    public TakenScan(
        AppConfig config, IFrameSource source, IVolumePublisher? publisher, IRunScreen? viewer, ScanAnnouncement? announced, Interruption interruption)
    {
        _config = config;
        _run = new ScanRun(
            source, OpenStore, publisher, (plan, tell) => ModelRegistry.Get(config.Restoration.Model).Open(config, plan, tell), config.Restoration, config.Pipeline, TimeProvider.System, announced,
            Conditioners.Of(config.Conditioning), viewer);
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

    /// <summary>The run as people look at it, and what they may do.</summary>
    public ViewedRun ForViewer(Interruption interruption, Screen screen) => new()
    {
        Status = () => _run.Status,
        Archive = () => _archive ??= _folder is { } folder ? RunArchive.Open(folder) : null,
        Stop = () =>
        {
            if (Status.State is RunState.Draining or RunState.Finished) return CommandAnswer.No("The scan has ended already.");
            screen.Output.WriteLine("acquisition: the scan is ended from the viewer; what came is stored and restored.");
            interruption.StopNow();
            return CommandAnswer.Yes("The scan ends; what came is stored and restored.");
        },
        Retune = _run.Retune,
    };

    /// <summary>Frees the run's memory. Only after <see cref="Ended"/>.</summary>
    public void Dispose() => _run.Dispose();

    private RunFolder OpenStore(ScanPlan plan)
    {
        var store = RunFolder.Create(_config.Storage, plan, ConfigWriter.Write(_config), TimeProvider.System.GetUtcNow());
        _folder = store.Folder;
        return store;
    }
}
