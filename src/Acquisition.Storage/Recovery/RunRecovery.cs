using System.Collections.Immutable;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Storage.Files;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage.Recovery;

/// <summary>Reads what a run has left and finds what must be put right before it can go on. Changes nothing until it is told to.</summary>
/// <remarks>
/// A run writes in a fixed order, and each write is whole or not there, but for the last line of a file of lines. So this is all that the
/// end of the program between two writes can leave, and what becomes of it:
/// <list type="bullet">
/// <item>A folder, run.yaml or empty datasets without the first line of the ledger: no scan was taken, nothing to go on with.</item>
/// <item>*.partial: a file on its way, removed.</item>
/// <item>A raw volume without its ledger line: it is whole, so the line is added. Planes of nothing but zeros count as missing, because
/// which ones were is written nowhere else; see <see cref="VolumeStored"/>.</item>
/// <item>A map of errors without its restored volume, or a restored volume without provenance: removed, to be made again.</item>
/// <item>A restored volume with its provenance and without its ledger line: the line is added.</item>
/// <item>Weights without the line of their choice: they stay; tuning gives the same again.</item>
/// <item>Metadata that announces more time points than there are: shortened when the run is completed.</item>
/// <item>A last line of the ledger that is no scan-finished, or one with volumes pending: the run goes on.</item>
/// <item>Half a last line of ledger or provenance: cut off. Then it is as if that line had not been begun.</item>
/// </list>
/// Putting right is itself such a sequence: interrupted, it is taken up again. A disk that lost what it had confirmed can leave more:
/// a line without its volume does not count, provenance that is only in the ledger is copied back, and a raw volume without its line that
/// cannot be read is put aside. A ledger that is damaged before its last line is refused.
/// </remarks>
internal sealed class RunRecovery
{
    private readonly string _folder;
    private readonly string _ledgerPath;
    private readonly string _provenancePath;
    private readonly FoundLines _ledger;
    private readonly FoundLines _provenance;
    private readonly List<(string What, Action<RunFolder> Do)> _repairs = [];
    private DateTimeOffset _startedAt;
    private ScanFinished? _finished;
    private readonly List<ModelStatus> _models = [];
    private readonly List<VolumeStored> _stored = [];
    private readonly List<Provenance> _restored = [];

    /// <exception cref="StorageException">A file cannot be read, or no scan was taken.</exception>
    /// <exception cref="DataFormatException">A file is damaged in a way that no interruption explains.</exception>
    public RunRecovery(string folder)
    {
        _folder = folder;
        _ledgerPath = Path.Combine(folder, RunFolder.LedgerFile);
        _provenancePath = Path.Combine(folder, RunFolder.RestoredName, ZarrDataset.ProvenanceFile);
        _ledger = FoundLines.Read(_ledgerPath);
        _provenance = FoundLines.Read(_provenancePath);
        if (_ledger.Lines.IsEmpty) throw new StorageException($"There is nothing to resume in '{folder}': its ledger is empty, so no scan was taken.");
        ScanStarted scan = First(_ledger.Lines[0]);

        RemovePartialFiles();
        if (_ledger.IsTorn) Repair($"half a line of {_ledger.TornBytes} bytes cut from the ledger", _ => { }); // cut first of all, see Apply
        ReadLedger(out List<VolumeStored> stored, out List<Provenance> restored);
        CheckRaw(scan.Plan, stored);
        CheckRestored(scan.Plan, restored);
        History = new RunHistory
        {
            Scan = scan,
            StartedAt = _startedAt,
            Stored = [.. _stored],
            Restored = [.. _restored],
            Models = [.. _models],
            LastKnown = LastKnown(stored),
            Finished = _finished,
            IsClosed = KindOf(_ledger.Lines[^1]) == LedgerKinds.ScanFinished && _finished!.LedgerCloses,
            Repairs = [.. _repairs.Select(repair => repair.What)],
        };
    }

    public RunHistory History { get; }

    /// <summary>Tells the ledger that the run goes on, and puts right what was found.</summary>
    /// <exception cref="StorageException">The disk refused; the rest is found again next time.</exception>
    public void Apply(RunFolder run)
    {
        if (_ledger.IsTorn) RunFolder.Store("repair the ledger", _ledgerPath, 0, () => _ledger.Cut(_ledgerPath));
        run.AppendLedger(LedgerKinds.Resumed, new RunResumed(History.Repairs, History.LostFrames));
        foreach (var (_, repair) in _repairs) repair(run);
    }

    private void Repair(string what, Action<RunFolder> repair) => _repairs.Add((what, repair));

    private ScanStarted First(JsonElement line)
    {
        if (KindOf(line) != LedgerKinds.ScanStarted)
            throw new DataFormatException($"'{_ledgerPath}' begins with the event '{KindOf(line)}'; expected '{LedgerKinds.ScanStarted}'.");
        _startedAt = line.TryGetProperty("at", out JsonElement at) && at.TryGetDateTimeOffset(out DateTimeOffset started)
            ? started
            : throw new DataFormatException($"The first line of '{_ledgerPath}' does not say when.");
        return Read<ScanStarted>(line, _ledgerPath);
    }

    private void RemovePartialFiles()
    {
        try
        {
            foreach (string path in Directory.EnumerateFiles(_folder, "*" + AtomicFile.PartialSuffix, SearchOption.AllDirectories))
                Repair($"{Path.GetRelativePath(_folder, path)} removed, which was not finished", _ => Delete(path));
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "look through a run folder", _folder);
        }
    }

    private void ReadLedger(out List<VolumeStored> stored, out List<Provenance> restored)
    {
        (stored, restored) = ([], []);
        foreach (JsonElement line in _ledger.Lines)
        {
            string? kind = KindOf(line);
            if (kind == LedgerKinds.VolumeStored) stored.Add(Read<VolumeStored>(line, _ledgerPath));
            else if (kind == LedgerKinds.VolumeRestored) restored.Add(Read<Provenance>(line, _ledgerPath));
            else if (kind == LedgerKinds.ModelChosen) _models.Add(Read<ModelStatus>(line, _ledgerPath));
            else if (kind == LedgerKinds.ScanFinished) _finished = Read<ScanFinished>(line, _ledgerPath);
        }
    }

    private FrameLedger LastKnown(List<VolumeStored> stored)
    {
        FrameLedger known = _finished?.Frames ?? new FrameLedger();
        return stored.MaxBy(volume => volume.Received) is { } last && last.Received > known.Received
            ? known with { Received = last.Received, Refused = last.Refused }
            : known;
    }

    private void CheckRaw(ScanPlan plan, List<VolumeStored> acknowledged)
    {
        if (!Directory.Exists(Path.Combine(_folder, RunFolder.RawName)))
            throw new StorageException($"The run '{_folder}' has no {RunFolder.RawName}. Copy it back, or check that its disk is mounted.");
        var raw = ZarrVolumeStore.Reopen(Path.Combine(_folder, RunFolder.RawName), ZarrDataset.Raw(plan));
        var onDisk = raw.List().ToHashSet();
        foreach (VolumeStored volume in acknowledged.DistinctBy(volume => volume.Index))
        {
            if (onDisk.Remove(volume.Index)) _stored.Add(volume);
            else Repair($"raw volume {volume.Index} is in the ledger and not on disk: its frames count as lost", _ => { });
        }

        foreach (VolumeIndex index in onDisk.OrderBy(index => raw.WrittenAt(index)))
            if (FoundVolume.Examine(raw, plan, index, acknowledged) is { } found)
            {
                _stored.Add(found);
                string missing = found.MissingPlanes.IsEmpty ? "" : $", {found.MissingPlanes.Length} plane(s) of zeros taken for missing";
                Repair($"raw volume {index} was on disk and not yet in the ledger{missing}", run => run.AppendLedger(LedgerKinds.VolumeStored, found));
            }
            else
            {
                Repair($"raw volume {index} was not yet in the ledger and is damaged: put aside as {ZarrVolumeStore.AsideSuffix}", _ => raw.PutAside(index));
            }
    }

    private void CheckRestored(ScanPlan plan, List<Provenance> acknowledged)
    {
        ImmutableArray<VolumeIndex> listed = List(RunFolder.RestoredName, ZarrDataset.Restored(plan), out ZarrVolumeStore? restored);
        HashSet<VolumeIndex> onDisk = [.. listed], stored = [.. _stored.Select(volume => volume.Index)];
        ImmutableArray<VolumeIndex> maps = List(RunFolder.UncertaintyName, ZarrDataset.Uncertainty(plan), out ZarrVolumeStore? uncertainty);
        var told = acknowledged.GroupBy(volume => volume.Index).ToDictionary(lines => lines.Key, lines => lines.Last());
        Provenance[] written = [.. _provenance.Lines.Select(line => Read<Provenance>(line, _provenancePath))];
        var made = written.GroupBy(volume => volume.Index).ToDictionary(lines => lines.Key, lines => lines.Last());

        if (_provenance.IsTorn || written.Any(volume => !onDisk.Contains(volume.Index)))
        {
            Provenance[] kept = [.. written.Where(volume => onDisk.Contains(volume.Index))];
            Repair($"{RunFolder.RestoredName}/{ZarrDataset.ProvenanceFile} shortened to the volumes that are there", _ => Rewrite(kept));
        }

        // As far as it is known, in the order in which they were made.
        foreach (VolumeIndex index in written.Select(volume => volume.Index).Where(onDisk.Contains).Union(listed).ToArray())
        {
            bool isMade = made.TryGetValue(index, out Provenance? how), isTold = told.TryGetValue(index, out Provenance? line);
            if (!isMade && !isTold)
            {
                onDisk.Remove(index);
                Repair($"restored volume {index} removed, of which nobody wrote how it was made", _ => restored!.Remove(index));
                continue;
            }

            if (!isMade) Repair($"provenance of restored volume {index} copied from the ledger", run => run.AppendProvenance(line!));
            else if (!isTold) Repair($"restored volume {index} was on disk and not yet in the ledger", run => run.AppendLedger(LedgerKinds.VolumeRestored, how!));
            if (stored.Contains(index)) _restored.Add(how ?? line!);
        }

        foreach (VolumeIndex index in maps.Where(index => !onDisk.Contains(index)))
            Repair($"map of errors {index} removed, which has no restored volume", _ => uncertainty!.Remove(index));
    }

    private ImmutableArray<VolumeIndex> List(string name, ZarrDataset dataset, out ZarrVolumeStore? store)
    {
        string path = Path.Combine(_folder, name);
        store = Directory.Exists(path) ? ZarrVolumeStore.Reopen(path, dataset) : null;
        return store?.List() ?? [];
    }

    private void Rewrite(Provenance[] kept)
    {
        byte[] lines = [.. kept.SelectMany(volume => (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(volume, RecordJson.Compact), (byte)'\n'])];
        RunFolder.Store("repair the provenance", _provenancePath, lines.Length, () => AtomicFile.Write(_provenancePath, lines, replace: true));
    }

    private static void Delete(string path) => RunFolder.Store("remove what was not finished", path, 0, () => File.Delete(path));

    private static string? KindOf(JsonElement line) =>
        line.TryGetProperty("kind", out JsonElement kind) && kind.ValueKind == JsonValueKind.String ? kind.GetString() : null;

    private static T Read<T>(JsonElement line, string path)
    {
        try
        {
            return line.Deserialize<T>(RecordJson.Compact) ?? throw new DataFormatException($"'{path}' holds a line that is null.");
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException)
        {
            throw new DataFormatException($"'{path}' holds a line that this program does not write: {fault.Message} Use the program that the run was made with.", fault);
        }
    }
}
