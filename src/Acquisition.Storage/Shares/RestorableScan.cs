using System.Collections.Immutable;
using System.Text;
using Acquisition.Core;
using Acquisition.Storage.Inputs;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage.Shares;

/// <summary>A scan that lies on disk, to be restored: its plan, which volumes there are, and their pixels.</summary>
public sealed class RestorableScan : IDisposable
{
    private const string FallbackStream = "stored";

    private readonly IStoredInput? _input;

    private RestorableScan(string location, string format, ScanPlan plan, ImmutableArray<VolumeStored> volumes, IVolumeStore pixels, IStoredInput? input)
    {
        (Location, Format, Plan, Volumes, Pixels) = (location, format, plan, volumes, pixels);
        _input = input;
    }

    /// <summary>An absolute path.</summary>
    public string Location { get; }

    /// <summary>For people.</summary>
    public string Format { get; }

    /// <summary>Without a restored grid: who restores it says that.</summary>
    public ScanPlan Plan { get; }

    /// <summary>What there is, by time point and channel.</summary>
    public ImmutableArray<VolumeStored> Volumes { get; }

    /// <summary>For reading only, one volume at a time.</summary>
    public IVolumeStore Pixels { get; }

    /// <summary>The dataset of a run that this is; <see langword="null"/> for what other programs wrote.</summary>
    public string? RunDataset => _input is null ? Pixels.Location : null;

    /// <param name="path">A run folder, its raw.zarr, or what <see cref="StoredInput"/> reads.</param>
    /// <param name="factors">How the scan was undersampled; <see langword="null"/> for what a run says of itself, and not at all elsewhere.</param>
    /// <param name="voxel">Voxel size of the stored volumes; <see langword="null"/> for what the file says.</param>
    /// <exception cref="StorageException">It cannot be read, or holds no volume.</exception>
    /// <exception cref="DataFormatException">It is none of these, or does not tell what must be known.</exception>
    public static RestorableScan Open(string path, Factors? factors = null, VoxelSize? voxel = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        RestorableScan scan = IsRun(full) ? OfRun(full) : OfOthers(StoredInput.Open(full), voxel);
        ScanPlan plan = scan.Plan with { Undersampling = factors ?? scan.Plan.Undersampling, VoxelSize = voxel ?? scan.Plan.VoxelSize };
        return scan.Volumes.IsEmpty
            ? throw new StorageException($"'{full}' holds no volume that could be restored.")
            : new RestorableScan(full, scan.Format, plan, scan.Volumes, scan.Pixels, scan._input);
    }

    /// <summary>The pixels alone, without looking at what there is: a share knows that from its plan.</summary>
    /// <param name="opened">What to dispose of afterwards; <see langword="null"/> for nothing.</param>
    public static IVolumeStore OpenPixels(string path, out IDisposable? opened)
    {
        if (IsRun(path))
        {
            opened = null;
            return new RunVolumes(ZarrReader.Open(Path.GetFileName(path) == RunFolder.RawName ? path : Path.Combine(path, RunFolder.RawName)));
        }

        IStoredInput input = StoredInput.Open(path);
        opened = input;
        return new InputVolumes(input);
    }

    public void Dispose() => _input?.Dispose();

    private static bool IsRun(string path)
    {
        string folder = Path.GetFileName(path) == RunFolder.RawName ? Path.GetDirectoryName(path)! : path;
        return File.Exists(Path.Combine(folder, RunFolder.LedgerFile));
    }

    private static RestorableScan OfRun(string path)
    {
        StoredScan stored = StoredScan.Open(path);
        ImmutableArray<VolumeStored> volumes = [.. stored.Volumes.Where(volume => stored.Raw.Exists(volume.Index)).OrderBy(volume => (volume.Index.T, volume.Index.C))];
        int timePoints = volumes.IsEmpty ? 1 : volumes[^1].Index.T + 1;
        return new RestorableScan(path, "run", stored.Plan with { Grid = null, TimePoints = timePoints }, volumes, new RunVolumes(stored.Raw), input: null);
    }

    private static RestorableScan OfOthers(IStoredInput input, VoxelSize? voxel)
    {
        VoxelSize size = voxel ?? input.VoxelSize
            ?? throw new DataFormatException($"'{input.Location}' ({input.Format}) does not tell its voxel size; give it with --voxel z,y,x in µm.");
        TimeSpan interval = input.Interval ?? TimeSpan.Zero;
        var plan = new ScanPlan
        {
            ScanId = Guid.NewGuid(),
            Stream = StreamOf(input.Location),
            TimePoints = input.TimePoints,
            Shape = input.Shape,
            PixelType = input.PixelType,
            VoxelSize = size,
            Undersampling = Factors.One,
            Mode = "other",
            Channels = input.ChannelNames,
            Interval = input.Interval,
        };
        return new RestorableScan(
            input.Location, input.Format, plan,
            [
                .. from t in Enumerable.Range(0, input.TimePoints)
                   from c in Enumerable.Range(0, input.ChannelNames.Length)
                   let index = new VolumeIndex(t, c)
                   where input.Exists(index)
                   let missing = input.MissingPlanes(index)
                   let at = DateTimeOffset.UnixEpoch + t * interval
                   select new VolumeStored(index, plan.Shape.Z - missing.Length, missing, at, at, 0, ImmutableSortedDictionary<string, long>.Empty),
            ],
            new InputVolumes(input), input);
    }

    /// <summary>The file's name as that of a stream.</summary>
    private static string StreamOf(string location)
    {
        const int longest = 32;
        var name = new StringBuilder();
        foreach (char c in Path.GetFileNameWithoutExtension(location).ToLowerInvariant())
        {
            if (name.Length == longest) break;
            name.Append(c is (>= 'a' and <= 'z') or (>= '0' and <= '9') ? c : '-');
        }

        string trimmed = name.ToString().Trim('-');
        return trimmed.Length > 0 ? trimmed : FallbackStream;
    }
}
