using System.Collections.Immutable;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Storage.Files;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage;

/// <summary>A run folder for reading, finished or growing, also while another program writes to it. Changes nothing and takes no lock.</summary>
/// <remarks>A volume counts from its line in the ledger on. Costs a few dozen bytes a volume: how one was made is read when it is asked for.</remarks>
public sealed class RunArchive : IRunArchive
{
    private readonly Lock _gate = new();
    private readonly string _ledger;
    private readonly ZarrReader?[] _readers = new ZarrReader?[3];
    private readonly Dictionary<(VolumeKind Kind, int C), StoredTimePoints> _stored = [];
    private readonly Dictionary<VolumeIndex, (long Offset, int Length)> _made = [];
    private readonly ArchivedStatus _status = new();
    private long _read;
    private ScanPlan? _plan;

    private RunArchive(string folder) => (Folder, _ledger) = (folder, Path.Combine(folder, RunFolder.LedgerFile));

    public string Folder { get; }

    public ScanPlan? Plan { get { lock (_gate) return _plan; } }

    /// <inheritdoc/>
    /// <remarks>That of report.json once the run has one; until then what the ledger tells.</remarks>
    public RunStatus Status { get { lock (_gate) return _status.Told(_plan); } }

    /// <param name="path">The run folder; a run that has just begun may have no ledger yet.</param>
    /// <exception cref="StorageException">There is no such folder, or it cannot be read.</exception>
    public static RunArchive Open(string path)
    {
        string folder = Path.GetFullPath(path);
        if (!Directory.Exists(folder)) throw new StorageException($"'{folder}' is no folder. Give the run folder that 'acquisition run' named.");
        var archive = new RunArchive(folder);
        archive.Refresh();
        return archive;
    }

    public bool Refresh()
    {
        lock (_gate)
        {
            try
            {
                return ReadLedger();
            }
            catch (Exception fault) when (DiskFault.Is(fault))
            {
                throw DiskFault.Translate(fault, "read what happened", _ledger);
            }
        }
    }

    public ImmutableArray<TimePointRange> Stored(VolumeKind kind, int channel)
    {
        lock (_gate) return _stored.TryGetValue((kind, channel), out StoredTimePoints? points) ? points.Ranges : [];
    }

    public bool IsStored(VolumeKind kind, VolumeIndex index)
    {
        lock (_gate) return _stored.TryGetValue((kind, index.C), out StoredTimePoints? points) && points.Contains(index.T);
    }

    public Provenance? ProvenanceOf(VolumeIndex index)
    {
        (long Offset, int Length) place;
        lock (_gate)
            if (!_made.TryGetValue(index, out place)) return null;
        try
        {
            using FileStream file = OpenLedger();
            var line = new byte[place.Length];
            file.Position = place.Offset;
            file.ReadExactly(line);
            return JsonSerializer.Deserialize<Provenance>(line, RecordJson.Compact);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "read what happened", _ledger);
        }
    }

    public VolumeShape PiecesOf(VolumeKind kind) => ReaderOf(kind).ChunkShape;

    public void Read(VolumeKind kind, VolumeIndex index, SamplePoint from, VolumeBuffer destination) => ReaderOf(kind).ReadPart(index, from, destination);

    private ZarrReader ReaderOf(VolumeKind kind)
    {
        lock (_gate)
        {
            return _readers[(int)kind] ??= ZarrReader.Open(Path.Combine(Folder, kind switch
            {
                VolumeKind.Raw => RunFolder.RawName,
                VolumeKind.Restored => RunFolder.RestoredName,
                _ => RunFolder.UncertaintyName,
            }));
        }
    }

    private FileStream OpenLedger() => new(_ledger, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private bool ReadLedger()
    {
        if (!File.Exists(_ledger)) return false;
        using FileStream file = OpenLedger();
        if (file.Length <= _read) return false;
        var added = new byte[file.Length - _read];
        file.Position = _read;
        added = added[..file.ReadAtLeast(added, added.Length, throwOnEndOfStream: false)];
        bool isMore = false;
        int start = 0;
        while (added.AsSpan(start).IndexOf((byte)'\n') is >= 0 and var length)
        {
            isMore |= Take(added.AsSpan(start, length), _read + start);
            start += length + 1;
        }

        _read += start; // what is left is the beginning of a line, whose rest is waited for
        if (_status.IsFinished) _status.Take(ReportPath);
        return isMore;
    }

    private string ReportPath => Path.Combine(Folder, "report.json");

    /// <summary>Takes one line. One that is damaged is passed over; 'acquisition resume' is what looks after it.</summary>
    /// <returns>Whether it tells of a stored volume.</returns>
    private bool Take(ReadOnlySpan<byte> line, long offset)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            JsonElement entry = JsonElement.ParseValue(ref reader);
            if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("kind", out JsonElement kind)) return false;
            _status.NoteTime(entry);
            switch (kind.GetString())
            {
                case LedgerKinds.ScanStarted:
                    _plan ??= As<ScanStarted>(entry).Plan;
                    return false;
                case LedgerKinds.VolumeStored:
                    VolumeStored stored = As<VolumeStored>(entry);
                    if (!Add(VolumeKind.Raw, stored.Index)) return false;
                    _status.Note(stored);
                    return true;
                case LedgerKinds.VolumeRestored:
                    Provenance made = As<Provenance>(entry);
                    if (!Add(VolumeKind.Restored, made.Index)) return false;
                    if (made.Uncertainty is not null) Add(VolumeKind.Uncertainty, made.Index);
                    _made[made.Index] = (offset, line.Length);
                    _status.Note(made);
                    return true;
                case LedgerKinds.State: _status.Note(As<StateChanged>(entry)); return false;
                case LedgerKinds.ModelChosen: _status.Note(As<ModelStatus>(entry)); return false;
                case LedgerKinds.VolumeSkipped: _status.Note(As<VolumeSkipped>(entry)); return false;
                case LedgerKinds.Resumed: _status.Note(As<RunResumed>(entry)); return false;
                case LedgerKinds.ScanFinished: _status.Note(As<ScanFinished>(entry)); return false;
                default: return false;
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static T As<T>(JsonElement entry) => entry.Deserialize<T>(RecordJson.Compact) ?? throw new JsonException("null");

    private bool Add(VolumeKind kind, VolumeIndex index)
    {
        if (!_stored.TryGetValue((kind, index.C), out StoredTimePoints? points)) _stored[(kind, index.C)] = points = new StoredTimePoints();
        return points.Add(index.T);
    }
}
