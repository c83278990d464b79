using System.Text;
using Acquisition.Core;
using Acquisition.Storage.Inputs;
using Acquisition.Storage.Inputs.OmeZarr;
using Acquisition.Storage.Zarr;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage.Inputs;

public sealed class OmeZarrInputTests(OmeZarrInputTests.Samples samples) : IClassFixture<OmeZarrInputTests.Samples>
{
    [Fact]
    public void Version_0_4_reads_as_the_package_zarr_wrote_it()
    {
        Assert.True(samples.Zarr2.Good.Count >= 95);
        Assert.All(samples.Zarr2.Good.Keys, name => StoredInputChecks.ReadsAsMeant(samples.Zarr2, name));
    }

    [Fact]
    public void Version_0_5_reads_as_its_writer_meant_it()
    {
        Assert.True(samples.Zarr3.Good.Count >= 105);
        Assert.All(samples.Zarr3.Good.Keys, name => StoredInputChecks.ReadsAsMeant(samples.Zarr3, name));
    }

    [Fact]
    public void Another_reader_agrees_with_the_writer_of_version_0_5()
    {
        using var folder = new StorageFolder();
        string[] names =
            ["u2_big_shards.zarr", "f4_blosc_crc.zarr", "u1_zstd_shards.zarr", "u2_crc_gzip.zarr", "keys_v2.zarr", "absent_u2_513_shards.zarr"];
        foreach (string name in names)
        {
            StorageOracles.RunNode("read_zarrita.mjs", samples.Zarr3.PathOf(name), folder["pixels"]);
            Assert.True(File.ReadAllBytes(folder["pixels"]).AsSpan().SequenceEqual(samples.Zarr3.PixelsOf(name)), name);
        }
    }

    [Fact]
    public void What_is_not_accepted_is_named_with_what_is()
    {
        Assert.All(samples.Zarr2.Bad.Keys, name => StoredInputChecks.IsRefused(samples.Zarr2, name));
        Assert.All(samples.Zarr3.Bad.Keys, name => StoredInputChecks.IsRefused(samples.Zarr3, name));
    }

    [Theory]
    [InlineData(1)] // one plane
    [InlineData(2 * 17 * 23 * 2)] // two planes
    [InlineData(2 * 5 * 17 * 23 * 2)] // a volume of each channel
    public void Little_memory_reads_the_same_pixels(int budgetBytes)
    {
        foreach (string name in samples.Zarr3.Good.Keys.Where(name => name.StartsWith("chunks_", StringComparison.Ordinal)))
        {
            using OmeZarrInput input = OmeZarrInput.Open(samples.Zarr3.PathOf(name), 3, budgetBytes);
            StoredInputChecks.HasMeantPlanes(input, samples.Zarr3.Good[name], samples.Zarr3.PixelsOf(name));
        }
    }

    [Fact]
    public void Planes_read_in_any_order_are_the_same()
    {
        var random = new Random(4711);
        foreach (string name in (string[])["chunks_all_in_a_shard.zarr", "chunks_times.zarr", "chunks_channels_in_a_shard.zarr"])
        {
            using IStoredInput input = StoredInput.Open(samples.Zarr3.PathOf(name));
            byte[] pixels = samples.Zarr3.PixelsOf(name), plane = new byte[17 * 23 * 2];
            for (int trial = 0; trial < 200; trial++)
            {
                FrameIndex index = new(random.Next(3), random.Next(2), random.Next(5));
                input.ReadPlane(index, plane);
                int number = (index.T * 2 + index.C) * 5 + index.Z;
                Assert.True(plane.AsSpan().SequenceEqual(pixels.AsSpan(number * plane.Length, plane.Length)), $"{name} {index}");
            }
        }
    }

    [Fact]
    public void What_this_program_stored_reads_the_same_and_says_what_is_missing()
    {
        using var folder = new StorageFolder();
        ScanPlan plan = StorageSamples.Plan(shape: new(7, 33, 40));
        using (var pool = new VolumePool(1 << 20))
        {
            (string, ScanPlan)[] scans = [("raw.zarr", plan), ("untimed.zarr", plan with { Interval = null })];
            foreach ((string name, ScanPlan scan) in scans)
            {
                ZarrVolumeStore store = ZarrVolumeStore.Create(
                    folder[name], ZarrDataset.Raw(scan), StorageSamples.Options(folder.Path, planes: 3, edgePx: 16));
                foreach (VolumeIndex index in (ReadOnlySpan<VolumeIndex>)[new(0, 0), new(0, 1), new(2, 1)])
                {
                    VolumeBuffer volume = pool.Rent(plan).Fill(StorageSamples.Pixels(plan.Shape, plan.PixelType, index));
                    store.Write(index, volume);
                    volume.Release();
                }
            }
        }

        using IStoredInput input = StoredInput.Open(folder["raw.zarr"]);
        Assert.Equal(("OME-Zarr 0.5", plan.Shape, plan.PixelType, plan.Interval), (input.Format, input.Shape, input.PixelType, input.Interval));
        Assert.Equal(plan.VoxelSize, input.VoxelSize);
        Assert.Equal(plan.Channels, input.ChannelNames);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], input.MissingPlanes(new(1, 0)));
        Assert.Empty(input.MissingPlanes(new(2, 1)));
        Assert.Equal(
            [true, true, false, false, false, true],
            from t in Enumerable.Range(0, 3) from c in Enumerable.Range(0, 2) select input.Exists(new(t, c)));
        byte[] expected = StorageSamples.Pixels(plan.Shape, plan.PixelType, new(2, 1)), plane = new byte[plan.PlaneBytes];
        for (int z = 0; z < 7; z++)
        {
            input.ReadPlane(new(2, 1, z), plane);
            Assert.True(plane.AsSpan().SequenceEqual(expected.AsSpan(z * plane.Length, plane.Length)));
        }

        using IStoredInput untimed = StoredInput.Open(folder["untimed.zarr"]);
        Assert.Null(untimed.Interval);
    }

    [Theory]
    [InlineData("u2_plain.zarr", 1)]
    [InlineData("u2_gzip.zarr", 12)] // the last eight bytes are no part of the samples, and those before may hold but the end of the block
    [InlineData("u2_zstd.zarr", 1)]
    [InlineData("u2_blosc_crc.zarr", 1)]
    [InlineData("u2_crc_gzip.zarr", 12)]
    [InlineData("u2_zstd_shards.zarr", 1)]
    public void A_cut_off_or_empty_chunk_is_named(string name, int least)
    {
        string path = samples.Zarr3.PathOf($"{name}/0/c/0/0/0/0/0");
        byte[] whole = File.ReadAllBytes(path);
        try
        {
            foreach (int length in (int[])[0, 1, 15, whole.Length / 2, whole.Length - least])
            {
                File.WriteAllBytes(path, whole[..length]);
                using IStoredInput input = StoredInput.Open(samples.Zarr3.PathOf(name));
                var fault = Assert.Throws<DataFormatException>(() => input.ReadPlane(default, new byte[17 * 23 * 2]));
                Assert.Contains(path, fault.Message, StringComparison.Ordinal);
                // Other volumes are as they were.
                input.ReadPlane(new(1, 0, 0), new byte[17 * 23 * 2]);
            }

            File.WriteAllBytes(path, [.. whole, .. new byte[100_000]]);
            using IStoredInput longer = StoredInput.Open(samples.Zarr3.PathOf(name));
            Assert.Throws<DataFormatException>(() => longer.ReadPlane(default, new byte[17 * 23 * 2]));
        }
        finally
        {
            File.WriteAllBytes(path, whole);
        }
    }

    [Theory]
    [InlineData("u2_plain.zarr", "zarr.json", "0/zarr.json")]
    [InlineData("u2_blosc_shards.zarr", "zarr.json", "0/zarr.json", "0/c/0/0/0/0/0")]
    [InlineData("u2_crc_gzip_shards.zarr", "0/c/0/0/0/0/0")]
    [InlineData("index_plain.zarr", "0/c/0/0/0/0/0")]
    [InlineData("f4_blosc_zstd.zarr", "0/c/0/0/0/0/0")]
    [InlineData("f4_zstd.zarr", "0/c/0/0/0/0/0")]
    public void Damage_is_read_or_refused_and_nothing_else(string name, params string[] files) =>
        StoredInputChecks.DamageIsReadOrRefused(samples.Zarr3.PathOf(name), files, trials: 300);

    [Theory]
    [InlineData("u2_zlib_nested.zarr", ".zattrs", "0/.zarray", "0/0/0/0/0/0")]
    public void Damage_of_the_older_version_is_read_or_refused_and_nothing_else(string name, params string[] files) =>
        StoredInputChecks.DamageIsReadOrRefused(samples.Zarr2.PathOf(name), files, trials: 600);

    [Fact]
    public void A_file_inside_stands_for_its_group()
    {
        using IStoredInput byMetadata = StoredInput.Open(samples.Zarr3.PathOf("u2_plain.zarr/zarr.json"));
        Assert.Equal(samples.Zarr3.PathOf("u2_plain.zarr"), byMetadata.Location);
        using IStoredInput byAttributes = StoredInput.Open(samples.Zarr2.PathOf("u2_none_nested.zarr/.zattrs"));
        Assert.Equal(samples.Zarr2.PathOf("u2_none_nested.zarr"), byAttributes.Location);
    }

    [Fact]
    public void A_library_that_is_missing_is_named_with_its_package()
    {
        StorageException fault = ChunkExpanders.NotInstalled("a/zarr.json", "Zstandard", "libzstd", "libzstd1");
        Assert.Contains("libzstd1", fault.Message, StringComparison.Ordinal);
        Assert.Contains("a/zarr.json", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_no_text_is_no_metadata()
    {
        foreach (byte[] json in (byte[][])[[.. "{\"a\":\"\xFF\"}"u8, 0xFF], [.. "{\"a\":\"\\udc00\"}"u8], [.. "{\"\\ud800\":1}"u8], [.. "[]"u8], []])
            Assert.Throws<DataFormatException>(() => JsonPlace.Parse("a", json));
        Assert.Equal("b", JsonPlace.Parse("a", Encoding.UTF8.GetBytes("\uFEFF{\"a\":\"b\"}"))["a"].Text);
    }

    public sealed class Samples : IDisposable
    {
        internal StoredInputSamples Zarr2 { get; } = new("write_zarr2_inputs.py");

        internal StoredInputSamples Zarr3 { get; } = new("write_zarr3_inputs.py");

        public void Dispose()
        {
            Zarr2.Dispose();
            Zarr3.Dispose();
        }
    }
}
