using System.Globalization;
using Acquisition.Core;
using Acquisition.Storage.Files;
using Acquisition.Storage.Reporting;
using Acquisition.Storage.Shares;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage.Inspection;

/// <summary>Looks at a run folder: what the ledger acknowledges, held against what lies on disk.</summary>
internal sealed class RunInspector(string folder)
{
    private readonly List<(string What, string Value)> _facts = [];
    private readonly List<string> _lacks = [];

    public Finding Look()
    {
        RunArchive archive = RunArchive.Open(folder);
        ScanPlan plan = archive.Plan
            ?? throw new StorageException($"No scan was taken in '{folder}': its ledger does not begin with one.");
        RunStatus status = archive.Status;
        _facts.Add(("path", folder));
        TellScan(plan);
        TellState(status);
        VolumeIndex[] raw = [.. Volumes(archive, plan, VolumeKind.Raw)], restored = [.. Volumes(archive, plan, VolumeKind.Restored)];
        TellDataset(RunFolder.RawName, "raw", raw);
        TellDataset(RunFolder.RestoredName, "restored", restored);
        if (Directory.Exists(Path.Combine(folder, RunFolder.UncertaintyName)))
            TellDataset(RunFolder.UncertaintyName, "uncertainty", [.. Volumes(archive, plan, VolumeKind.Uncertainty)]);

        string restoredPath = Path.Combine(folder, RunFolder.RestoredName, ZarrMetadata.FileName);
        if (File.Exists(restoredPath))
            _facts.AddRange(Making.Of(Path.GetDirectoryName(restoredPath)!, ZarrMetadata.Load(restoredPath)["attributes"]!.AsObject()));

        if (plan.TimePoints is { } planned && raw.Length < (long)planned * plan.Channels.Length)
            _lacks.Add($"{Words.Count((long)planned * plan.Channels.Length - raw.Length, "volume")} of {(long)planned * plan.Channels.Length} that were planned were never stored");
        if (status.Volumes.Incomplete > 0) _lacks.Add($"planes are missing in {Words.Count(status.Volumes.Incomplete, "raw volume")}");
        VolumeIndex[] unrestored = [.. raw.Except(restored)];
        if (unrestored.Length > 0) _lacks.Add($"{Words.Count(unrestored.Length, "volume")} not restored: {Words.List(unrestored)}");
        return new() { Kind = "run", Facts = [.. _facts], Lacks = [.. _lacks] };
    }

    private void TellScan(ScanPlan plan)
    {
        string length = plan.TimePoints is { } planned ? Words.Count(planned, "time point") : "open-ended";
        string interval = plan.Interval is { } every ? $", one every {Say.Duration(every)}" : "";
        var (z, y, x) = plan.RestoredScale;
        _facts.Add(("scan", $"{plan.ScanId} of stream {plan.Stream} ({plan.Mode}), {length}{interval}, {Words.Count(plan.Channels.Length, "channel")}, "
            + string.Create(CultureInfo.InvariantCulture, $"to be restored {z:0.###}×{y:0.###}×{x:0.###} times finer (z, y, x)")));
    }

    private void TellState(RunStatus status)
    {
        FrameLedger frames = status.Frames;
        VolumeLedger volumes = status.Volumes;
        _facts.Add(("frames", $"{Say.Count(frames.Received)} received, {Say.Count(frames.Stored)} stored, {Say.Reasons(frames.Refused, "refused")}"));
        if (status.State == RunState.Finished)
        {
            bool closes = frames.Closes && volumes.Closes;
            _facts.Add(("outcome", $"{(status.Outcome is { } outcome ? Say.Word(outcome) : "unknown")}: {status.Reason}"));
            _facts.Add(("ledger", closes ? "closed: every frame and volume is accounted for" : "closed, and does not add up"));
            if (!closes) _lacks.Add("the ledger does not add up");
            return;
        }

        bool goesOn = RunLock.IsTaken(folder);
        _facts.Add(("outcome", goesOn ? $"none yet, the run goes on: {status.Reason}" : "none: the run was cut off"));
        _facts.Add(("ledger", "open"));
        _lacks.Add(goesOn ? "the run goes on" : "the ledger is not closed; 'acquisition resume' closes it");
    }

    private void TellDataset(string name, string word, VolumeIndex[] acknowledged)
    {
        string location = Path.Combine(folder, name);
        if (!File.Exists(Path.Combine(location, ZarrMetadata.FileName)))
        {
            string plan = Path.Combine(folder, RestorePlan.FileName);
            if (name == RunFolder.RawName && File.Exists(plan)) _facts.Add(("raw volumes", $"where they were restored from, {RestorePlan.Load(plan).Input}"));
            else if (acknowledged.Length > 0) _lacks.Add($"{name} is not there");
            return;
        }

        var (facts, missing) = DatasetInspector.Volumes(location, acknowledged);
        _facts.AddRange(facts.Select(fact => ($"{word} {fact.What}", fact.Value)));
        if (missing.Length > 0) _lacks.Add($"{Words.Count(missing.Length, "volume")} that the ledger acknowledges not in {name}: {Words.List(missing)}");
    }

    private static IEnumerable<VolumeIndex> Volumes(RunArchive archive, ScanPlan plan, VolumeKind kind) =>
        from c in Enumerable.Range(0, plan.Channels.Length)
        from range in archive.Stored(kind, c)
        from t in Enumerable.Range(range.First, range.Last - range.First + 1)
        select new VolumeIndex(t, c);
}
