using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Storage;
using Acquisition.Tests.Support;
using Acquisition.Viewer.Pictures;
using Xunit;

namespace Acquisition.Tests.Viewer;

/// <summary>Volumes on disk that are larger than the memory for their pictures.</summary>
public sealed class StoredPicturesTests : IDisposable
{
    private const long VolumeBytes = 2L * 60 * 256 * 512; // 15 MiB

    private readonly StorageFolder _folder = new();
    private readonly ScanPlan _plan = StorageSamples.Plan(new VolumeShape(60, 256, 512), undersampling: Factors.One, channels: ["a"]);
    private readonly RunArchive _archive;

    public StoredPicturesTests()
    {
        using var pool = new VolumePool(64L << 20);
        using RunFolder run = RunFolder.Create(new StorageOptions { Root = _folder.Path }, _plan, "a: 1\n", DateTimeOffset.UnixEpoch);
        IVolumeStore raw = run.CreateRaw(_plan);
        run.AppendLedger(LedgerKinds.ScanStarted, new ScanStarted(_plan, "", ImmutableSortedDictionary<string, string>.Empty));
        VolumeBuffer volume = pool.Rent(_plan);
        for (int t = 0; t < 2; t++)
        {
            var index = new VolumeIndex(t, 0);
            raw.Write(index, ViewerArchive.Fill(volume, VolumeKind.Raw, index));
            run.AppendLedger(LedgerKinds.VolumeStored, new VolumeStored(index, 60, [], DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, 60 * (t + 1), ImmutableSortedDictionary<string, long>.Empty));
        }

        volume.Release();
        _archive = RunArchive.Open(run.Folder);
    }

    public void Dispose() => _folder.Dispose();

    // The least holds the picture and one row of blocks, 64 KiB each; the most reads everything at once.
    [Theory]
    [InlineData(2L << 16)]
    [InlineData(1L << 20)]
    [InlineData(5L << 20)]
    [InlineData(64L << 20)]
    public void A_volume_is_shrunk_to_the_means_of_its_blocks_whatever_the_memory(long budget)
    {
        var reduction = new Reduction(4, 16, 32);
        using var pool = new VolumePool(budget);
        var pictures = new StoredPictures(pool, new Shortage(budget));
        VolumeBuffer picture = pictures.Read(_archive, new PictureKey(VolumeKind.Raw, 0, reduction), 1)!;
        Assert.Equal(new VolumeShape(15, 16, 16), picture.Shape);
        Assert.Equal(Means(new VolumeIndex(1, 0), reduction), Samples(picture));
        picture.Release();
        pictures.Forget();
        Assert.Equal(0, pool.LentBytes);
        Assert.True(pool.HighWaterBytes <= budget);
    }

    [Fact]
    public void Blocks_that_divide_neither_pieces_nor_volume_come_out_the_same()
    {
        var reduction = new Reduction(7, 11, 13);
        using var pool = new VolumePool(1L << 20);
        var pictures = new StoredPictures(pool, new Shortage(1L << 20));
        VolumeBuffer picture = pictures.Read(_archive, new PictureKey(VolumeKind.Raw, 0, reduction), 0)!;
        Assert.Equal(Means(default, reduction), Samples(picture));
        picture.Release();
        pictures.Forget();
    }

    [Fact]
    public void Reading_a_picture_allocates_next_to_nothing_whatever_the_volume()
    {
        var key = new PictureKey(VolumeKind.Raw, 0, new Reduction(4, 16, 32));
        using var pool = new VolumePool(2L << 20);
        var pictures = new StoredPictures(pool, new Shortage(2L << 20));
        pictures.Read(_archive, key, 0)!.Release();
        pictures.Forget();
        long before = GC.GetAllocatedBytesForCurrentThread();
        pictures.Read(_archive, key, 1)!.Release();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < VolumeBytes / 200, $"{allocated} bytes were allocated for a volume of {VolumeBytes}.");
        pictures.Forget();
    }

    [Fact]
    public void Planes_through_a_place_take_their_own_memory_and_no_more()
    {
        // 256 KiB across z, 60 KiB across y, 30 KiB across x.
        const long budget = 4 << 16;
        var index = new VolumeIndex(1, 0);
        using var pool = new VolumePool(budget);
        var pictures = new StoredPictures(pool, new Shortage(budget));
        (string, int, int, int, Func<int, int, long>)[] expected =
        [
            ("z", 33, 256, 512, (r, c) => (33 * 256 + r) * 512 + c),
            ("y", 200, 60, 512, (r, c) => (r * 256 + 200) * 512 + c),
            ("x", 511, 60, 256, (r, c) => (r * 256 + c) * 512 + 511),
        ];
        foreach (var (number, (axis, at, rows, columns, place)) in expected.Index())
        {
            Slice slice = pictures.ReadSlice(_archive, VolumeKind.Raw, index, new SamplePoint(33, 200, 600), number)!;
            Assert.Equal((axis, at, rows, columns), (slice.Axis, slice.At, slice.Rows, slice.Columns));
            Assert.Equal(
                from r in Enumerable.Range(0, rows)
                from c in Enumerable.Range(0, columns)
                select ViewerArchive.Sample(VolumeKind.Raw, index, place(r, c)),
                Samples(slice.Pixels));
            if (number == 2) Assert.Null(pictures.ReadSlice(_archive, VolumeKind.Raw, index, default, 0)); // as long as the other is lent
            slice.Pixels.Release();
        }

        Assert.Equal(0, pool.LentBytes);
    }

    [Fact]
    public void What_has_no_room_is_told_until_it_has()
    {
        var key = new PictureKey(VolumeKind.Raw, 0, new Reduction(4, 16, 32));
        using var pool = new VolumePool(2L << 16);
        var shortage = new Shortage(2L << 16);
        var pictures = new StoredPictures(pool, shortage);
        VolumeBuffer other = pool.TryRent(new VolumeShape(1, 1, 1), PixelType.UInt8)!; // half of it
        Assert.Null(pictures.Read(_archive, key, 0));
        Assert.Contains("a raw volume: as 15×16×16 it takes 0.1 MiB", shortage.Words, StringComparison.Ordinal);
        Assert.Contains("0.1 MiB. Raise viewer.memory_budget_mib", shortage.Words, StringComparison.Ordinal);
        other.Release();
        pictures.Read(_archive, key, 0)!.Release();
        Assert.Null(shortage.Words);
        pictures.Forget();
        Assert.Equal(0, pool.LentBytes);
    }

    private ushort[] Means(VolumeIndex index, Reduction block)
    {
        VolumeShape shape = _plan.Shape, made = block.Of(shape);
        return
        [
            .. from z in Enumerable.Range(0, made.Z)
               from y in Enumerable.Range(0, made.Y)
               from x in Enumerable.Range(0, made.X)
               select Mean(index, z * block.Z, Math.Min((z + 1) * block.Z, shape.Z), y * block.Y, Math.Min((y + 1) * block.Y, shape.Y), x * block.X, Math.Min((x + 1) * block.X, shape.X)),
        ];
    }

    private static ushort Mean(VolumeIndex index, int z0, int z1, int y0, int y1, int x0, int x1)
    {
        long sum = 0, n = (long)(z1 - z0) * (y1 - y0) * (x1 - x0);
        for (int z = z0; z < z1; z++)
            for (int y = y0; y < y1; y++)
                for (int x = x0; x < x1; x++) sum += ViewerArchive.Sample(VolumeKind.Raw, index, (z * 256L + y) * 512 + x);
        return (ushort)((2 * sum + n) / (2 * n));
    }

    private static ushort[] Samples(VolumeBuffer volume) => MemoryMarshal.Cast<byte, ushort>(volume.ToBytes()).ToArray();
}
