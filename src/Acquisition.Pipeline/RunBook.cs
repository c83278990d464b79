using System.Collections.Immutable;
using System.Globalization;
using Acquisition.Core;

namespace Acquisition.Pipeline;

/// <summary>What a run says of itself, in its ledger and in the warnings of its report. Thread-safe.</summary>
/// <param name="fail">Told when the ledger cannot be written, which ends the run as a failed raw dataset does.</param>
internal sealed class RunBook(Action<StorageException> fail)
{
    private readonly Lock _gate = new();
    private readonly List<string> _warnings = [];
    private volatile IRunStore? _store;

    /// <summary>The run's folder; what is recorded before there is one stands in the report only.</summary>
    public IRunStore? Store { get => _store; set => _store = value; }

    public ImmutableArray<string> Warnings
    {
        get
        {
            lock (_gate) return [.. _warnings];
        }
    }

    /// <summary>Appends to the ledger.</summary>
    public void Record<T>(string kind, T entry)
    {
        try
        {
            _store?.AppendLedger(kind, entry);
        }
        catch (StorageException fault)
        {
            fail(fault);
        }
    }

    /// <summary>Something a person should see, in the report alone.</summary>
    public void Note(string warning)
    {
        lock (_gate) _warnings.Add(warning);
    }

    /// <summary>Something a person should see, in report and ledger.</summary>
    public void Warn(string message)
    {
        Note(message);
        Record(LedgerKinds.Warning, new Warned(message));
    }

    public void Skipped(VolumeIndex index, string reason, string detail)
    {
        Note($"{index} not restored, {reason}: {detail}");
        Record(LedgerKinds.VolumeSkipped, new VolumeSkipped(index, reason, detail));
    }

    public void Drifted(DriftNoticed drift)
    {
        Record(LedgerKinds.Drift, drift);
        Warn(string.Create(CultureInfo.InvariantCulture,
            $"The sample has changed by {drift.Index}: of the detail that the model adds, {100 * drift.Carries:0} % carries over, and {100 * drift.Reference:0} % did at first. {(drift.IsRefreshed ? "It is tuned again on this volume." : "Set restoration.refresh to true to have it tuned again when this happens.")}"));
    }

    /// <summary>Tells the last state, writes the report, then the ledger's last line, so that whoever finds the line finds everything else.</summary>
    /// <exception cref="StorageException">The disk refused one of them.</exception>
    public void Close(RunReport report)
    {
        _store?.AppendLedger(LedgerKinds.State, new StateChanged(report.Status.State, report.Status.Reason));
        _store?.Complete(report);
        _store?.AppendLedger(LedgerKinds.ScanFinished, new ScanFinished(
            report.Status.Outcome, report.Status.Reason, report.LedgerCloses, report.Status.Frames, report.Status.Volumes));
    }
}
