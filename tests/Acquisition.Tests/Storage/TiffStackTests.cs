using System.Diagnostics;
using Acquisition.Core;
using Acquisition.Storage.Tiff;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage;

public sealed class TiffStackTests(StorageTiffFiles files) : IClassFixture<StorageTiffFiles>
{
    [Fact]
    public void Every_kind_of_file_reads_as_its_writer_meant_it()
    {
        Assert.True(files.Good.Count > 90);
        Assert.All(files.Good, file =>
        {
            var (name, expected) = file;
            using TiffStack stack = TiffStack.Open(files.PathOf(name));
            Assert.Equal((expected.T, expected.C), (stack.TimePoints, stack.Channels));
            Assert.Equal(new VolumeShape(expected.Z, expected.Y, expected.X), stack.Shape);
            Assert.Equal(expected.Type, stack.PixelType.Name());
            Assert.Equal(expected.C, stack.ChannelNames.Length);
            if (expected.Channels is { } channels) Assert.Equal(channels, stack.ChannelNames);
            if (expected.Voxel is not { } voxel)
            {
                Assert.Null(stack.VoxelSize);
            }
            else
            {
                Assert.Equal(voxel[0], stack.VoxelSize!.ZUm, 1e-6);
                Assert.Equal(voxel[1], stack.VoxelSize.YUm, 1e-6);
                Assert.Equal(voxel[2], stack.VoxelSize.XUm, 1e-6);
            }

            Assert.True(files.PixelsOf(name).AsSpan().SequenceEqual(Pixels(stack)), "The pixels differ.");
        });
    }

    [Fact]
    public void Many_pages_open_fast()
    {
        long start = Stopwatch.GetTimestamp();
        using TiffStack stack = TiffStack.Open(files.PathOf("many_pages.tif"));
        Assert.Equal(5000, stack.Shape.Z);
        // One read a page takes some ten milliseconds here; a reader that goes back to the start for each takes minutes.
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("bad_int32.tif", "int32", "uint8, uint16, float32")]
    [InlineData("bad_uint32.tif", "uint32", "uint8, uint16, float32")]
    [InlineData("bad_float64.tif", "float64", "uint8, uint16, float32")]
    [InlineData("bad_rgb.tif", "3 samples a pixel", "grayscale")]
    [InlineData("bad_jpeg.tif", "JPEG (7)", "none, LZW, Deflate and PackBits")]
    [InlineData("bad_predictor.tif", "predictor is 3 (floating point)", "2 (horizontal)")]
    [InlineData("bad_sizes.tif", "page 1 (counted from 0): it is 8×9 uint16, page 0 is 8×8 uint16", "one size and type")]
    public void What_is_not_accepted_is_named_with_what_is(string name, string found, string accepted)
    {
        var fault = Assert.Throws<DataFormatException>(() => TiffStack.Open(files.PathOf(name)));
        Assert.Contains(files.PathOf(name), fault.Message, StringComparison.Ordinal);
        Assert.Contains(found, fault.Message, StringComparison.Ordinal);
        Assert.Contains(accepted, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_another_kind_is_no_TIFF()
    {
        using var folder = new StorageFolder();
        foreach (byte[] content in (byte[][])[[], [.. "II"u8], [.. "PNG is something else"u8], [.. "II\x2B\0\x07\0\0\0\0\0\0\0\0\0\0\0"u8]])
        {
            File.WriteAllBytes(folder["a.tif"], content);
            var fault = Assert.Throws<DataFormatException>(() => TiffStack.Open(folder["a.tif"]));
            Assert.Contains("is not a TIFF", fault.Message, StringComparison.Ordinal);
        }

        var missing = Assert.Throws<StorageException>(() => TiffStack.Open(folder["none.tif"]));
        Assert.Contains("there is no such file", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("u2_le_classic_strip.tif")]
    [InlineData("u2_le_classic_deflate.tif")]
    [InlineData("u2_be_big_tile.tif")]
    [InlineData("u2_tiff_lzw_2.tif")]
    [InlineData("ome_TZCYX.ome.tif")]
    public void A_truncated_file_is_never_read_as_whole(string name)
    {
        using var folder = new StorageFolder();
        byte[] whole = File.ReadAllBytes(files.PathOf(name));
        var random = new Random(4711);
        // The end of a file may hold what no pixel needs, but not its second half.
        for (int trial = 0; trial < 60; trial++)
        {
            File.WriteAllBytes(folder["cut.tif"], whole[..random.Next(whole.Length / 2)]);
            var fault = Assert.Throws<DataFormatException>(() =>
            {
                using TiffStack stack = TiffStack.Open(folder["cut.tif"]);
                Pixels(stack);
            });
            Assert.Contains(folder["cut.tif"], fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_cut_off_page_is_named_with_expected_and_found_bytes()
    {
        using var folder = new StorageFolder();
        VolumeShape shape = new(3, 8, 10);
        OmeTiff.Write(folder["a.tif"], shape, PixelType.UInt16, new() { ZUm = 1, YUm = 1, XUm = 1 }, _ => new byte[160]);
        byte[] whole = File.ReadAllBytes(folder["a.tif"]);
        File.WriteAllBytes(folder["a.tif"], whole[..^60]);
        using TiffStack stack = TiffStack.Open(folder["a.tif"]);
        stack.ReadPlane(new(0, 0, 1), new byte[160]);
        var fault = Assert.Throws<DataFormatException>(() => stack.ReadPlane(new(0, 0, 2), new byte[160]));
        Assert.Contains("page 2", fault.Message, StringComparison.Ordinal);
        Assert.Contains("expected 160 bytes", fault.Message, StringComparison.Ordinal);
        Assert.Contains("got 100", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("u1_le_classic_tile.tif")]
    [InlineData("u1_tiff_lzw_1.tif")]
    [InlineData("u1_packbits_1.tif")]
    [InlineData("u2_be_big_deflate_predictor.tif")]
    [InlineData("u2_imagej.tif")]
    [InlineData("ome_backwards.ome.tif")]
    public void A_damaged_file_reads_or_is_refused_and_nothing_else(string name)
    {
        using var folder = new StorageFolder();
        byte[] whole = File.ReadAllBytes(files.PathOf(name));
        var random = new Random(4711);
        for (int trial = 0; trial < 150; trial++)
        {
            byte[] bad = [.. whole];
            // Half of the damage goes to the beginning, where the directories are.
            for (int i = random.Next(1, 4); i > 0; i--) bad[random.Next(trial % 2 == 0 ? Math.Min(600, bad.Length) : bad.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(folder["bad.tif"], bad);
            Exception? fault = Record.Exception(() =>
            {
                using TiffStack stack = TiffStack.Open(folder["bad.tif"]);
                if (stack.Shape.Voxels < 10_000_000) Pixels(stack);
            });
            Assert.True(fault is null or DataFormatException, fault?.ToString());
        }
    }

    [Fact]
    public void Planes_outside_the_stack_and_buffers_of_another_size_are_refused()
    {
        using TiffStack stack = TiffStack.Open(files.PathOf("u2_imagej.tif"));
        var plane = new byte[20 * 30 * 2];
        Assert.Throws<ArgumentOutOfRangeException>(() => stack.ReadPlane(new(2, 0, 0), plane));
        Assert.Throws<ArgumentOutOfRangeException>(() => stack.ReadPlane(new(0, 3, 0), plane));
        Assert.Throws<ArgumentOutOfRangeException>(() => stack.ReadPlane(new(0, 0, -1), plane));
        Assert.Throws<ArgumentException>(() => stack.ReadPlane(default, plane.AsSpan(1)));
    }

    private static byte[] Pixels(TiffStack stack)
    {
        int planeBytes = stack.Shape.PlaneVoxels * stack.PixelType.Bytes();
        var pixels = new byte[checked(planeBytes * stack.Shape.Z * stack.Channels * stack.TimePoints)];
        int done = 0;
        for (int t = 0; t < stack.TimePoints; t++)
            for (int c = 0; c < stack.Channels; c++)
                for (int z = 0; z < stack.Shape.Z; z++, done += planeBytes)
                    stack.ReadPlane(new(t, c, z), pixels.AsSpan(done, planeBytes));
        return pixels;
    }
}
