using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Storage.Files;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage.Shares;

/// <summary>One share's part of a folder in which a stored scan is restored: volumes go into the datasets that all shares have in common, and what
/// it says of itself under shares/NAME, until <see cref="ShareMerge"/> puts it together.</summary>
/// <remarks>A volume is a file of its own, written whole or not at all, and its provenance comes after it. So a share that is cut off at any moment can
/// begin again: what has both is done. Two programs cannot have one share at a time. Raw volumes are only read.</remarks>
public sealed class ShareFolder : IRunStore
{
    private const string SharesName = "shares";
    private const string LedgerName = "ledger.jsonl";
    private const string ReportName = "report.json";

    private readonly IVolumeStore _raw;
    private readonly StorageOptions _options;
    private readonly string _share;
    private readonly RunLock _lock;
    private readonly JsonLines _ledger;
    private readonly JsonLines _provenance;
    private readonly ModelFiles _models;

    private ShareFolder(string folder, string share, IVolumeStore raw, StorageOptions options, RunLock taken)
    {
        (Folder, _share, _raw, _options, _lock) = (folder, share, raw, options, taken);
        _ledger = new(Path.Combine(share, LedgerName), flushToDisk: false);
        _provenance = new(Path.Combine(share, ZarrDataset.ProvenanceFile), flushToDisk: true);
        _models = new ModelFiles(folder);
    }

    /// <summary>The share in which models are chosen.</summary>
    public const string Choosing = "plan";

    public string Folder { get; }

    /// <inheritdoc/>
    /// <exception cref="StorageException">The disk cannot say.</exception>
    public long FreeBytes => DiskFault.FreeBytes(Folder)
        ?? throw new StorageException($"The free space under '{Folder}' is unknown: the file system does not tell.");

    /// <summary>How the volumes of this share were made that are restored already.</summary>
    public ImmutableArray<Provenance> Restored { get; private init; } = [];

    public static string NameOf(int task) => string.Create(CultureInfo.InvariantCulture, $"task-{task:0000}");

    /// <summary>Names of the shares that have begun.</summary>
    public static IEnumerable<string> Names(string folder)
    {
        string shares = Path.Combine(folder, SharesName);
        return Directory.Exists(shares) ? Directory.EnumerateDirectories(shares).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal) : [];
    }

    /// <summary>Takes a share to itself, and takes out what it had not finished.</summary>
    /// <param name="folder">Made by <see cref="Create"/>.</param>
    /// <param name="name">Of the share.</param>
    /// <param name="raw">Where raw volumes are read from.</param>
    /// <param name="plan">With the restored grid.</param>
    /// <param name="volumes">Of the share.</param>
    /// <exception cref="StorageException">Another program has the share, or the disk refused.</exception>
    public static ShareFolder Open(string folder, string name, IVolumeStore raw, ScanPlan plan, StorageOptions options, IEnumerable<VolumeIndex> volumes)
    {
        string share = Path.Combine(folder, SharesName, name);
        RunFolder.Store("begin a share", share, 0, () => Directory.CreateDirectory(share));
        RunLock taken = RunLock.Take(share);
        try
        {
            foreach (string lines in (string[])[LedgerName, ZarrDataset.ProvenanceFile]) CutTorn(Path.Combine(share, lines));
            return new ShareFolder(folder, share, raw, options, taken) { Restored = Finished(folder, share, plan, volumes) };
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Makes the folder. What a plan left there that was cut off is made anew.</summary>
    /// <param name="resolvedSettingsYaml">Text of run.yaml.</param>
    /// <exception cref="StorageException">It cannot be made, or holds something else already, or a plan that another program is making.</exception>
    public static void Create(string folder, string resolvedSettingsYaml)
    {
        string[] found = Directory.Exists(folder) ? [.. Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)!)] : [];
        string[] left = [RunFolder.SettingsFile, SharesName, ModelFiles.FolderName, RunFolder.RestoredName, RunFolder.UncertaintyName];
        if (found.Contains(RunFolder.SettingsFile) && found.Contains(SharesName) && found.All(left.Contains))
        {
            string choosing = Path.Combine(folder, SharesName, Choosing);
            if (Directory.Exists(choosing) && RunLock.IsTaken(choosing))
                throw new StorageException($"Another program is planning in '{folder}'. Wait for its end, or end it first.");
            RunFolder.Store("begin a plan anew", folder, 0, () => Directory.Delete(folder, recursive: true));
        }
        else if (found.Length > 0)
        {
            throw new StorageException($"There is already something in '{folder}'; nothing is overwritten. Give another folder, or go on with what it holds: 'acquisition restore-range', or 'acquisition finish'.");
        }

        byte[] settings = Encoding.UTF8.GetBytes(resolvedSettingsYaml);
        RunFolder.Store("make the folder", folder, settings.Length, () =>
        {
            Directory.CreateDirectory(folder);
            AtomicFile.Write(Path.Combine(folder, RunFolder.SettingsFile), settings, replace: false);
        });
    }

    /// <summary>How volumes were made, of one share, as far as it came.</summary>
    /// <exception cref="DataFormatException">The file is damaged.</exception>
    public static ImmutableArray<Provenance> ProvenanceOf(string folder, string name) => ReadLines<Provenance>(Path.Combine(folder, SharesName, name, ZarrDataset.ProvenanceFile));

    /// <summary>The events of one share, in order.</summary>
    internal static ImmutableArray<JsonElement> LedgerOf(string folder, string name) => ReadLines<JsonElement>(Path.Combine(folder, SharesName, name, LedgerName));

    public IVolumeStore CreateRaw(ScanPlan plan) => _raw;

    public IVolumeStore CreateRestored(ScanPlan plan, params ImmutableArray<string> conditioning) =>
        Open(RunFolder.RestoredName, ZarrDataset.Restored(plan, conditioning));

    public IVolumeStore CreateUncertainty(ScanPlan plan, params ImmutableArray<string> conditioning) =>
        Open(RunFolder.UncertaintyName, ZarrDataset.Uncertainty(plan, conditioning));

    public void AppendProvenance(Provenance provenance)
    {
        ArgumentNullException.ThrowIfNull(provenance);
        Append(_provenance, JsonSerializer.SerializeToElement(provenance, RecordJson.Compact), $"store how volume {provenance.Index} was made");
    }

    public string SaveModel(ReadOnlySpan<byte> safetensors) => _models.Save(safetensors);

    public byte[] LoadModel(string sha256) => _models.Load(sha256);

    public void AppendLedger<T>(string kind, T entry) => Append(_ledger, LedgerEntry.Of(kind, entry, TimeProvider.System), $"store the event '{kind}'");

    /// <summary>Writes the share's own report; the datasets' metadata belong to all of them.</summary>
    public void Complete(RunReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        byte[] bytes = Encoding.UTF8.GetBytes(RunReportJson.Write(report) + "\n");
        string path = Path.Combine(_share, ReportName);
        RunFolder.Store("write the report", path, bytes.Length, () => AtomicFile.Write(path, bytes, replace: true));
    }

    public void Dispose() => _lock.Dispose();

    private static ImmutableArray<Provenance> Finished(string folder, string share, ScanPlan plan, IEnumerable<VolumeIndex> volumes)
    {
        string location = Path.Combine(folder, RunFolder.RestoredName), maps = Path.Combine(folder, RunFolder.UncertaintyName);
        if (!Directory.Exists(location)) return [];
        ZarrVolumeStore restored = ZarrVolumeStore.Reopen(location, ZarrDataset.Restored(plan), counts: false);
        ZarrVolumeStore? uncertainty = Directory.Exists(maps) ? ZarrVolumeStore.Reopen(maps, ZarrDataset.Uncertainty(plan), counts: false) : null;
        var told = ReadLines<Provenance>(Path.Combine(share, ZarrDataset.ProvenanceFile)).GroupBy(made => made.Index).ToDictionary(made => made.Key, made => made.Last());
        var finished = ImmutableArray.CreateBuilder<Provenance>();
        using var pool = new VolumePool(long.MaxValue);
        foreach (VolumeIndex index in volumes)
        {
            if (!restored.Exists(index)) continue;
            if (told.TryGetValue(index, out Provenance? made) && IsReadable(restored, plan, index, pool))
            {
                finished.Add(made);
                continue;
            }

            // Cut off before its provenance, or damaged since: made again.
            uncertainty?.Remove(index);
            restored.Remove(index);
        }

        return finished.ToImmutable();
    }

    /// <summary>Every chunk carries a checksum.</summary>
    private static bool IsReadable(ZarrVolumeStore store, ScanPlan plan, VolumeIndex index, VolumePool pool)
    {
        VolumeBuffer pixels = pool.TryRent(plan.RestoredShape, plan.PixelType)!;
        try
        {
            store.Read(index, pixels);
            return true;
        }
        catch (StorageException damage) when (damage.InnerException is InvalidDataException)
        {
            return false;
        }
        finally
        {
            pixels.Release();
        }
    }

    private ZarrVolumeStore Open(string name, ZarrDataset dataset)
    {
        string path = Path.Combine(Folder, name);
        return Directory.Exists(path) ? ZarrVolumeStore.Reopen(path, dataset, counts: false) : ZarrVolumeStore.Create(path, dataset, _options);
    }

    /// <summary>The lines of a file, but for half a last one, which a program that was cut off left.</summary>
    private static ImmutableArray<T> ReadLines<T>(string path)
    {
        try
        {
            return [.. FoundLines.Read(path).Lines.Select(line => line.Deserialize<T>(RecordJson.Compact)!)];
        }
        catch (JsonException fault)
        {
            throw new DataFormatException($"'{path}' is damaged: {fault.Message}. Take the folder of this share away to have it restored again.", fault);
        }
    }

    /// <summary>Takes half a last line away, so that the next one begins a line.</summary>
    private static void CutTorn(string path)
    {
        FoundLines found = FoundLines.Read(path);
        if (found.IsTorn) RunFolder.Store("repair a file", path, 0, () => found.Cut(path));
    }

    private static void Append(JsonLines lines, JsonElement entry, string action) =>
        RunFolder.Store(action, lines.FilePath, neededBytes: entry.GetRawText().Length, () => lines.Append(entry));
}
