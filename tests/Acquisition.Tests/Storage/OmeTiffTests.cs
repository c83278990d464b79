using System.Text.Json.Nodes;
using Acquisition.Core;
using Acquisition.Storage.Tiff;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage;

public sealed class OmeTiffTests
{
    private static readonly VoxelSize Voxel = new() { ZUm = 1.5, YUm = 0.1234567890123, XUm = 0.2 };

    [Theory]
    [InlineData(PixelType.UInt8, 1, 1, 1)]
    [InlineData(PixelType.UInt8, 5, 7, 3)]
    [InlineData(PixelType.UInt16, 1, 40, 33)]
    [InlineData(PixelType.UInt16, 7, 13, 9)]
    [InlineData(PixelType.Float32, 7, 13, 9)]
    public void Tifffile_and_this_program_read_what_was_written(PixelType type, int z, int y, int x)
    {
        using var folder = new StorageFolder();
        VolumeShape shape = new(z, y, x);
        byte[] pixels = StorageSamples.Pixels(shape, type, default);
        int planeBytes = shape.PlaneVoxels * type.Bytes();
        string path = folder["volume.ome.tif"];
        OmeTiff.Write(path, shape, type, Voxel, plane => pixels.AsSpan(plane * planeBytes, planeBytes));

        JsonNode found = JsonNode.Parse(StorageOracles.RunPython("read_tiff.py", path, folder["python.raw"]))!;
        Assert.Equal(pixels, File.ReadAllBytes(folder["python.raw"]));
        Assert.True((bool)found["is_ome"]!);
        Assert.True((bool)found["is_bigtiff"]!);
        Assert.True((bool)found["contiguous"]!);
        Assert.Equal(type.Name(), (string?)found["dtype"]);
        Assert.Equal("[1.5,0.1234567890123,0.2]", found["voxel"]!.ToJsonString());
        Assert.All(found["units"]!.AsArray(), unit => Assert.Equal("µm", (string?)unit));

        using TiffStack stack = TiffStack.Open(path);
        Assert.Equal((shape, type, Voxel), (stack.Shape, stack.PixelType, stack.VoxelSize));
        var plane = new byte[planeBytes];
        for (int i = 0; i < z; i++)
        {
            stack.ReadPlane(new(0, 0, i), plane);
            Assert.Equal(pixels[(i * planeBytes)..((i + 1) * planeBytes)], plane);
        }
    }

    [Fact]
    public void A_failed_write_leaves_the_file_that_was_there_and_nothing_else()
    {
        using var folder = new StorageFolder();
        string path = folder["volume.ome.tif"];
        File.WriteAllText(path, "before");
        Assert.Throws<ArgumentException>(() => OmeTiff.Write(path, new(3, 2, 2), PixelType.UInt8, Voxel, z => new byte[z < 2 ? 4 : 5]));
        Assert.Equal("before", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));

        var fault = Assert.Throws<StorageException>(() =>
            OmeTiff.Write(folder["none/volume.ome.tif"], new(3, 2, 2), PixelType.UInt8, Voxel, _ => new byte[4]));
        Assert.Contains("does not exist", fault.Message, StringComparison.Ordinal);
    }
}
