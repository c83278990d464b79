using System.Text.Json;
using Acquisition.Core;
using Acquisition.Storage;
using Acquisition.Storage.Zarr;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage;

/// <summary>Pixels stored are pixels read: by this program, by a reader written from the specification, and by zarrita.</summary>
public sealed class ZarrRoundTripTests
{
    // One sample; one plane; sizes no block divides; several chunks with padding on every axis (limits 16 and 64).
    public static TheoryData<PixelType, int, int, int, Compression> Cases()
    {
        var cases = new TheoryData<PixelType, int, int, int, Compression>();
        foreach (PixelType type in Enum.GetValues<PixelType>())
        {
            cases.Add(type, 1, 1, 1, Compression.Blosc);
            cases.Add(type, 1, 40, 33, Compression.Blosc);
            cases.Add(type, 7, 13, 9, Compression.Blosc);
            cases.Add(type, 19, 131, 67, Compression.Blosc);
            cases.Add(type, 7, 13, 9, Compression.Gzip);
            cases.Add(type, 19, 131, 67, Compression.Gzip);
        }

        cases.Add(PixelType.UInt16, 7, 13, 9, Compression.None);
        cases.Add(PixelType.UInt16, 19, 131, 67, Compression.None);
        return cases;
    }

    [Theory, MemberData(nameof(Cases))]
    public void Every_reader_gets_the_bytes_that_were_written(PixelType type, int z, int y, int x, Compression compression)
    {
        using var folder = new StorageFolder();
        using var pool = new VolumePool(64 << 20);
        ScanPlan plan = StorageSamples.Plan(new(z, y, x), type, timePoints: 2);
        var store = ZarrVolumeStore.Create(folder["raw.zarr"], ZarrDataset.Raw(plan), StorageSamples.Options(folder.Path, compression, edgePx: 64));
        VolumeBuffer volume = pool.Rent(plan);

        // The volume (1, 0) stays away, and is zero for readers that know of no absence.
        VolumeIndex[] written = [new(1, 1), new(0, 0), new(0, 1)];
        foreach (VolumeIndex index in written) store.Write(index, volume.Fill(StorageSamples.Pixels(plan.Shape, type, index)));
        byte[] Expected(VolumeIndex index) =>
            written.Contains(index) ? StorageSamples.Pixels(plan.Shape, type, index) : new byte[plan.VolumeBytes];
        byte[] all = [.. Expected(new(0, 0)), .. Expected(new(0, 1)), .. Expected(new(1, 0)), .. Expected(new(1, 1))];

        ZarrReader reader = ZarrReader.Open(store.Location);
        foreach (VolumeIndex index in written)
        {
            volume.Clear();
            store.Read(index, volume);
            Assert.Equal(Expected(index), volume.ToBytes());
            volume.Clear();
            reader.ReadVolume(index, volume);
            Assert.Equal(Expected(index), volume.ToBytes());
        }

        volume.Release();

        using JsonDocument strict = JsonDocument.Parse(StorageOracles.RunPython("read_zarr3.py", store.Location, folder["python.raw"]));
        Assert.Equal(all, File.ReadAllBytes(folder["python.raw"]));
        Assert.Equal($"[2,2,{z},{y},{x}]", strict.RootElement.GetProperty("shape").GetRawText().Replace(" ", ""));

        using JsonDocument zarrita = JsonDocument.Parse(StorageOracles.RunNode("read_zarrita.mjs", store.Location, folder["zarrita.raw"]));
        Assert.Equal(all, File.ReadAllBytes(folder["zarrita.raw"]));
        Assert.Equal(type.Name(), zarrita.RootElement.GetProperty("dtype").GetString());
        Assert.Equal("""["t","c","z","y","x"]""", zarrita.RootElement.GetProperty("dimension_names").GetRawText());
    }

    // Inside one chunk, across several, single planes of each axis, and the whole; chunks are at most 16×64×64.
    [Theory]
    [InlineData(0, 0, 0, 19, 131, 67)]
    [InlineData(3, 5, 7, 2, 3, 4)]
    [InlineData(8, 43, 33, 3, 50, 20)]
    [InlineData(11, 0, 0, 1, 131, 67)]
    [InlineData(0, 130, 0, 19, 1, 67)]
    [InlineData(0, 0, 66, 19, 131, 1)]
    public void A_part_of_a_volume_is_read_without_the_rest(int z, int y, int x, int planes, int rows, int columns)
    {
        using var folder = new StorageFolder();
        using var pool = new VolumePool(64 << 20);
        foreach (PixelType type in Enum.GetValues<PixelType>())
        {
            ScanPlan plan = StorageSamples.Plan(new(19, 131, 67), type);
            var store = ZarrVolumeStore.Create(folder[$"{type}.zarr"], ZarrDataset.Raw(plan), StorageSamples.Options(folder.Path, edgePx: 64));
            byte[] samples = StorageSamples.Pixels(plan.Shape, type, default);
            VolumeBuffer volume = pool.Rent(plan).Fill(samples), part = pool.TryRent(new(planes, rows, columns), type)!;
            store.Write(default, volume);
            ZarrReader.Open(store.Location).ReadPart(default, new SamplePoint(z, y, x), part);
            byte[] expected =
            [
                .. from p in Enumerable.Range(z, planes)
                   from r in Enumerable.Range(y, rows)
                   from i in Enumerable.Range(((p * 131 + r) * 67 + x) * type.Bytes(), columns * type.Bytes())
                   select samples[i],
            ];
            Assert.Equal(expected, part.ToBytes());
            part.Release();
            volume.Release();
        }
    }

    [Fact]
    public void Chunks_that_a_part_does_not_touch_are_not_even_looked_at()
    {
        using var folder = new StorageFolder();
        using var pool = new VolumePool(64 << 20);
        ScanPlan plan = StorageSamples.Plan(new(20, 100, 70));
        var store = ZarrVolumeStore.Create(folder["raw.zarr"], ZarrDataset.Raw(plan), StorageSamples.Options(folder.Path, Compression.None, edgePx: 64));
        VolumeBuffer volume = pool.Rent(plan).Fill(StorageSamples.Pixels(plan.Shape, plan.PixelType, default)), part = pool.TryRent(new(10, 50, 35), plan.PixelType)!;
        store.Write(default, volume);
        ZarrReader reader = ZarrReader.Open(store.Location);
        Assert.Equal(part.Shape, reader.ChunkShape);
        string path = Path.Combine(store.Location, "0", "c", "0", "0", "0", "0", "0");
        using (FileStream file = File.OpenWrite(path)) file.WriteByte(0xAA); // in chunk (0, 0, 0)

        reader.ReadPart(default, new SamplePoint(10, 50, 35), part);
        Assert.Throws<StorageException>(() => reader.ReadPart(default, new SamplePoint(9, 49, 34), part));
        Assert.Throws<ArgumentException>(() => reader.ReadPart(default, new SamplePoint(11, 50, 35), part));
        Assert.Throws<ArgumentException>(() => reader.ReadPart(default, new SamplePoint(0, -1, 0), part));
        part.Release();
        volume.Release();
    }

    [Fact]
    public void Automatic_compression_takes_Blosc_where_it_is_installed_and_gzip_elsewhere()
    {
        Assert.IsType<BloscCodec>(ChunkCodec.Choose(Compression.Auto, PixelType.UInt16, bloscIsAvailable: true));
        Assert.IsType<GzipCodec>(ChunkCodec.Choose(Compression.Auto, PixelType.UInt16, bloscIsAvailable: false));
        var fault = Assert.Throws<StorageException>(() => ChunkCodec.Choose(Compression.Blosc, PixelType.UInt16, bloscIsAvailable: false));
        Assert.Contains("libblosc", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_volume_of_zeros_takes_no_more_than_its_index()
    {
        using var folder = new StorageFolder();
        using var pool = new VolumePool(64 << 20);
        ScanPlan plan = StorageSamples.Plan(new(20, 100, 70));
        var store = ZarrVolumeStore.Create(folder["raw.zarr"], ZarrDataset.Raw(plan), StorageSamples.Options(folder.Path, edgePx: 64));
        VolumeBuffer volume = pool.Rent(plan);
        volume.Clear();
        store.Write(new(0, 0), volume);

        // 2 × 2 × 2 chunks of 16 bytes each, and the checksum.
        Assert.Equal(8 * 16 + 4, new FileInfo(Path.Combine(store.Location, "0", "c", "0", "0", "0", "0", "0")).Length);
        volume.Plane(3)[17] = 1;
        store.Read(new(0, 0), volume);
        Assert.Equal(new byte[plan.VolumeBytes], volume.ToBytes());
        volume.Release();
    }

    [Fact]
    public async Task Volumes_may_be_written_side_by_side()
    {
        using var folder = new StorageFolder();
        using var pool = new VolumePool(64 << 20);
        ScanPlan plan = StorageSamples.Plan(new(9, 70, 65), timePoints: null);
        var store = ZarrVolumeStore.Create(folder["raw.zarr"], ZarrDataset.Raw(plan), StorageSamples.Options(folder.Path));
        VolumeIndex[] indices = [.. Enumerable.Range(0, 12).Select(i => new VolumeIndex(i / 2, i % 2))];

        await Parallel.ForEachAsync(indices, TestContext.Current.CancellationToken, (index, _) =>
        {
            VolumeBuffer volume = pool.Rent(plan).Fill(StorageSamples.Pixels(plan.Shape, plan.PixelType, index));
            store.Write(index, volume);
            volume.Release();
            return ValueTask.CompletedTask;
        });
        store.Announce(store.TimePointsStored);

        ZarrReader reader = ZarrReader.Open(store.Location);
        Assert.Equal(6, reader.TimePoints);
        VolumeBuffer found = pool.Rent(plan);
        foreach (VolumeIndex index in indices)
        {
            reader.ReadVolume(index, found);
            Assert.Equal(StorageSamples.Pixels(plan.Shape, plan.PixelType, index), found.ToBytes());
        }

        found.Release();
    }
}
