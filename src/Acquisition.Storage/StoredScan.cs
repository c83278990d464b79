using System.Collections.Immutable;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Storage.Files;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage;

/// <summary>The scan that a run took and the raw volumes it stored, as its folder tells; for reading, also while the run goes on.</summary>
public sealed record StoredScan
{
    public required ScanPlan Plan { get; init; }

    /// <summary>In the order in which they were stored; each once.</summary>
    public required ImmutableArray<VolumeStored> Volumes { get; init; }

    /// <summary>The dataset with their pixels.</summary>
    public required ZarrReader Raw { get; init; }

    /// <param name="path">A run's folder, or its raw.zarr. Without a ledger beside it, the dataset's own metadata give the plan,
    /// all planes count as present, and the plan's interval gives the times.</param>
    /// <exception cref="StorageException">It cannot be read.</exception>
    /// <exception cref="DataFormatException">It is neither.</exception>
    public static StoredScan Open(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string raw = Path.GetFileName(full) == RunFolder.RawName ? full : Path.Combine(full, RunFolder.RawName);
        ZarrReader reader = ZarrReader.Open(raw);
        string ledger = Path.Combine(Path.GetDirectoryName(raw)!, RunFolder.LedgerFile);
        return File.Exists(ledger) ? FromLedger(ledger, reader) : FromMetadata(raw, reader);
    }

    private static StoredScan FromLedger(string path, ZarrReader raw)
    {
        ScanPlan? plan = null;
        var volumes = new Dictionary<VolumeIndex, VolumeStored>();
        try
        {
            foreach (string line in File.ReadLines(path))
            {
                using JsonDocument? entry = Parse(line);
                if (entry is null || !entry.RootElement.TryGetProperty("kind", out JsonElement kind)) continue;
                if (kind.GetString() == LedgerKinds.ScanStarted)
                {
                    plan = entry.RootElement.Deserialize<ScanStarted>(RecordJson.Compact)!.Plan;
                }
                else if (kind.GetString() == LedgerKinds.VolumeStored)
                {
                    VolumeStored volume = entry.RootElement.Deserialize<VolumeStored>(RecordJson.Compact)!;
                    volumes.TryAdd(volume.Index, volume);
                }
            }
        }
        catch (JsonException fault)
        {
            throw new DataFormatException($"'{path}' is not the ledger of a run: {fault.Message}", fault);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "read a ledger", path);
        }

        return plan is null
            ? throw new DataFormatException($"'{path}' does not say which scan it is of: it has no line '{LedgerKinds.ScanStarted}'.")
            : new StoredScan { Plan = plan, Raw = raw, Volumes = [.. volumes.Values] };
    }

    /// <summary>The last line of a run that was killed may be torn.</summary>
    private static JsonDocument? Parse(string line)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static StoredScan FromMetadata(string folder, ZarrReader raw)
    {
        string path = Path.Combine(folder, ZarrMetadata.FileName);
        ScanPlan plan;
        try
        {
            using var group = JsonDocument.Parse(File.ReadAllBytes(path));
            plan = group.RootElement.GetProperty("attributes").GetProperty(ZarrMetadata.ProvenanceKey).GetProperty("steps")[0]
                .GetProperty("plan").Deserialize<ScanPlan>(RecordJson.Compact)!;
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new DataFormatException($"'{path}' does not say which scan it is of, and there is no ledger beside it: {fault.Message}", fault);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "open a dataset", path);
        }

        TimeSpan interval = plan.Interval ?? TimeSpan.Zero;
        var first = DateTimeOffset.UnixEpoch;
        return new StoredScan
        {
            Plan = plan,
            Raw = raw,
            Volumes =
            [
                .. from t in Enumerable.Range(0, raw.TimePoints)
                   from c in Enumerable.Range(0, raw.Channels)
                   where raw.Exists(new VolumeIndex(t, c))
                   let starts = first + t * interval + c * interval / raw.Channels
                   select new VolumeStored(
                       new VolumeIndex(t, c), plan.Shape.Z, [], starts, starts + interval / raw.Channels, 0, ImmutableSortedDictionary<string, long>.Empty),
            ],
        };
    }
}
