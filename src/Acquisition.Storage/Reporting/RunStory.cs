using Acquisition.Core;

namespace Acquisition.Storage.Reporting;

/// <summary>What a run's ledger tells, as far as its page shows it: about 60 bytes a volume, and at most so many of each rarer event.</summary>
/// <remarks>About 300 bytes for a volume that was conditioned.</remarks>
internal sealed class RunStory
{
    /// <summary>A page with more rows is not read by anybody; the ledger has them all.</summary>
    public const int MostRows = 200;

    /// <summary>When the scan was taken; <see langword="null"/> when the ledger is empty.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    public List<(DateTimeOffset At, StateChanged State)> States { get; } = [];

    /// <summary>Time points of raw volumes on disk, by channel.</summary>
    public SortedDictionary<int, SortedSet<int>> Stored { get; } = [];

    public List<(DateTimeOffset At, VolumeIndex Index, TimeSpan Lag, GaugeReading? Gauge, ConditioningReport? Conditioning)> Restored { get; } = [];

    public List<(DateTimeOffset At, ModelStatus Model)> Models { get; } = [];

    public List<(DateTimeOffset At, SnapshotTaken Snapshot)> Snapshots { get; } = [];

    public List<(DateTimeOffset At, DriftNoticed Drift)> Drifts { get; } = [];

    public List<(DateTimeOffset At, string Message)> Warnings { get; } = [];

    public long WarningCount { get; private set; }

    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RunStory Read(string ledgerPath)
    {
        var story = new RunStory();
        foreach (LedgerLine line in LedgerLine.Read(ledgerPath)) story.Take(line);
        return story;
    }

    private void Take(LedgerLine line)
    {
        switch (line.Kind)
        {
            case LedgerKinds.ScanStarted:
                StartedAt ??= line.At;
                break;
            case LedgerKinds.State:
                Keep(States, line.At, line.As<StateChanged>());
                break;
            case LedgerKinds.VolumeStored when line.As<VolumeStored>() is { } stored:
                if (!Stored.TryGetValue(stored.Index.C, out SortedSet<int>? timePoints)) Stored[stored.Index.C] = timePoints = [];
                timePoints.Add(stored.Index.T);
                break;
            case LedgerKinds.VolumeRestored when line.As<Provenance>() is { } made:
                Restored.Add((line.At, made.Index, made.Lag, made.Gauge, made.Conditioning));
                break;
            case LedgerKinds.ModelChosen:
                Keep(Models, line.At, line.As<ModelStatus>());
                break;
            case LedgerKinds.Snapshot:
                Keep(Snapshots, line.At, line.As<SnapshotTaken>());
                break;
            case LedgerKinds.Drift:
                Keep(Drifts, line.At, line.As<DriftNoticed>());
                break;
            case LedgerKinds.Warning:
                NoteWarning(line.At, line.As<Warned>()?.Message);
                break;
            case LedgerKinds.VolumeSkipped when line.As<VolumeSkipped>() is { } skipped:
                NoteWarning(line.At, $"{skipped.Index} not restored, {skipped.Reason}: {skipped.Detail}");
                break;
            case LedgerKinds.Resumed when line.As<RunResumed>() is { } resumed:
                NoteWarning(line.At, $"The run was interrupted and resumed; {resumed.LostFrames} frames lost. {string.Join(" ", resumed.Repairs)}");
                break;
        }
    }

    private void NoteWarning(DateTimeOffset at, string? message)
    {
        WarningCount++;
        Keep(Warnings, at, message);
    }

    private static void Keep<T>(List<(DateTimeOffset At, T)> rows, DateTimeOffset at, T? entry)
        where T : class
    {
        if (entry is not null && rows.Count < MostRows) rows.Add((at, entry));
    }
}
