using System.Collections.Immutable;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Storage.Files;

namespace Acquisition.Storage.Shares;

/// <summary>How a stored scan is restored in shares: what every share has to know, decided once. Immutable; plan.json of the folder.</summary>
public sealed record RestorePlan
{
    public const string FileName = "plan.json";

    /// <summary>Slurm takes 1001 tasks in one array unless it is told otherwise.</summary>
    public const int MostTasks = 1000;

    private const int Version = 1;

    /// <summary>Where the scan lies; an absolute path.</summary>
    public required string Input { get; init; }

    /// <summary>For people.</summary>
    public required string Format { get; init; }

    public required int Tasks { get; init; }

    /// <summary>Volumes of the scan that are not there; all others of its time points and channels are.</summary>
    public required ImmutableArray<VolumeIndex> Absent { get; init; }

    /// <summary>Volumes that lack planes.</summary>
    public required ImmutableArray<IncompleteVolume> Incomplete { get; init; }

    /// <summary>Plan, with the restored grid, and settings.</summary>
    public required ScanStarted Scan { get; init; }

    /// <summary>What restores each channel, chosen on <see cref="ChosenOn"/>.</summary>
    public required ImmutableArray<ModelStatus> Models { get; init; }

    /// <summary>Volumes that models were chosen on. They are restored with the plan and belong to no task.</summary>
    public required ImmutableArray<VolumeIndex> ChosenOn { get; init; }

    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>All volumes, by time point and channel.</summary>
    public IEnumerable<VolumeIndex> All()
    {
        HashSet<VolumeIndex> absent = [.. Absent];
        for (int t = 0; t < Scan.Plan.TimePoints; t++)
        {
            for (int c = 0; c < Scan.Plan.Channels.Length; c++)
            {
                var index = new VolumeIndex(t, c);
                if (!absent.Contains(index)) yield return index;
            }
        }
    }

    /// <summary>The volumes of one share: about as many as of any other, and in a row.</summary>
    /// <param name="task">0 to <see cref="Tasks"/> − 1.</param>
    public ImmutableArray<VolumeIndex> Share(int task)
    {
        Require.InRange(task, 0, Tasks - 1);
        VolumeIndex[] left = [.. All().Except(ChosenOn)];
        int first = (int)((long)task * left.Length / Tasks), end = (int)((long)(task + 1) * left.Length / Tasks);
        return [.. left[first..end]];
    }

    /// <summary>The tasks whose shares hold some of these volumes, ascending.</summary>
    public ImmutableArray<int> TasksOf(IEnumerable<VolumeIndex> volumes)
    {
        ArgumentNullException.ThrowIfNull(volumes);
        HashSet<VolumeIndex> wanted = [.. volumes];
        VolumeIndex[] left = [.. All().Except(ChosenOn)];
        // The inverse of the bounds that shares have.
        return [.. Enumerable.Range(0, left.Length).Where(i => wanted.Contains(left[i])).Select(i => (int)(((i + 1L) * Tasks - 1) / left.Length)).Distinct()];
    }

    /// <summary>Volumes as a run's history lists them.</summary>
    /// <param name="at">For their times, which nobody kept.</param>
    public ImmutableArray<VolumeStored> Stored(IEnumerable<VolumeIndex> volumes, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(volumes);
        var lacking = Incomplete.ToDictionary(volume => volume.Index, volume => volume.MissingPlanes);
        return
        [
            .. from index in volumes
               let missing = lacking.GetValueOrDefault(index, [])
               select new VolumeStored(index, Scan.Plan.Shape.Z - missing.Length, missing, at, at, 0, ImmutableSortedDictionary<string, long>.Empty),
        ];
    }

    /// <exception cref="StorageException">It cannot be read.</exception>
    /// <exception cref="DataFormatException">It is no plan, or of another version.</exception>
    public static RestorePlan Load(string path)
    {
        try
        {
            PlanFile? file = JsonSerializer.Deserialize<PlanFile>(File.ReadAllBytes(path), RecordJson.Compact);
            if (file?.Version != Version) throw new DataFormatException($"'{path}' is a plan of version {file?.Version}; this program makes and reads version {Version}. Plan anew.");
            return file.Plan;
        }
        catch (JsonException fault)
        {
            throw new DataFormatException($"'{path}' is no plan that 'acquisition plan' made: {fault.Message}", fault);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "read a plan", path);
        }
    }

    /// <exception cref="StorageException">The disk refused.</exception>
    public void Save(string path)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(new PlanFile(Version, this), RecordJson.Indented), (byte)'\n'];
        RunFolder.Store("store the plan", path, bytes.Length, () => AtomicFile.Write(path, bytes, replace: true));
    }

    /// <summary>A volume that lacks planes, ascending.</summary>
    public sealed record IncompleteVolume(VolumeIndex Index, ImmutableArray<int> MissingPlanes);

    private sealed record PlanFile(int Version, RestorePlan Plan);
}
