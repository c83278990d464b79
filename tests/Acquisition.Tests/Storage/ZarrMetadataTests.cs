using System.Text.Json;
using System.Text.Json.Nodes;
using Acquisition.Core;
using Acquisition.Storage.Zarr;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage;

public sealed class ZarrMetadataTests
{
    [Theory]
    [InlineData(PixelType.UInt8)]
    [InlineData(PixelType.UInt16)]
    [InlineData(PixelType.Float32)]
    public void Datasets_obey_the_rules_of_OME_Zarr_before_and_after_the_first_volume(PixelType type)
    {
        using var folder = new StorageFolder();
        using var pool = new VolumePool(64 << 20);
        ScanPlan plan = StorageSamples.Plan(pixelType: type);
        var raw = ZarrVolumeStore.Create(folder["raw.zarr"], ZarrDataset.Raw(plan), StorageSamples.Options(folder.Path));
        var restored = ZarrVolumeStore.Create(folder["restored.zarr"], ZarrDataset.Restored(plan), StorageSamples.Options(folder.Path));
        Assert.Equal("", StorageOracles.RunPython("check_ome_zarr.py", raw.Location));
        Assert.Equal("", StorageOracles.RunPython("check_ome_zarr.py", restored.Location));

        VolumeBuffer volume = pool.Rent(plan).Fill(StorageSamples.Pixels(plan.Shape, type, default));
        raw.Write(new(0, 1), volume);
        volume.Clear();
        raw.Write(new(0, 0), volume);
        volume.Release();
        Assert.Equal("", StorageOracles.RunPython("check_ome_zarr.py", raw.Location));
    }

    [Theory]
    [InlineData("\"dimension_names\": [\n    \"t\",\n    \"c\"", "\"dimension_names\": [\n    \"c\",\n    \"t\"", "0/zarr.json")]
    [InlineData("\"color\": \"00FF00\"", "\"color\": \"#00FF00\"", "zarr.json")]
    [InlineData("\"version\": \"0.5\"", "\"version\": \"0.4\"", "zarr.json")]
    [InlineData("\"type\": \"channel\"", "\"type\": \"space\"", "zarr.json")]
    [InlineData("\"unit\": \"second\"", "\"unit\": \"s\"", "zarr.json")]
    public void The_checker_notices_a_broken_rule(string good, string broken, string file)
    {
        using var folder = new StorageFolder();
        ZarrVolumeStore.Create(folder["raw.zarr"], ZarrDataset.Raw(StorageSamples.Plan()), StorageSamples.Options(folder.Path));
        string path = Path.Combine(folder["raw.zarr"], file), text = File.ReadAllText(path);
        Assert.Contains(good, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(good, broken, StringComparison.Ordinal));
        Assert.NotEqual("", StorageOracles.RunPython("check_ome_zarr.py", folder["raw.zarr"]));
    }

    [Fact]
    public void Restored_samples_lie_where_the_scanned_voxels_are()
    {
        using var folder = new StorageFolder();
        ScanPlan plan = StorageSamples.Plan(undersampling: new(2, 4, 1));
        ZarrVolumeStore.Create(folder["restored.zarr"], ZarrDataset.Restored(plan), StorageSamples.Options(folder.Path));
        JsonNode[] transformations = [.. Group(folder["restored.zarr"])["attributes"]!["ome"]!["multiscales"]![0]!["datasets"]![0]!
            ["coordinateTransformations"]!.AsArray()!];

        // Voxels (2, 0.5, 0.25) µm cut into (2, 4, 1): the first part's centre lies (½/f − ½) voxels from the whole's centre, the
        // origin, so that the parts' centres average to it: (−0.5 + 0.5) / 2, (−0.1875 − 0.0625 + 0.0625 + 0.1875) / 4, 0.
        Assert.Equal([1.5, 1, 1, 0.125, 0.25], Numbers(transformations[0]["scale"]));
        Assert.Equal([0, 0, -0.5, -0.1875, 0], Numbers(transformations[1]["translation"]));
    }

    [Fact]
    public void Samples_on_a_grid_of_their_own_lie_where_it_says()
    {
        using var folder = new StorageFolder();
        ScanPlan plan = StorageSamples.Plan() with
        {
            Undersampling = Factors.One,
            Grid = new() { Shape = new(7, 5, 3), VoxelSize = new() { ZUm = 0.75, YUm = 0.5, XUm = 0.25 }, OriginUm = new(-0.375, 0, 0.125) },
        };
        ZarrVolumeStore.Create(folder["restored.zarr"], ZarrDataset.Restored(plan), StorageSamples.Options(folder.Path));
        JsonNode[] transformations = [.. Group(folder["restored.zarr"])["attributes"]!["ome"]!["multiscales"]![0]!["datasets"]![0]!
            ["coordinateTransformations"]!.AsArray()!];
        Assert.Equal(new VolumeShape(7, 5, 3), ZarrReader.Open(folder["restored.zarr"]).Shape);
        Assert.Equal([1.5, 1, 0.75, 0.5, 0.25], Numbers(transformations[0]["scale"]));
        Assert.Equal([0, 0, -0.375, 0, 0.125], Numbers(transformations[1]["translation"]));
        JsonNode restored = Group(folder["restored.zarr"])["attributes"]!["acquisition"]!["steps"]![1]!;
        Assert.Equal("restored", (string?)restored["step"]);
        Assert.Null(restored["factors"]);
    }

    [Fact]
    public void Restored_volumes_and_their_maps_name_what_was_corrected()
    {
        using var folder = new StorageFolder();
        ScanPlan plan = StorageSamples.Plan();
        ZarrVolumeStore.Create(folder["restored.zarr"], ZarrDataset.Restored(plan, "offset", "drift"), StorageSamples.Options(folder.Path));
        ZarrVolumeStore.Create(folder["uncertainty.zarr"], ZarrDataset.Uncertainty(plan, "offset", "drift"), StorageSamples.Options(folder.Path));
        JsonArray Steps(string name) => Group(folder[name])["attributes"]!["acquisition"]!["steps"]!.AsArray();

        Assert.Equal(["acquired", "conditioned", "restored"], Steps("restored.zarr").Select(step => (string?)step!["step"]));
        Assert.Equal(["acquired", "conditioned", "restored"], Steps("uncertainty.zarr").Take(3).Select(step => (string?)step!["step"]));
        Assert.Equal("""["offset","drift"]""", Steps("uncertainty.zarr")[1]!["corrections"]!.ToJsonString());
        Assert.Equal("../restored.zarr/provenance.jsonl", (string?)Steps("uncertainty.zarr")[1]!["per_volume"]);
    }

    [Fact]
    public void A_dataset_says_how_it_came_to_be_and_keeps_text_from_the_wire_as_it_is()
    {
        using var folder = new StorageFolder();
        ScanPlan plan = StorageSamples.Plan(channels: ["<script>", "β \"quoted\""]);
        ZarrVolumeStore.Create(folder["restored.zarr"], ZarrDataset.Restored(plan), StorageSamples.Options(folder.Path));
        JsonNode attributes = Group(folder["restored.zarr"])["attributes"]!;

        JsonArray steps = attributes["acquisition"]!["steps"]!.AsArray();
        Assert.Equal(["acquired", "restored"], steps.Select(step => (string?)step!["step"]));
        Assert.Equal(plan.ScanId.ToString(), (string?)steps[0]!["plan"]!["scan_id"]);
        Assert.Equal("uint16", (string?)steps[0]!["plan"]!["pixel_type"]);
        Assert.Equal(1.5, (double?)steps[0]!["plan"]!["interval_s"]);
        Assert.Equal(plan.UserJson, (string?)steps[0]!["plan"]!["user_json"]);
        Assert.Equal("""{"z":2,"y":4,"x":1}""", steps[1]!["factors"]!.ToJsonString());
        Assert.Equal(["<script>", "β \"quoted\""], attributes["ome"]!["omero"]!["channels"]!.AsArray().Select(channel => (string?)channel!["label"]));
        Assert.Equal(plan.Channels, ZarrReader.Open(folder["restored.zarr"]).ChannelNames);
    }

    [Fact]
    public void The_window_follows_the_first_volume_of_each_channel_and_ignores_a_hot_pixel()
    {
        using var folder = new StorageFolder();
        using var pool = new VolumePool(64 << 20);
        ScanPlan plan = StorageSamples.Plan(new(10, 40, 50));
        var store = ZarrVolumeStore.Create(folder["raw.zarr"], ZarrDataset.Raw(plan), StorageSamples.Options(folder.Path));
        VolumeBuffer volume = pool.Rent(plan);
        for (int z = 0; z < 10; z++) volume.Plane<ushort>(z).Fill((ushort)(100 + z));
        volume.Plane<ushort>(5)[77] = 4095;
        store.Write(new(2, 1), volume);
        volume.Release();

        JsonNode channels = Group(folder["raw.zarr"])["attributes"]!["ome"]!["omero"]!["channels"]!;
        Assert.Equal("""{"min":0,"max":4095,"start":0,"end":4095}""", channels[0]!["window"]!.ToJsonString());
        Assert.Equal("""{"min":0,"max":4095,"start":100,"end":109}""", channels[1]!["window"]!.ToJsonString());
    }

    [Fact]
    public void An_open_ended_scan_grows_and_ends_with_the_time_points_it_stored()
    {
        using var folder = new StorageFolder();
        using var pool = new VolumePool(64 << 20);
        ScanPlan plan = StorageSamples.Plan(timePoints: null);
        var store = ZarrVolumeStore.Create(folder["raw.zarr"], ZarrDataset.Raw(plan), StorageSamples.Options(folder.Path));
        VolumeBuffer volume = pool.Rent(plan).Fill(StorageSamples.Pixels(plan.Shape, plan.PixelType, default));
        for (int t = 0; t < 11; t++)
        {
            store.Write(new(t, 0), volume);
            Assert.InRange(ZarrReader.Open(store.Location).TimePoints, t + 1, 2 * t + 1);
        }

        store.Announce(store.TimePointsStored);
        Assert.Equal(11, ZarrReader.Open(store.Location).TimePoints);
        Assert.Equal("", StorageOracles.RunPython("check_ome_zarr.py", store.Location));
        store.Write(new(11, 1), volume);
        ZarrReader reader = ZarrReader.Open(store.Location);
        Assert.True(reader.TimePoints > 11);
        Assert.True(reader.Exists(new(11, 1)));
        Assert.False(reader.Exists(new(11, 0)));
        volume.Release();
    }

    [Fact]
    public void A_planned_scan_announces_its_plan_at_once_and_only_what_it_stored_at_the_end()
    {
        using var folder = new StorageFolder();
        using var pool = new VolumePool(64 << 20);
        ScanPlan plan = StorageSamples.Plan(timePoints: 50);
        var store = ZarrVolumeStore.Create(folder["raw.zarr"], ZarrDataset.Raw(plan), StorageSamples.Options(folder.Path));
        Assert.Equal(50, ZarrReader.Open(store.Location).TimePoints);
        VolumeBuffer volume = pool.Rent(plan).Fill(StorageSamples.Pixels(plan.Shape, plan.PixelType, default));
        store.Write(new(3, 0), volume);
        volume.Release();
        store.Announce(store.TimePointsStored);

        ZarrReader reader = ZarrReader.Open(store.Location);
        Assert.Equal(4, reader.TimePoints);
        Assert.Equal(plan.Shape, reader.Shape);
        Assert.Equal(plan.PixelType, reader.PixelType);
        Assert.Equal(plan.VoxelSize, reader.VoxelSize);
        Assert.Equal(2, reader.Channels);
    }

    private static JsonNode Group(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "zarr.json")))!;

    private static double[] Numbers(JsonNode? list) => list.Deserialize<double[]>()!;

    [Fact]
    public void Restored_volumes_name_what_was_corrected_before()
    {
        static string[] Steps(ZarrDataset dataset) => [.. dataset.Steps.Select(step => step["step"]!.GetValue<string>())];
        ZarrDataset conditioned = ZarrDataset.Restored(StorageSamples.Plan(), "offset", "line phase");

        Assert.Equal(["acquired", "restored"], Steps(ZarrDataset.Restored(StorageSamples.Plan())));
        Assert.Equal(["acquired", "conditioned", "restored"], Steps(conditioned));
        Assert.Equal(["offset", "line phase"], conditioned.Steps[1]["corrections"]!.AsArray().Select(name => name!.GetValue<string>()));
    }
}
