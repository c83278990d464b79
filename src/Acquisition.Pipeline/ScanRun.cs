using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Pipeline;

/// <summary>One run: from waiting for a source to a closed ledger.</summary>
public sealed class ScanRun
{
    /// <param name="source">Where frames come from.</param>
    /// <param name="openStore">Makes the run folder; called once, when the first scan is announced.</param>
    /// <param name="publisher">Downstream; <see langword="null"/> for none.</param>
    public ScanRun(
        IFrameSource source,
        Func<ScanPlan, IRunStore> openStore,
        IVolumePublisher? publisher,
        RestorationOptions restoration,
        PipelineOptions options,
        TimeProvider clock)
    {
        _ = (source, openStore, publisher, restoration, options, clock);
    }

    /// <summary>Where the run stands now; any thread, cheap enough for five times a second.</summary>
    public RunStatus Status => throw new NotSupportedException();

    /// <summary>Receives one scan, restores it and closes the ledger. Cancelling ends the scan cleanly: what arrived is stored and restored.</summary>
    /// <exception cref="AcquisitionException">The run could not start or ended in failure; whatever was stored stays readable.</exception>
    public Task<RunReport> RunAsync(CancellationToken cancellation) => throw new NotSupportedException();
}
