using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Storage.Files;
using Acquisition.Storage.Recovery;
using Acquisition.Storage.Reporting;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage;

/// <summary>One run on disk: raw.zarr, restored.zarr, uncertainty.zarr where it was asked for, models/, run.yaml (the resolved settings), ledger.jsonl, report.json and report.html.</summary>
/// <remarks>Thread-safe. Nothing stored is overwritten, apart from metadata and the report, each replaced as a whole. One program at a
/// time: the folder is locked until this is disposed of or the process ends, however it ends.</remarks>
public sealed class RunFolder : IRunStore
{
    internal const string LedgerFile = "ledger.jsonl";
    internal const string SettingsFile = "run.yaml";
    internal const string RawName = "raw.zarr";
    internal const string RestoredName = "restored.zarr";
    internal const string UncertaintyName = "uncertainty.zarr";

    private static readonly SearchValues<char> StreamCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private readonly StorageOptions _options;
    private readonly TimeProvider _clock;
    private readonly JsonLines _ledger;
    private readonly JsonLines _provenance;
    private readonly ModelFiles _models;
    private readonly Lock _gate = new();
    private readonly List<ZarrVolumeStore> _stores = [];
    private readonly RunLock _lock;
    private readonly RunRecovery? _recovery;

    private RunFolder(string folder, StorageOptions options, TimeProvider clock, RunLock taken, RunRecovery? recovery = null)
    {
        Folder = folder;
        _options = options;
        _clock = clock;
        _lock = taken;
        _recovery = recovery;
        _models = new ModelFiles(folder);
        _ledger = new(Path.Combine(folder, LedgerFile), flushToDisk: false);
        // Without its provenance a restored volume cannot be made again, so the line is as safe as the volume.
        _provenance = new(Path.Combine(RestoredPath, ZarrDataset.ProvenanceFile), flushToDisk: true);
    }

    public string Folder { get; }

    /// <inheritdoc/>
    /// <exception cref="StorageException">The disk cannot say.</exception>
    public long FreeBytes => DiskFault.FreeBytes(Folder)
        ?? throw new StorageException($"The free space under '{Folder}' is unknown: the file system does not tell. Use a local disk.");

    private string RestoredPath => Path.Combine(Folder, RestoredName);

    /// <summary>What the run had come to before it was opened again; <see langword="null"/> for a new one.</summary>
    public RunHistory? History => _recovery?.History;

    /// <summary>Makes &lt;root&gt;/&lt;yyyyMMdd-HHmmss&gt;-&lt;stream&gt;-&lt;first 8 of the scan's id&gt; and stores the settings in it.</summary>
    /// <param name="resolvedSettingsYaml">Text of run.yaml: every setting with the value that was used.</param>
    /// <param name="startedAt">Start of the run; the folder's name is in UTC.</param>
    /// <param name="clock">Stamps the ledger; <see langword="null"/> for the system's clock.</param>
    /// <exception cref="ArgumentException">The stream's name cannot be part of a folder's name.</exception>
    /// <exception cref="StorageException">The root's parent is missing, nothing can be written there, or the run's folder exists.</exception>
    public static RunFolder Create(
        StorageOptions options, ScanPlan plan, string resolvedSettingsYaml, DateTimeOffset startedAt, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(resolvedSettingsYaml);

        // The stream's name comes from the wire and becomes part of a path.
        if (plan.Stream.AsSpan().ContainsAnyExcept(StreamCharacters))
            throw new ArgumentException($"The stream's name is '{plan.Stream}'; accepted are a to z, 0 to 9 and '-'.", nameof(plan));

        string root = Path.GetFullPath(options.Root);
        if (!Directory.Exists(root) && Path.GetDirectoryName(root) is { } parent && !Directory.Exists(parent))
            throw new StorageException(
                $"The storage root '{root}' cannot be made: '{parent}' does not exist. Check that its disk is mounted, or make that folder.");

        string folder = Path.Combine(root, string.Create(CultureInfo.InvariantCulture,
            $"{startedAt.UtcDateTime:yyyyMMdd-HHmmss}-{plan.Stream}-{plan.ScanId.ToString("N")[..8]}"));
        if (Path.Exists(folder))
            throw new StorageException($"The run folder '{folder}' exists already; a run is never overwritten. Start the run again.");

        byte[] settings = Encoding.UTF8.GetBytes(resolvedSettingsYaml);
        Store("make the run folder", folder, settings.Length, () => Directory.CreateDirectory(folder));
        RunLock taken = RunLock.Take(folder);
        try
        {
            Store("store the settings", folder, settings.Length, () => AtomicFile.Write(Path.Combine(folder, SettingsFile), settings, replace: false));
            return new RunFolder(folder, options, clock ?? TimeProvider.System, taken);
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Opens the folder of a run that has ended, however it ended, so that it can go on. Changes nothing in it.</summary>
    /// <remarks>Look at <see cref="History"/>, then <see cref="Repair"/>, then write.</remarks>
    /// <param name="path">The run folder; it may have been moved.</param>
    /// <param name="options">Used for datasets that are missing; those that are there go on as they were begun.</param>
    /// <param name="clock">Stamps the ledger; <see langword="null"/> for the system's clock.</param>
    /// <exception cref="StorageException">It is no run folder, no scan was taken, another program has it, or the disk refused.</exception>
    /// <exception cref="DataFormatException">A file is damaged in a way that no interruption explains.</exception>
    public static RunFolder Reopen(string path, StorageOptions options, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        string folder = Path.GetFullPath(path);
        if (!File.Exists(Path.Combine(folder, LedgerFile)))
            throw new StorageException($"'{folder}' is no run folder, or no scan was taken in it: there is no {LedgerFile}. Give the folder that 'acquisition run' named.");

        RunLock taken = RunLock.Take(folder);
        try
        {
            return new RunFolder(folder, options, clock ?? TimeProvider.System, taken, new RunRecovery(folder));
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Puts right what the end of the program has left, after a line in the ledger that says what, and that the run goes on.
    /// Once, on a folder that was reopened.</summary>
    /// <exception cref="StorageException">The disk refused; the rest is found when the folder is opened again.</exception>
    public void Repair() => (_recovery ?? throw new InvalidOperationException("Only a run that was opened again is repaired.")).Apply(this);

    public IVolumeStore CreateRaw(ScanPlan plan) => Open(RawName, ZarrDataset.Raw(plan));

    public IVolumeStore CreateRestored(ScanPlan plan, params ImmutableArray<string> conditioning) =>
        Open(RestoredName, ZarrDataset.Restored(plan, conditioning));

    public IVolumeStore CreateUncertainty(ScanPlan plan, params ImmutableArray<string> conditioning) =>
        Open(UncertaintyName, ZarrDataset.Uncertainty(plan, conditioning));

    /// <inheritdoc/>
    /// <exception cref="StorageException">The disk refused, or there is no restored dataset yet.</exception>
    public void AppendProvenance(Provenance provenance)
    {
        ArgumentNullException.ThrowIfNull(provenance);
        Append(_provenance, JsonSerializer.SerializeToElement(provenance, RecordJson.Compact), $"store how volume {provenance.Index} was made");
    }

    /// <inheritdoc/>
    /// <exception cref="StorageException">The disk refused.</exception>
    public string SaveModel(ReadOnlySpan<byte> safetensors) => _models.Save(safetensors);

    /// <inheritdoc/>
    public byte[] LoadModel(string sha256) => _models.Load(sha256);

    /// <inheritdoc/>
    /// <exception cref="StorageException">The disk refused.</exception>
    public void AppendLedger<T>(string kind, T entry) => Append(_ledger, LedgerEntry.Of(kind, entry, _clock), $"store the event '{kind}'");

    /// <inheritdoc/>
    /// <remarks>The page report.html comes last; a page that cannot be made is left out, and 'acquisition report' makes it later.</remarks>
    /// <exception cref="StorageException">The disk refused; what was stored before stays readable.</exception>
    public void Complete(RunReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        lock (_gate)
        {
            // All datasets get the same number, so that a viewer can lay one over the other.
            int timePoints = _stores.Select(store => store.TimePointsStored).Append(1).Max();
            foreach (ZarrVolumeStore store in _stores) store.Announce(timePoints);
        }

        string path = Path.Combine(Folder, "report.json");
        byte[] bytes = Encoding.UTF8.GetBytes(RunReportJson.Write(report) + "\n");
        Store("write the report", path, bytes.Length, () => AtomicFile.Write(path, bytes, replace: true));
        RunPage.TryWrite(Folder);
    }

    public void Dispose() => _lock.Dispose();

    private ZarrVolumeStore Open(string name, ZarrDataset dataset)
    {
        lock (_gate)
        {
            string path = Path.Combine(Folder, name);
            ZarrVolumeStore store = _recovery is not null && Directory.Exists(path)
                ? ZarrVolumeStore.Reopen(path, dataset)
                : ZarrVolumeStore.Create(path, dataset, _options);
            _stores.Add(store);
            return store;
        }
    }

    private static void Append(JsonLines lines, JsonElement entry, string action) =>
        Store(action, lines.FilePath, neededBytes: entry.GetRawText().Length, () => lines.Append(entry));

    /// <summary>Does something to the disk and says what could not be done.</summary>
    internal static void Store(string action, string path, long neededBytes, Action write)
    {
        try
        {
            write();
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, action, path, neededBytes);
        }
    }
}
