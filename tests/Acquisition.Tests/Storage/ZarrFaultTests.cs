using Acquisition.Core;
using Acquisition.Storage;
using Acquisition.Storage.Zarr;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage;

public sealed class ZarrFaultTests : IDisposable
{
    private static readonly ScanPlan Plan = StorageSamples.Plan(new(9, 40, 30));

    private readonly StorageFolder _folder = new();
    private readonly VolumePool _pool = new(64 << 20);

    public void Dispose()
    {
        _pool.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(Compression.Blosc)]
    [InlineData(Compression.Gzip)]
    [InlineData(Compression.None)]
    public void No_flipped_bit_and_no_lost_tail_is_ever_taken_for_a_measurement(Compression compression)
    {
        ZarrVolumeStore store = Store(compression);
        VolumeBuffer volume = Written(store, default);
        string path = Shard(store, default);
        byte[] good = File.ReadAllBytes(path);
        var random = new Random(4711);

        for (int trial = 0; trial < 200; trial++)
        {
            byte[] bad = [.. good];
            int position = trial < 100 ? random.Next(bad.Length) : bad.Length - 1 - random.Next(20);
            bad[position] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, bad);
            var fault = Assert.Throws<StorageException>(() => store.Read(default, volume));
            Assert.Contains(path, fault.Message, StringComparison.Ordinal);
            Assert.Contains("checksum", fault.Message, StringComparison.Ordinal);
        }

        foreach (int length in (int[])[0, 1, 19, 20, good.Length / 2, good.Length - 1])
        {
            File.WriteAllBytes(path, good[..length]);
            Assert.Throws<StorageException>(() => store.Read(default, volume));
        }

        File.WriteAllBytes(path, good);
        store.Read(default, volume);
        volume.Release();
    }

    [Fact]
    public void A_stored_volume_is_never_touched_again()
    {
        ZarrVolumeStore store = Store();
        VolumeBuffer volume = Written(store, new(1, 1));
        byte[] before = File.ReadAllBytes(Shard(store, new(1, 1)));
        volume.Clear();
        var fault = Assert.Throws<StorageException>(() => store.Write(new(1, 1), volume));
        Assert.Contains("already stored", fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Shard(store, new(1, 1))));
        volume.Release();
    }

    [Fact]
    public void A_full_disk_is_reported_as_one_and_leaves_what_was_stored()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The device that is always full exists on Linux only.");
        ZarrVolumeStore store = Store();
        VolumeBuffer volume = Written(store, new(0, 0));

        // The volume goes to its temporary name first, and that leads to a device that is always full.
        string shard = Shard(store, new(1, 0));
        Directory.CreateDirectory(Path.GetDirectoryName(shard)!);
        File.CreateSymbolicLink(shard + ".partial", "/dev/full");
        var fault = Assert.Throws<StorageException>(() => store.Write(new(1, 0), volume));
        Assert.True(fault.DiskFull);
        Assert.Contains("full", fault.Message, StringComparison.Ordinal);
        Assert.Contains("needed", fault.Message, StringComparison.Ordinal);
        Assert.Contains(shard, fault.Message, StringComparison.Ordinal);

        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(shard)!));
        store.Read(new(0, 0), volume);
        Assert.False(ZarrReader.Open(store.Location).Exists(new(1, 0)));
        store.Write(new(1, 0), volume); // room was made
        Assert.True(ZarrReader.Open(store.Location).Exists(new(1, 0)));
        volume.Release();
    }

    [Fact]
    public void A_leftover_of_a_crash_is_no_volume_and_is_replaced()
    {
        ZarrVolumeStore store = Store();
        string shard = Shard(store, default);
        Directory.CreateDirectory(Path.GetDirectoryName(shard)!);
        File.WriteAllBytes(shard + ".partial", new byte[1 << 20]);
        Assert.False(ZarrReader.Open(store.Location).Exists(default));
        VolumeBuffer volume = Written(store, default);
        store.Read(default, volume);
        Assert.Equal(StorageSamples.Pixels(Plan.Shape, Plan.PixelType, default), volume.ToBytes());
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(shard)!));
        volume.Release();
    }

    [Fact]
    public void A_volume_that_was_never_stored_is_named()
    {
        VolumeBuffer volume = _pool.Rent(Plan);
        var fault = Assert.Throws<StorageException>(() => Store().Read(new(2, 1), volume));
        Assert.Contains("t2 c1 was never stored", fault.Message, StringComparison.Ordinal);
        volume.Release();
    }

    [Fact]
    public void A_buffer_of_another_shape_or_type_is_refused()
    {
        ZarrVolumeStore store = Store();
        foreach (VolumeBuffer volume in (VolumeBuffer[])[_pool.TryRent(new(9, 30, 40), PixelType.UInt16)!, _pool.TryRent(Plan.Shape, PixelType.UInt8)!])
        {
            Assert.Throws<ArgumentException>(() => store.Write(default, volume));
            Assert.Throws<ArgumentException>(() => ZarrReader.Open(store.Location).ReadVolume(default, volume));
            volume.Release();
        }

        VolumeBuffer good = _pool.Rent(Plan);
        Assert.Throws<ArgumentOutOfRangeException>(() => store.Write(new(0, 2), good));
        good.Release();
    }

    [Fact]
    public void A_dataset_is_never_overwritten()
    {
        ZarrVolumeStore store = Store();
        var fault = Assert.Throws<StorageException>(() => Store());
        Assert.Contains(store.Location, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zarr.json", "{", "not JSON")]
    [InlineData("zarr.json", "{}", "not the metadata")]
    [InlineData("0/zarr.json", "[]", "not the metadata")]
    [InlineData("0/zarr.json", """{"codecs":[{"name":"zstd"}]}""", "codecs[0].name is 'zstd'")]
    public void Metadata_of_another_kind_is_refused_with_its_reason(string file, string text, string reason)
    {
        ZarrVolumeStore store = Store();
        File.WriteAllText(Path.Combine(store.Location, file), text);
        var fault = Assert.Throws<DataFormatException>(() => ZarrReader.Open(store.Location));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
        Assert.Contains(file.Split('/')[^1], fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        var fault = Assert.Throws<StorageException>(() => ZarrReader.Open(_folder["nowhere.zarr"]));
        Assert.Contains("nowhere.zarr", fault.Message, StringComparison.Ordinal);
        Assert.False(fault.DiskFull);
    }

    private static string Shard(ZarrVolumeStore store, VolumeIndex index) =>
        Path.Combine(store.Location, "0", "c", $"{index.T}", $"{index.C}", "0", "0", "0");

    private ZarrVolumeStore Store(Compression compression = Compression.Auto) =>
        ZarrVolumeStore.Create(_folder["raw.zarr"], ZarrDataset.Raw(Plan), StorageSamples.Options(_folder.Path, compression, planes: 4, edgePx: 16));

    private VolumeBuffer Written(ZarrVolumeStore store, VolumeIndex index)
    {
        VolumeBuffer volume = _pool.Rent(Plan).Fill(StorageSamples.Pixels(Plan.Shape, Plan.PixelType, index));
        store.Write(index, volume);
        return volume;
    }
}
