using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Acquisition.Core;
using Acquisition.Storage;
using Acquisition.Storage.Export;
using Acquisition.Storage.Tiff;
using Acquisition.Storage.Zarr;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage;

/// <summary>What is exported, programs of other people read: tifffile, Debian's zarr, zarrita, Pillow.</summary>
public sealed partial class ExporterTests : IDisposable
{
    private static readonly VoxelSize Voxel = new() { ZUm = 1.5, YUm = 0.1234567890123, XUm = 0.2 };

    private readonly StorageFolder _folder = new();
    private readonly VolumePool _pool = new(64 << 20);

    public void Dispose()
    {
        _pool.Dispose();
        _folder.Dispose();
    }

    public static TheoryData<PixelType, int, int, int> Cases => new()
    {
        { PixelType.UInt8, 1, 5, 7 }, { PixelType.UInt16, 3, 13, 9 }, { PixelType.Float32, 3, 13, 9 },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Tifffile_reads_values_axes_sizes_and_making_of_an_OME_TIFF(PixelType type, int z, int y, int x)
    {
        ScanPlan plan = Store(new(z, y, x), type);
        ExportResult made = Export(ExportFormat.OmeTiff, "all.ome.tif");

        JsonNode found = JsonNode.Parse(StorageOracles.RunPython("read_tiff.py", made.Output, _folder["pixels"]))!;
        Assert.Equal(All(plan), File.ReadAllBytes(_folder["pixels"]));
        Assert.Equal((true, true, true), ((bool)found["is_ome"]!, (bool)found["is_bigtiff"]!, (bool)found["contiguous"]!));
        Assert.Equal(z == 1 ? "TCYX" : "TCZYX", (string?)found["axes"]);
        Assert.Equal(type.Name(), (string?)found["dtype"]);
        Assert.Equal("[1.5,0.1234567890123,0.2]", found["voxel"]!.ToJsonString());
        Assert.Equal("""["DNA","<actin>\uFFFD"]""", found["channels"]!.ToJsonString().Replace("\\u003C", "<", StringComparison.Ordinal).Replace("\\u003E", ">", StringComparison.Ordinal));
        Assert.Equal(1.5, (double)found["interval_s"]!);
        Assert.Equal(type == PixelType.UInt16 ? "12" : null, (string?)found["bits"]);
        Assert.Equal("t1 of channel 0", (string?)found["notes"]!["missing volumes, zero here"]);
        Assert.Contains(plan.ScanId.ToString(), (string?)found["notes"]!["acquired"], StringComparison.Ordinal);
        Assert.Equal(["1 volume missing and zero: t1 of channel 0"], made.Remarks);

        using TiffStack stack = TiffStack.Open(made.Output);
        Assert.Equal((3, 2, plan.Shape, type), (stack.TimePoints, stack.Channels, stack.Shape, stack.PixelType));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Tifffile_reads_values_axes_and_sizes_of_a_hyperstack(PixelType type, int z, int y, int x)
    {
        ScanPlan plan = Store(new(z, y, x), type);
        ExportResult made = Export(ExportFormat.ImageJ, "all.tif");

        JsonNode found = JsonNode.Parse(StorageOracles.RunPython("read_hyperstack.py", made.Output, _folder["pixels"]))!;
        Assert.Equal(All(plan), File.ReadAllBytes(_folder["pixels"]));
        Assert.Equal((true, false), ((bool)found["is_imagej"]!, (bool)found["is_bigtiff"]!));
        Assert.Equal($"[3,2,{z},{y},{x}]", found["shape"]!.ToJsonString());
        Assert.Equal(type.Name(), (string?)found["dtype"]);
        Assert.Equal(("micron", "composite", 1.5), ((string?)found["unit"], (string?)found["mode"], (double)found["interval_s"]!));
        // Ratios of 32-bit numbers are all that the format has.
        double[] voxel = [.. found["voxel"]!.AsArray().Select(size => (double)size!)];
        Assert.Equal(1.5, voxel[0]);
        Assert.Equal(Voxel.YUm, voxel[1], 1e-12);
        Assert.Equal(0.2, voxel[2]);
        using TiffStack stack = TiffStack.Open(made.Output);
        Assert.Equal((3, 2, plan.Shape, type), (stack.TimePoints, stack.Channels, stack.Shape, stack.PixelType));
    }

    [Theory]
    [InlineData(PixelType.UInt8, Compression.Auto)]
    [InlineData(PixelType.UInt16, Compression.Gzip)]
    [InlineData(PixelType.Float32, Compression.None)]
    public void Debians_zarr_reads_OME_Zarr_0_4_with_its_levels(PixelType type, Compression compression)
    {
        ScanPlan plan = Store(new(3, 20, 261), type, compression);
        ExportResult made = Export(ExportFormat.OmeZarr04, "all.zarr");
        RunLevels.Complete(_folder["raw.zarr"]); // what the levels must be; checked against numpy elsewhere

        for (int level = 0; level < 2; level++)
        {
            JsonNode found = JsonNode.Parse(StorageOracles.RunPython("read_zarr2.py", made.Output, _folder["pixels"], $"{level}"))!;
            StorageOracles.RunPython("read_zarr3.py", _folder["raw.zarr"], _folder["expected"], $"{level}");
            Assert.Equal(File.ReadAllBytes(_folder["expected"]), File.ReadAllBytes(_folder["pixels"]));
            Assert.Equal(type.Name(), (string?)found["dtype"]);
            JsonNode multiscale = found["multiscales"]![0]!;
            Assert.Equal("0.4", (string?)multiscale["version"]);
            Assert.Equal(2, found["omero"]!["channels"]!.AsArray().Count);
            Assert.Equal(["t", "c", "z", "y", "x"], multiscale["axes"]!.AsArray().Select(axis => (string?)axis!["name"]));
            JsonNode wanted = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder["raw.zarr"], "zarr.json")))!["attributes"]!["ome"]!["multiscales"]![0]!["datasets"]!;
            Assert.Equal(wanted.ToJsonString(), multiscale["datasets"]!.ToJsonString());
            Assert.Equal(["acquired", "exported"], found["acquisition"]!["steps"]!.AsArray().Select(step => (string?)step!["step"]));
        }
    }

    [Fact]
    public void Parts_keep_their_place_in_time_and_their_channels()
    {
        ScanPlan plan = Store(new(2, 5, 7), PixelType.UInt16);
        ExportResult made = Exporter.Write(new() { Source = _folder["raw.zarr"], Format = ExportFormat.OmeZarr04, TimePoints = new(1, 2), Channels = [1], Output = _folder["part.zarr"] });

        JsonNode found = JsonNode.Parse(StorageOracles.RunPython("read_zarr2.py", made.Output, _folder["pixels"]))!;
        Assert.Equal("[2,1,2,5,7]", found["shape"]!.ToJsonString());
        Assert.Equal([.. Volume(plan, new(1, 1)), .. Volume(plan, new(2, 1))], File.ReadAllBytes(_folder["pixels"]));
        JsonNode translation = found["multiscales"]![0]!["datasets"]![0]!["coordinateTransformations"]![1]!["translation"]!;
        Assert.Equal([1.5, 0, 0, 0, 0], translation.AsArray().Select(value => (double)value!)); // one interval of 1.5 s later
        Assert.Equal("<actin>\u0001", (string?)Assert.Single(found["omero"]!["channels"]!.AsArray())!["label"]);

        made = Exporter.Write(new() { Source = _folder["raw.zarr"], TimePoints = new(2, 2), Channels = [0], Output = _folder["part.ome.tif"] });
        StorageOracles.RunPython("read_tiff.py", made.Output, _folder["pixels"]);
        Assert.Equal(Volume(plan, new(2, 0)), File.ReadAllBytes(_folder["pixels"]));
        Assert.Empty(made.Remarks);
    }

    [Theory]
    [InlineData(PixelType.UInt8)]
    [InlineData(PixelType.UInt16)]
    public void Projections_are_maxima_in_the_contrast_that_is_told(PixelType type)
    {
        Store(new(9, 40, 33), type);
        ExportResult made = Export(ExportFormat.Png, "pictures");

        Assert.Equal(15, Directory.GetFiles(made.Output).Length); // five volumes of six are stored
        for (int c = 0; c < 2; c++)
        {
            Match contrast = Contrast().Match(made.Remarks.Single(remark => remark.StartsWith($"channel {c}:", StringComparison.Ordinal)));
            Assert.Equal("", StorageOracles.RunPython("check_projections.py", _folder["raw.zarr"], made.Output, contrast.Groups[1].Value, contrast.Groups[2].Value, $"{c}"));
        }
    }

    [Fact]
    public void The_XML_is_valid_by_the_schema_of_OME()
    {
        string? schema = Environment.GetEnvironmentVariable("OME_XSD");
        Assert.SkipUnless(File.Exists(schema), "OME_XSD names no file; give the path of ome.xsd of 2016-06 from openmicroscopy.org.");
        Store(new(3, 13, 9), PixelType.UInt16);
        Assert.Equal("", StorageOracles.RunPython("check_ome_xml.py", Export(ExportFormat.OmeTiff, "all.ome.tif").Output, schema!));
        OmeTiff.Write(_folder["one.ome.tif"], new(1, 2, 3), PixelType.UInt8, Voxel, _ => new byte[6]);
        Assert.Equal("", StorageOracles.RunPython("check_ome_xml.py", _folder["one.ome.tif"], schema!));
    }

    [Fact]
    public void What_cannot_be_exported_is_refused_before_anything_is_written()
    {
        Store(new(2, 5, 7), PixelType.UInt16);
        string Fault(ExportRequest request) => Assert.Throws<StorageException>(() => Exporter.Write(request)).Message;
        var good = new ExportRequest { Source = _folder["raw.zarr"], Output = _folder["out"] };
        Assert.Contains("holds 0 to 2", Fault(good with { TimePoints = new(1, 3) }), StringComparison.Ordinal);
        Assert.Contains("holds 0 to 1", Fault(good with { Channels = [2] }), StringComparison.Ordinal);
        Assert.Contains("None of the volumes", Fault(good with { TimePoints = new(1, 1), Channels = [0] }), StringComparison.Ordinal);
        Assert.Contains("There is no", Fault(good with { Source = _folder.Path }), StringComparison.Ordinal);
        Assert.Contains("overwrites nothing", Fault(good with { Output = _folder["raw.zarr"] }), StringComparison.Ordinal);
        Assert.Equal([_folder["raw.zarr"]], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_hyperstack_above_4_GiB_is_refused_with_the_way_out()
    {
        var image = new OmeImage { TimePoints = 9, Channels = ["a"], Shape = new(64, 2048, 2048), PixelType = PixelType.UInt16, VoxelSize = Voxel };
        var fault = Assert.Throws<StorageException>(() => ImageJTiff.Write(_folder["a.tif"], image, (0, 1), _ => default));
        Assert.Contains("4.5 GiB", fault.Message, StringComparison.Ordinal);
        Assert.Contains("ome-tiff", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData(ExportFormat.OmeTiff)]
    [InlineData(ExportFormat.OmeZarr04)]
    [InlineData(ExportFormat.Png)]
    public void A_damaged_volume_ends_the_export_and_leaves_nothing(ExportFormat format)
    {
        Store(new(2, 5, 7), PixelType.UInt16);
        using (FileStream file = File.OpenWrite(Path.Combine(_folder["raw.zarr"], "0", "c", "2", "1", "0", "0", "0"))) file.WriteByte(0xAA);
        Assert.Contains("damaged", Assert.Throws<StorageException>(() => Export(format, "out")).Message, StringComparison.Ordinal);
        Assert.Equal([_folder["raw.zarr"]], Directory.GetFileSystemEntries(_folder.Path));
    }

    // 1/0.2 is 5; the others are continued fractions worked out by hand, and a number too fine and one too large for the ratio.
    [Theory]
    [InlineData(5, 5, 1)]
    [InlineData(0.75, 3, 4)]
    [InlineData(3.25, 13, 4)]
    [InlineData(1e12, uint.MaxValue, 1)]
    public void Resolutions_are_ratios_in_lowest_terms(double value, uint over, uint under) => Assert.Equal((over, under), ImageJTiff.Ratio(value));

    /// <summary>Three time points of two channels, of which t1 c0 is missing.</summary>
    private ScanPlan Store(VolumeShape shape, PixelType type, Compression compression = Compression.Auto)
    {
        ScanPlan plan = StorageSamples.Plan(shape, type, timePoints: 3, undersampling: null, "DNA", "<actin>\u0001") with { VoxelSize = Voxel };
        var store = ZarrVolumeStore.Create(_folder["raw.zarr"], ZarrDataset.Raw(plan), StorageSamples.Options(_folder.Path, compression, edgePx: 100));
        VolumeBuffer volume = _pool.Rent(plan);
        foreach (VolumeIndex index in Indices().Where(index => index != new VolumeIndex(1, 0)))
            store.Write(index, volume.Fill(StorageSamples.Pixels(shape, type, index)));
        volume.Release();
        return plan;
    }

    private ExportResult Export(ExportFormat format, string name) => Exporter.Write(new() { Source = _folder["raw.zarr"], Format = format, Output = _folder[name] });

    private static IEnumerable<VolumeIndex> Indices() => from t in Enumerable.Range(0, 3) from c in Enumerable.Range(0, 2) select new VolumeIndex(t, c);

    private static byte[] Volume(ScanPlan plan, VolumeIndex index) =>
        index == new VolumeIndex(1, 0) ? new byte[plan.VolumeBytes] : StorageSamples.Pixels(plan.Shape, plan.PixelType, index);

    private static byte[] All(ScanPlan plan) => [.. Indices().SelectMany(index => Volume(plan, index))];

    [GeneratedRegex(@"black is ([\d.]+), white ([\d.]+) ")]
    private static partial Regex Contrast();
}
