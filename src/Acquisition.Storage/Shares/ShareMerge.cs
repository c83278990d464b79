using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Storage.Files;
using Acquisition.Storage.Reporting;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage.Shares;

/// <summary>Puts the shares of a restoration together into a run folder, once nothing is missing.</summary>
public sealed class ShareMerge
{
    private readonly string _folder;
    private readonly RestorePlan _plan;
    private readonly Dictionary<VolumeIndex, Provenance> _made;

    /// <summary>Reads what the shares did.</summary>
    /// <exception cref="StorageException">The folder cannot be read.</exception>
    /// <exception cref="DataFormatException">A share's file is damaged.</exception>
    public ShareMerge(string folder, RestorePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        (_folder, _plan) = (folder, plan);
        _made = ShareFolder.Names(folder).SelectMany(name => ShareFolder.ProvenanceOf(folder, name)).GroupBy(made => made.Index).ToDictionary(made => made.Key, made => made.Last());
    }

    /// <summary>Volumes that are not restored, with what a share said of them or nothing.</summary>
    /// <exception cref="StorageException">The folder cannot be read.</exception>
    /// <exception cref="DataFormatException">A share's file is damaged.</exception>
    public ImmutableArray<(VolumeIndex Index, string Reason)> Missing()
    {
        ZarrVolumeStore? restored = Directory.Exists(Path.Combine(_folder, RunFolder.RestoredName))
            ? ZarrVolumeStore.Reopen(Path.Combine(_folder, RunFolder.RestoredName), ZarrDataset.Restored(_plan.Scan.Plan), counts: false)
            : null;
        VolumeIndex[] missing = [.. _plan.All().Where(index => !_made.ContainsKey(index) || restored?.Exists(index) != true)];
        if (missing.Length == 0) return [];
        var skipped = Events(LedgerKinds.VolumeSkipped).Select(line => line.Deserialize<VolumeSkipped>(RecordJson.Compact)!)
            .GroupBy(volume => volume.Index).ToDictionary(volumes => volumes.Key, volumes => volumes.Last());
        return [.. missing.Select(index => (index, skipped.TryGetValue(index, out VolumeSkipped? said) ? $"{said.Reason}: {said.Detail}" : ""))];
    }

    /// <summary>Writes ledger, provenance and report of the whole. Only when nothing is missing; may be repeated.</summary>
    /// <param name="input">The scan that was restored.</param>
    /// <exception cref="StorageException">The disk refused.</exception>
    public RunReport Complete(RestorableScan input, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(clock);
        Provenance[] made = [.. _made.Values.OrderBy(provenance => (provenance.Index.T, provenance.Index.C))];
        ImmutableArray<string> warnings = [.. Events(LedgerKinds.Warning).Select(line => line.Deserialize<Warned>(RecordJson.Compact)!.Message).Distinct()];
        RunReport report = Report(input, made, warnings, clock.GetUtcNow());

        Lines(Path.Combine(_folder, RunFolder.RestoredName, ZarrDataset.ProvenanceFile), made.Select(provenance => JsonSerializer.SerializeToElement(provenance, RecordJson.Compact)));
        byte[] text = Encoding.UTF8.GetBytes(RunReportJson.Write(report) + "\n");
        string path = Path.Combine(_folder, "report.json");
        RunFolder.Store("write the report", path, text.Length, () => AtomicFile.Write(path, text, replace: true));
        // Last, because a folder with a ledger counts as a whole run.
        Lines(Path.Combine(_folder, RunFolder.LedgerFile),
        [
            LedgerEntry.Of(LedgerKinds.ScanStarted, _plan.Scan, clock),
            .. input.Volumes.Select(volume => LedgerEntry.Of(LedgerKinds.VolumeStored, volume, clock)),
            .. _plan.Models.Select(model => LedgerEntry.Of(LedgerKinds.ModelChosen, model, clock)),
            .. made.Select(provenance => LedgerEntry.Of(LedgerKinds.VolumeRestored, provenance, clock)),
            .. warnings.Select(warning => LedgerEntry.Of(LedgerKinds.Warning, new Warned(warning), clock)),
            LedgerEntry.Of(LedgerKinds.ScanFinished, new ScanFinished(
                report.Status.Outcome, report.Status.Reason, report.LedgerCloses, report.Status.Frames, report.Status.Volumes), clock),
        ]);
        if (input.RunDataset is { } dataset) Link(Path.Combine(_folder, RunFolder.RawName), dataset);
        RunPage.TryWrite(_folder);
        return report;
    }

    private RunReport Report(RestorableScan input, Provenance[] made, ImmutableArray<string> warnings, DateTimeOffset now)
    {
        long frames = input.Volumes.Sum(volume => (long)volume.Frames);
        return new RunReport
        {
            Status = new RunStatus
            {
                State = RunState.Finished,
                Reason = $"restored from {input.Format} '{_plan.Input}'",
                Outcome = RunOutcome.Completed,
                Plan = _plan.Scan.Plan,
                Frames = new FrameLedger { Received = frames, Stored = frames },
                Volumes = new VolumeLedger
                {
                    Assembled = input.Volumes.Length,
                    Incomplete = input.Volumes.Count(volume => !volume.MissingPlanes.IsEmpty),
                    Restored = made.Length,
                },
                Models = _plan.Models,
                Elapsed = now - _plan.MadeAt,
            },
            StartedAt = _plan.MadeAt,
            FinishedAt = now,
            Warnings = warnings,
        };
    }

    private IEnumerable<JsonElement> Events(string kind) => ShareFolder.Names(_folder)
        .SelectMany(name => ShareFolder.LedgerOf(_folder, name)).Where(line => line.GetProperty("kind").GetString() == kind);

    private static void Lines(string path, IEnumerable<JsonElement> lines) => RunFolder.Store("put shares together", path, 0, () =>
    {
        using AtomicFile file = AtomicFile.Create(path);
        var buffer = new BufferedStream(file.Stream, 1 << 16); // the file closes what is under it
        foreach (JsonElement line in lines)
        {
            buffer.Write(JsonSerializer.SerializeToUtf8Bytes(line, RecordJson.Compact));
            buffer.WriteByte((byte)'\n');
        }

        buffer.Flush();
        file.Commit(replace: true);
    });

    /// <summary>Raw volumes stay where they are; viewers and reports find them through a link.</summary>
    private static void Link(string path, string target)
    {
        try
        {
            if (!Path.Exists(path)) Directory.CreateSymbolicLink(path, target);
        }
        catch (Exception fault) when (DiskFault.Is(fault) || fault is PlatformNotSupportedException)
        {
            // Some file systems have no links; restored volumes are whole without.
        }
    }
}
