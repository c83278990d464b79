using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Acquisition.Core;
using Acquisition.Storage;
using Acquisition.Storage.Zarr;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage;

/// <summary>Coarser levels of stored datasets: numpy tells what is in them, readers of their own whether they are found.</summary>
public sealed class RunLevelsTests : IDisposable
{
    private readonly StorageFolder _folder = new();
    private readonly VolumePool _pool = new(64 << 20);

    public void Dispose()
    {
        _pool.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(300, 256, 256)]
    [InlineData(7, 257, 20, "7×129×20")]
    [InlineData(257, 20, 511, "129×20×256")]
    [InlineData(64, 2048, 2048, "64×1024×1024", "64×512×512", "64×256×256")]
    [InlineData(1000, 300, 1025, "500×150×513", "250×150×257", "250×150×129")]
    public void Axes_longer_than_256_are_halved_until_y_and_x_fit(int z, int y, int x, params string[] levels) =>
        Assert.Equal(levels, PyramidLevel.Of(new(z, y, x)).Select(level => level.Shape.ToString()));

    // Odd and even extents, one level and two, z halved and not, slabs that do not divide it (chunks of 16 planes at most).
    public static TheoryData<PixelType, int, int, int, Compression> Cases => new()
    {
        { PixelType.UInt8, 3, 261, 523, Compression.Auto },
        { PixelType.UInt16, 3, 261, 523, Compression.Auto },
        { PixelType.Float32, 3, 261, 523, Compression.Gzip },
        { PixelType.UInt16, 261, 4, 258, Compression.Auto },
        { PixelType.Float32, 36, 5, 257, Compression.None },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Every_reader_finds_the_means_where_they_belong(PixelType type, int z, int y, int x, Compression compression)
    {
        ScanPlan plan = StorageSamples.Plan(new(z, y, x), type, timePoints: 2);
        ZarrVolumeStore store = Store(plan, compression, new(0, 0), new(1, 1));

        DatasetLevels made = Assert.Single(RunLevels.Complete(store.Location));

        Assert.Equal(2, made.Volumes);
        Assert.Equal(2 * made.Shapes.Length, made.Made);
        Assert.Empty(made.Faults);
        Assert.Equal("", StorageOracles.RunPython("check_ome_zarr.py", store.Location));
        Assert.Equal("", StorageOracles.RunPython("check_levels.py", store.Location));
        for (int level = 0; level <= made.Shapes.Length; level++)
        {
            StorageOracles.RunPython("read_zarr3.py", store.Location, _folder["python.raw"], $"{level}");
            StorageOracles.RunNode("read_zarrita.mjs", store.Location, _folder["zarrita.raw"], $"{level}");
            Assert.Equal(File.ReadAllBytes(_folder["python.raw"]), File.ReadAllBytes(_folder["zarrita.raw"]));
        }
    }

    [Fact]
    public void Levels_of_restored_volumes_stand_where_these_stand()
    {
        // Samples of a finer grid begin before those that were scanned, so level 0 has a translation already.
        ScanPlan plan = StorageSamples.Plan(new(2, 70, 300), timePoints: 1) with { Channels = ["DNA"] };
        var store = ZarrVolumeStore.Create(_folder["restored.zarr"], ZarrDataset.Restored(plan), StorageSamples.Options(_folder.Path));
        VolumeBuffer volume = _pool.TryRent(plan.RestoredShape, plan.PixelType)!.Fill(StorageSamples.Pixels(plan.RestoredShape, plan.PixelType, default));
        store.Write(default, volume);
        volume.Release();

        RunLevels.Complete(store.Location);

        Assert.Equal("", StorageOracles.RunPython("check_levels.py", store.Location));
        JsonNode[] transformations = [.. Datasets(store.Location)[1]!["coordinateTransformations"]!.AsArray()!];
        // 4×280×300 of voxels (1, 0.125, 0.25) µm from (−0.5, −0.1875, 0): y and x are halved, so half a voxel further.
        Assert.Equal([1.5, 1, 1, 0.25, 0.5], transformations[0]["scale"]!.AsArray().Select(n => n!.GetValue<double>()));
        Assert.Equal([0, 0, -0.5, -0.125, 0.125], transformations[1]["translation"]!.AsArray().Select(n => n!.GetValue<double>()));
        Assert.Equal("mean", (string?)Group(store.Location)["attributes"]!["ome"]!["multiscales"]![0]!["type"]);
    }

    [Fact]
    public void Two_threads_make_the_same_files()
    {
        VolumeIndex[] volumes = [.. Enumerable.Range(0, 12).Select(t => new VolumeIndex(t, 0))];
        ZarrVolumeStore store = Store(Large with { TimePoints = 12 }, Compression.Auto, volumes);
        Assert.Equal(12, Assert.Single(RunLevels.Complete(store.Location)).Made);
        byte[][] alone = [.. volumes.Select(volume => File.ReadAllBytes(FileOf(store, level: 1, volume.T)))];
        Directory.Delete(Path.Combine(store.Location, "1"), recursive: true);

        DatasetLevels made = Assert.Single(RunLevels.Complete(store.Location, threads: 2));

        Assert.Equal((12, 12), (made.Volumes, made.Made));
        Assert.Equal(alone, volumes.Select(volume => File.ReadAllBytes(FileOf(store, level: 1, volume.T))));
        Assert.Equal("", StorageOracles.RunPython("check_levels.py", store.Location));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_disk_that_refuses_ends_it_on_any_number_of_threads(int threads)
    {
        ZarrVolumeStore store = Store(Large, Compression.Auto, new(0, 0), new(1, 0), new(2, 0), new(3, 0));
        Directory.CreateDirectory(Path.Combine(store.Location, "1"));
        File.WriteAllText(Path.Combine(store.Location, "1", "c"), "a file where a folder belongs");
        Assert.Throws<StorageException>(() => RunLevels.Complete(store.Location, threads: threads));
        Assert.Single(Datasets(store.Location));
    }

    [Fact]
    public void Done_twice_nothing_is_written_again()
    {
        ZarrVolumeStore store = Store(Large, Compression.Auto, new(0, 0), new(1, 0));
        Assert.Equal(2, Assert.Single(RunLevels.Complete(store.Location)).Made);
        Dictionary<string, DateTime> before = Times(store.Location);

        Assert.Equal(0, Assert.Single(RunLevels.Complete(store.Location)).Made);

        Assert.Equal(before, Times(store.Location));
    }

    [Fact]
    public void Cut_off_it_leaves_a_dataset_without_levels_and_goes_on_where_it_was()
    {
        ZarrVolumeStore store = Store(Large, Compression.Auto, new(0, 0), new(1, 0), new(2, 0));

        Assert.Throws<OperationCanceledException>(() => RunLevels.Complete(store.Location, new CutOff(text => text.Contains("t2", StringComparison.Ordinal))));

        Assert.Single(Datasets(store.Location));
        Assert.Equal("", StorageOracles.RunPython("check_ome_zarr.py", store.Location));
        Assert.Equal(1, Assert.Single(RunLevels.Complete(store.Location)).Made);
        Assert.Equal(2, Datasets(store.Location).Count);
        Assert.Equal("", StorageOracles.RunPython("check_levels.py", store.Location));
    }

    [Fact]
    public void What_is_missing_damaged_or_older_than_its_volume_is_made_again()
    {
        ZarrVolumeStore store = Store(Large, Compression.Auto, new(0, 0), new(1, 0), new(2, 0), new(3, 0));
        RunLevels.Complete(store.Location);
        File.Delete(FileOf(store, level: 1, t: 0));
        using (FileStream file = File.OpenWrite(FileOf(store, level: 1, t: 1))) file.WriteByte(0xAA);
        File.SetLastWriteTimeUtc(FileOf(store, level: 1, t: 2), File.GetLastWriteTimeUtc(FileOf(store, level: 0, t: 2)).AddSeconds(-1));

        Assert.Equal(3, Assert.Single(RunLevels.Complete(store.Location)).Made);

        Assert.Equal("", StorageOracles.RunPython("check_levels.py", store.Location));
    }

    [Fact]
    public void A_damaged_volume_is_told_of_and_the_others_get_their_levels()
    {
        ZarrVolumeStore store = Store(Large, Compression.Auto, new(0, 0), new(1, 0));
        using (FileStream file = File.OpenWrite(FileOf(store, level: 0, t: 0))) file.WriteByte(0xAA);

        DatasetLevels made = Assert.Single(RunLevels.Complete(store.Location));

        Assert.Contains("t0 c0 is damaged", Assert.Single(made.Faults), StringComparison.Ordinal);
        Assert.Equal(1, made.Made);
        Assert.Equal(2, Datasets(store.Location).Count);
    }

    [Fact]
    public void A_run_that_goes_on_takes_its_levels_out_of_the_metadata_until_they_are_made_again()
    {
        ZarrVolumeStore store = Store(Large, Compression.Auto, new VolumeIndex(0, 0));
        RunLevels.Complete(store.Location);
        Assert.Equal(2, Datasets(store.Location).Count);

        var reopened = ZarrVolumeStore.Reopen(store.Location, ZarrDataset.Raw(Large));
        Write(reopened, new(1, 0));
        Assert.Single(Datasets(store.Location));
        reopened.Announce(2);
        Assert.Equal("", StorageOracles.RunPython("check_ome_zarr.py", store.Location));

        RunLevels.Complete(store.Location);
        Assert.Equal("", StorageOracles.RunPython("check_levels.py", store.Location));
    }

    [Fact]
    public void Fewer_time_points_announced_are_fewer_in_all_levels()
    {
        ZarrVolumeStore store = Store(Large, Compression.Auto, new VolumeIndex(0, 0));
        RunLevels.Complete(store.Location);

        ZarrVolumeStore.Reopen(store.Location, ZarrDataset.Raw(Large)).Announce(1);

        Assert.Single(Datasets(store.Location));
        RunLevels.Complete(store.Location);
        Assert.Equal("", StorageOracles.RunPython("check_ome_zarr.py", store.Location));
        Assert.Equal("", StorageOracles.RunPython("check_levels.py", store.Location));
    }

    [Fact]
    public void A_volume_that_is_taken_out_takes_its_levels_along()
    {
        ZarrVolumeStore store = Store(Large, Compression.Auto, new(0, 0), new(1, 0));
        RunLevels.Complete(store.Location);
        var reopened = ZarrVolumeStore.Reopen(store.Location, ZarrDataset.Raw(Large));
        reopened.Remove(new(0, 0));
        reopened.PutAside(new(1, 0));
        Assert.False(File.Exists(FileOf(store, level: 1, t: 0)));
        Assert.False(File.Exists(FileOf(store, level: 1, t: 1)));
    }

    [Fact]
    public void A_run_that_was_killed_gets_levels_for_all_that_it_stored_and_one_that_goes_on_gets_none()
    {
        ScanPlan plan = Large with { Undersampling = new(1, 2, 1) };
        string path;
        using (RunFolder run = RunFolder.Create(StorageSamples.Options(_folder.Path), plan, "steps: 1\n", DateTimeOffset.UnixEpoch))
        {
            path = run.Folder;
            IVolumeStore raw = run.CreateRaw(plan), restored = run.CreateRestored(plan), maps = run.CreateUncertainty(plan);
            run.AppendLedger(LedgerKinds.ScanStarted, new ScanStarted(plan, "cd34", ImmutableSortedDictionary<string, string>.Empty));
            Write(raw, new(0, 0), plan.Shape);
            Write(raw, new(1, 0), plan.Shape);
            Write(restored, new(0, 0), plan.RestoredShape);
            Write(maps, new(0, 0), plan.RestoredShape, PixelType.UInt8);
            Assert.Contains("Another program", Assert.Throws<StorageException>(() => RunLevels.Complete(path)).Message, StringComparison.Ordinal);
        }

        ImmutableArray<DatasetLevels> made = RunLevels.Complete(path);

        Assert.Equal(["raw.zarr", "restored.zarr"], made.Select(dataset => Path.GetFileName(dataset.Location)));
        Assert.Equal([2, 1], made.Select(dataset => dataset.Made));
        Assert.All(made, dataset => Assert.Equal("", StorageOracles.RunPython("check_levels.py", dataset.Location)));
        Assert.Single(Datasets(Path.Combine(path, "uncertainty.zarr")));
        Assert.Contains("standard errors", Assert.Throws<StorageException>(() => RunLevels.Complete(Path.Combine(path, "uncertainty.zarr"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Small_volumes_need_no_levels_and_other_folders_have_none()
    {
        ScanPlan plan = StorageSamples.Plan();
        string location = ZarrVolumeStore.Create(_folder["raw.zarr"], ZarrDataset.Raw(plan), StorageSamples.Options(_folder.Path)).Location;
        Dictionary<string, DateTime> before = Times(location);
        Assert.Empty(Assert.Single(RunLevels.Complete(location)).Shapes);
        Assert.Equal(before, Times(location));
        Directory.CreateDirectory(_folder["none"]);
        Assert.Contains("neither a run folder", Assert.Throws<StorageException>(() => RunLevels.Complete(_folder["none"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_level_of_another_making_is_left_alone()
    {
        ZarrVolumeStore store = Store(Large, Compression.Auto, new VolumeIndex(0, 0));
        RunLevels.Complete(store.Location);
        string path = Path.Combine(store.Location, "1", "zarr.json"), text = File.ReadAllText(path);
        File.WriteAllText(path, text.Replace("\"fill_value\": 0", "\"fill_value\": 1", StringComparison.Ordinal));
        Assert.Contains("Move the folder away", Assert.Throws<DataFormatException>(() => RunLevels.Complete(store.Location)).Message, StringComparison.Ordinal);
    }

    private static ScanPlan Large { get; } = StorageSamples.Plan(new(3, 20, 261), timePoints: 4) with { Channels = ["DNA"] };

    private ZarrVolumeStore Store(ScanPlan plan, Compression compression, params VolumeIndex[] volumes)
    {
        var store = ZarrVolumeStore.Create(_folder["raw.zarr"], ZarrDataset.Raw(plan), StorageSamples.Options(_folder.Path, compression, edgePx: 100));
        foreach (VolumeIndex index in volumes) Write(store, index, plan.Shape, plan.PixelType);
        return store;
    }

    private void Write(IVolumeStore store, VolumeIndex index, VolumeShape? shape = null, PixelType type = PixelType.UInt16)
    {
        VolumeBuffer volume = _pool.TryRent(shape ?? Large.Shape, type)!;
        store.Write(index, volume.Fill(StorageSamples.Pixels(volume.Shape, type, index)));
        volume.Release();
    }

    private static string FileOf(ZarrVolumeStore store, int level, int t) => Path.Combine(store.Location, $"{level}", "c", $"{t}", "0", "0", "0", "0");

    private static JsonNode Group(string location) => JsonNode.Parse(File.ReadAllText(Path.Combine(location, "zarr.json")))!;

    private static JsonArray Datasets(string location) => Group(location)["attributes"]!["ome"]!["multiscales"]![0]!["datasets"]!.AsArray();

    private static Dictionary<string, DateTime> Times(string location) =>
        Directory.GetFiles(location, "*", SearchOption.AllDirectories).ToDictionary(path => path, File.GetLastWriteTimeUtc);

    private sealed class CutOff(Predicate<string> when) : IProgress<string>
    {
        public void Report(string value)
        {
            if (when(value)) throw new OperationCanceledException();
        }
    }
}
