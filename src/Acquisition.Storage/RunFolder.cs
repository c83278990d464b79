using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Acquisition.Core;
using Acquisition.Storage.Files;
using Acquisition.Storage.Reporting;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage;

/// <summary>One run on disk: raw.zarr, restored.zarr, uncertainty.zarr where it was asked for, models/, run.yaml (the resolved settings), ledger.jsonl, report.json and report.html.</summary>
/// <remarks>Thread-safe. Nothing stored is overwritten, apart from metadata and the report, each replaced as a whole.</remarks>
public sealed class RunFolder : IRunStore
{
    private static readonly SearchValues<char> StreamCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private readonly StorageOptions _options;
    private readonly TimeProvider _clock;
    private readonly JsonLines _ledger;
    private readonly JsonLines _provenance;
    private readonly Lock _gate = new();
    private readonly List<ZarrVolumeStore> _stores = [];

    private RunFolder(string folder, StorageOptions options, TimeProvider clock)
    {
        Folder = folder;
        _options = options;
        _clock = clock;
        _ledger = new(Path.Combine(folder, "ledger.jsonl"), flushToDisk: false);
        // Without its provenance a restored volume cannot be made again, so the line is as safe as the volume.
        _provenance = new(Path.Combine(RestoredPath, ZarrDataset.ProvenanceFile), flushToDisk: true);
    }

    public string Folder { get; }

    /// <inheritdoc/>
    /// <exception cref="StorageException">The disk cannot say.</exception>
    public long FreeBytes => DiskFault.FreeBytes(Folder)
        ?? throw new StorageException($"The free space under '{Folder}' is unknown: the file system does not tell. Use a local disk.");

    private string RestoredPath => Path.Combine(Folder, "restored.zarr");

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

        var run = new RunFolder(folder, options, clock ?? TimeProvider.System);
        byte[] settings = Encoding.UTF8.GetBytes(resolvedSettingsYaml);
        Store("make the run folder", folder, settings.Length, () =>
        {
            Directory.CreateDirectory(folder);
            AtomicFile.Write(Path.Combine(folder, "run.yaml"), settings, replace: false);
        });
        return run;
    }

    public IVolumeStore CreateRaw(ScanPlan plan) => Open("raw.zarr", ZarrDataset.Raw(plan));

    public IVolumeStore CreateRestored(ScanPlan plan) => Open("restored.zarr", ZarrDataset.Restored(plan));

    public IVolumeStore CreateUncertainty(ScanPlan plan) => Open("uncertainty.zarr", ZarrDataset.Uncertainty(plan));

    /// <inheritdoc/>
    /// <exception cref="StorageException">The disk refused, or there is no restored dataset yet.</exception>
    public void AppendProvenance(Provenance provenance)
    {
        ArgumentNullException.ThrowIfNull(provenance);
        Append(_provenance, JsonSerializer.SerializeToElement(provenance, StorageJson.Compact), $"store how volume {provenance.Index} was made");
    }

    /// <inheritdoc/>
    /// <exception cref="StorageException">The disk refused.</exception>
    public string SaveModel(ReadOnlySpan<byte> safetensors)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(safetensors));
        string path = Path.Combine(Folder, "models", hash + ".safetensors");
        try
        {
            lock (_gate)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                if (!File.Exists(path)) AtomicFile.Write(path, safetensors, replace: false);
            }
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "store a model", path, safetensors.Length);
        }

        return hash;
    }

    /// <summary>Appends one line: "at" (ISO 8601, UTC), "kind", then the entry's own members.</summary>
    /// <param name="entry">An object, whose members must not be called at or kind; anything else becomes the member "value".</param>
    /// <exception cref="StorageException">The disk refused.</exception>
    public void AppendLedger<T>(string kind, T entry)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        var line = new JsonObject { ["at"] = _clock.GetUtcNow().UtcDateTime, ["kind"] = kind };
        JsonNode? content = JsonSerializer.SerializeToNode(entry, StorageJson.Compact);
        if (content is JsonObject members)
        {
            foreach (var (name, value) in members) line.Add(name, value?.DeepClone());
        }
        else
        {
            line.Add("value", content);
        }

        Append(_ledger, JsonSerializer.SerializeToElement(line, StorageJson.Compact), $"store the event '{kind}'");
    }

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

    private ZarrVolumeStore Open(string name, ZarrDataset dataset)
    {
        lock (_gate)
        {
            ZarrVolumeStore store = ZarrVolumeStore.Create(Path.Combine(Folder, name), dataset, _options);
            _stores.Add(store);
            return store;
        }
    }

    private static void Append(JsonLines lines, JsonElement entry, string action) =>
        Store(action, lines.FilePath, neededBytes: entry.GetRawText().Length, () => lines.Append(entry));

    private static void Store(string action, string path, long neededBytes, Action write)
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
