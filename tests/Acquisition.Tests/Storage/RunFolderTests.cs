using System.Text.Json.Nodes;
using Acquisition.Core;
using Acquisition.Storage;
using Acquisition.Storage.Zarr;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage;

public sealed class RunFolderTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 4, 5, 6, 7, TimeSpan.FromHours(2));

    private readonly StorageFolder _folder = new();
    private readonly VolumePool _pool = new(64 << 20);

    public void Dispose()
    {
        _pool.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_run_is_named_by_its_start_its_stream_and_its_scan()
    {
        RunFolder run = Create();
        Assert.Equal(_folder["20260304-030607-rig-1-0a1b2c3d"], run.Folder);
        Assert.Equal("steps: 600\n", File.ReadAllText(Path.Combine(run.Folder, "run.yaml")));
        Assert.True(run.FreeBytes > 0);
    }

    [Fact]
    public void A_run_holds_raw_and_restored_volumes_on_their_own_grids()
    {
        ScanPlan plan = StorageSamples.Plan(undersampling: new(2, 4, 1));
        RunFolder run = Create();
        IVolumeStore raw = run.CreateRaw(plan), restored = run.CreateRestored(plan);
        VolumeBuffer scanned = _pool.Rent(plan).Fill(StorageSamples.Pixels(plan.Shape, plan.PixelType, default));
        VolumeBuffer fine = _pool.TryRent(plan.RestoredShape, plan.PixelType)!.Fill(StorageSamples.Pixels(plan.RestoredShape, plan.PixelType, default));
        raw.Write(new(1, 1), scanned);
        restored.Write(new(0, 1), fine);
        run.AppendProvenance(Provenance(new(0, 1)));
        run.Complete(Report());

        ZarrReader reader = ZarrReader.Open(Path.Combine(run.Folder, "restored.zarr"));
        Assert.Equal(new VolumeShape(6, 20, 7), reader.Shape);
        Assert.Equal(new VoxelSize { ZUm = 1, YUm = 0.125, XUm = 0.25 }, reader.VoxelSize);
        Assert.Equal(2, reader.TimePoints);
        Assert.Equal(2, ZarrReader.Open(raw.Location).TimePoints);
        Assert.False(reader.Exists(new(1, 1)));
        fine.Clear();
        reader.ReadVolume(new(0, 1), fine);
        Assert.Equal(StorageSamples.Pixels(plan.RestoredShape, plan.PixelType, default), fine.ToBytes());
        scanned.Release();
        fine.Release();
    }

    [Fact]
    public void Maps_of_errors_lie_beside_the_volumes_on_the_same_grid()
    {
        ScanPlan plan = StorageSamples.Plan(undersampling: new(2, 4, 1));
        RunFolder run = Create();
        run.CreateRestored(plan);
        IVolumeStore maps = run.CreateUncertainty(plan);
        byte[] pixels = StorageSamples.Pixels(plan.RestoredShape, PixelType.UInt8, default);
        VolumeBuffer map = _pool.TryRent(plan.RestoredShape, PixelType.UInt8)!.Fill(pixels);
        maps.Write(new(1, 0), map);
        run.AppendProvenance(Provenance(new(1, 0)) with { Uncertainty = Scale });
        run.Complete(Report());

        ZarrReader reader = ZarrReader.Open(Path.Combine(run.Folder, "uncertainty.zarr"));
        Assert.Equal((plan.RestoredShape, PixelType.UInt8, 2), (reader.Shape, reader.PixelType, reader.TimePoints));
        Assert.Equal(plan.RestoredVoxelSize, reader.VoxelSize);
        map.Clear();
        reader.ReadVolume(new(1, 0), map);
        Assert.Equal(pixels, map.ToBytes());
        map.Release();

        JsonNode group = JsonNode.Parse(File.ReadAllText(Path.Combine(maps.Location, "zarr.json")))!["attributes"]!;
        JsonNode step = group["acquisition"]!["steps"]![2]!;
        Assert.Equal("largest * 2 ** ((value - 255) / steps_per_octave)", (string?)step["standard_error"]);
        Assert.Equal((0, 255), ((int)step["unknown"]!, (int)step["saturated"]!));
        string provenance = Path.GetFullPath(Path.Combine(maps.Location, (string)step["per_volume"]!));
        JsonNode scale = JsonNode.Parse(File.ReadAllLines(provenance)[0])!["uncertainty"]!;
        Assert.Equal(
            """{"method":"m","largest":1000.5,"steps_per_octave":16,"calibrated_on":{"t":0,"c":0},"held_out_rank":0.5,"held_out_within_one":0.75,"held_out_within_two":0.9}""",
            scale.ToJsonString());
    }

    [Fact]
    public void Provenance_grows_by_a_line_a_volume()
    {
        RunFolder run = Create();
        run.CreateRestored(StorageSamples.Plan());
        run.AppendProvenance(Provenance(new(0, 1)));
        run.AppendProvenance(Provenance(new(1, 0)) with { TunedOn = null, ModelSha256 = "" });

        string[] lines = File.ReadAllLines(Path.Combine(run.Folder, "restored.zarr", "provenance.jsonl"));
        Assert.Equal(
            """{"index":{"t":0,"c":1},"method":"self-vision","model_sha256":"ab12","tuned_on":{"t":0,"c":1},"predicted":false"""
            + ""","settings_fingerprint":"cd34","missing_planes":[2,5],"non_finite_samples":3,"conditioning":null,"scale_low":100,"scale_high":1100.5"""
            + ""","residual_rms":4.25,"uncertainty":null,"provisional":false,"gauge":null,"note":"","lag_s":1.5,"duration_s":0.25}""",
            lines[0]);
        Assert.Null(JsonNode.Parse(lines[1])!["tuned_on"]);
        Assert.Equal(2, lines.Length);
    }

    [Fact]
    public void Provenance_needs_its_dataset()
    {
        var fault = Assert.Throws<StorageException>(() => Create().AppendProvenance(Provenance(default)));
        Assert.Contains("restored.zarr", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_weights_are_stored_once_under_their_hash()
    {
        RunFolder run = Create();
        // FIPS 180-2, appendix B.1.
        const string HashOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        Assert.Equal(HashOfAbc, run.SaveModel("abc"u8));
        string path = Path.Combine(run.Folder, "models", HashOfAbc + ".safetensors");
        Assert.Equal("abc", File.ReadAllText(path));
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        Assert.Equal(HashOfAbc, run.SaveModel("abc"u8));
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(path));
        Assert.NotEqual(HashOfAbc, run.SaveModel("abd"u8));
        Assert.Equal(2, Directory.GetFiles(Path.Combine(run.Folder, "models")).Length);
    }

    [Fact]
    public async Task Ledger_lines_of_many_threads_stay_whole()
    {
        RunFolder run = Create();
        await Parallel.ForAsync(0, 200, TestContext.Current.CancellationToken, (i, _) =>
        {
            run.AppendLedger("volume_stored", new { Index = new VolumeIndex(i, 0), Took = TimeSpan.FromMilliseconds(5), State = RunOutcome.DiskFull });
            return ValueTask.CompletedTask;
        });

        JsonNode[] lines = [.. File.ReadAllLines(Path.Combine(run.Folder, "ledger.jsonl")).Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(Enumerable.Range(0, 200), lines.Select(line => (int)line["index"]!["t"]!).Order());
        Assert.All(lines, line =>
        {
            Assert.Equal("2026-03-04T03:06:07Z", (string?)line["at"]);
            Assert.Equal("volume_stored", (string?)line["kind"]);
            Assert.Equal(0.005, (double)line["took_s"]!);
            Assert.Equal("disk_full", (string?)line["state"]);
        });
    }

    [Fact]
    public void A_ledger_entry_that_is_no_object_becomes_a_value()
    {
        RunFolder run = Create();
        run.AppendLedger("note", "µ\n\"quoted\"");
        Assert.Equal("µ\n\"quoted\"", (string?)JsonNode.Parse(File.ReadAllText(Path.Combine(run.Folder, "ledger.jsonl")))!["value"]);
    }

    [Fact]
    public void A_full_disk_leaves_no_half_line_in_the_ledger()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The device that is always full exists on Linux only.");
        RunFolder run = Create();
        run.AppendLedger("first", new { });
        string ledger = Path.Combine(run.Folder, "ledger.jsonl");
        File.Move(ledger, ledger + ".kept");
        File.CreateSymbolicLink(ledger, "/dev/full");
        var fault = Assert.Throws<StorageException>(() => run.AppendLedger("second", new { }));
        Assert.True(fault.DiskFull);
        Assert.Contains(ledger, fault.Message, StringComparison.Ordinal);

        File.Delete(ledger);
        File.Move(ledger + ".kept", ledger);
        run.AppendLedger("third", new { });
        Assert.Equal(["first", "third"], File.ReadAllLines(ledger).Select(line => (string?)JsonNode.Parse(line)!["kind"]));
    }

    [Fact]
    public void A_run_is_never_overwritten()
    {
        RunFolder run = Create();
        var fault = Assert.Throws<StorageException>(() => Create("other: 1\n"));
        Assert.Contains(run.Folder, fault.Message, StringComparison.Ordinal);
        Assert.Equal("steps: 600\n", File.ReadAllText(Path.Combine(run.Folder, "run.yaml")));
    }

    [Fact]
    public void A_missing_root_is_made_and_a_missing_parent_is_an_error()
    {
        RunFolder run = RunFolder.Create(StorageSamples.Options(_folder["runs"]), StorageSamples.Plan(), "", Start);
        Assert.True(Directory.Exists(run.Folder));
        var fault = Assert.Throws<StorageException>(() =>
            RunFolder.Create(StorageSamples.Options(_folder["not-mounted/runs"]), StorageSamples.Plan(), "", Start));
        Assert.Contains($"'{_folder["not-mounted"]}' does not exist", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_cannot_name_a_place_outside_the_root()
    {
        var fault = Assert.Throws<ArgumentException>(() =>
            RunFolder.Create(StorageSamples.Options(_folder["runs"]), StorageSamples.Plan() with { Stream = "../../x" }, "", Start));
        Assert.Contains("'../../x'", fault.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["runs"]));
    }

    [Fact]
    public void A_root_that_is_a_file_is_an_error()
    {
        File.WriteAllText(_folder["file"], "");
        var fault = Assert.Throws<StorageException>(() =>
            RunFolder.Create(StorageSamples.Options(_folder["file"]), StorageSamples.Plan(), "", Start));
        Assert.Contains(_folder["file"], fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_replaces_an_earlier_one_as_a_whole()
    {
        RunFolder run = Create();
        run.Complete(Report());
        run.Complete(Report() with { Warnings = ["late"] });
        RunReport read = RunReportJson.Read(Path.Combine(run.Folder, "report.json"));
        Assert.Equal(["late"], read.Warnings);
        Assert.Equal(["report.html", "report.json", "run.lock", "run.yaml"], Directory.GetFiles(run.Folder).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("", 16, 128)]
    [InlineData(" ", 16, 128)]
    [InlineData("a", 0, 128)]
    [InlineData("a", 257, 128)]
    [InlineData("a", 16, 15)]
    [InlineData("a", 16, 1025)]
    public void Options_outside_their_range_are_refused(string root, int planes, int edgePx)
    {
        Assert.ThrowsAny<ArgumentException>(() => StorageSamples.Options(root, planes: planes, edgePx: edgePx));
        Assert.ThrowsAny<ArgumentException>(() => StorageSamples.Options("a", (Compression)99));
    }

    private static UncertaintyScale Scale => new()
    {
        Method = "m",
        Largest = 1000.5,
        StepsPerOctave = 16,
        CalibratedOn = new(0, 0),
        HeldOutRank = 0.5,
        HeldOutWithinOne = 0.75,
        HeldOutWithinTwo = 0.9,
    };

    private static RunReport Report() => new()
    {
        Status = new() { State = RunState.Finished, Reason = "done", Elapsed = TimeSpan.FromSeconds(3) },
        StartedAt = Start,
        FinishedAt = Start.AddSeconds(3),
    };

    private static Provenance Provenance(VolumeIndex index) => new()
    {
        Index = index,
        Method = "self-vision",
        ModelSha256 = "ab12",
        TunedOn = new(0, 1),
        SettingsFingerprint = "cd34",
        MissingPlanes = [2, 5],
        NonFiniteSamples = 3,
        ScaleLow = 100,
        ScaleHigh = 1100.5,
        ResidualRms = 4.25,
        Lag = TimeSpan.FromSeconds(1.5),
        Duration = TimeSpan.FromSeconds(0.25),
    };

    private RunFolder Create(string settings = "steps: 600\n") =>
        RunFolder.Create(StorageSamples.Options(_folder.Path), StorageSamples.Plan(), settings, Start, new StoppedClock());

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Start;
    }
}
