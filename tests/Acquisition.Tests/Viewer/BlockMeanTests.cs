using Acquisition.Core;
using Acquisition.Tests.Support;
using Acquisition.Viewer.Pictures;
using Xunit;

namespace Acquisition.Tests.Viewer;

public sealed class BlockMeanTests : IDisposable
{
    private readonly VolumePool _pool = new(256L << 20);

    // Extents around what blocks and vectors divide.
    public static TheoryData<PixelType, int, int, int> Cases => new(
        from type in Enum.GetValues<PixelType>()
        from block in ((int, int, int)[])[(1, 1, 1), (1, 1, 2), (2, 2, 2), (2, 1, 3), (3, 4, 5), (9, 40, 80)]
        select (type, block.Item1, block.Item2, block.Item3));

    public void Dispose() => _pool.Dispose();

    [Theory, MemberData(nameof(Cases))]
    public void Every_sample_is_the_mean_of_its_block(PixelType type, int nz, int ny, int nx)
    {
        var shape = new VolumeShape(5, 7, 67);
        var block = new Reduction(nz, ny, nx);
        VolumeBuffer source = _pool.TryRent(shape, type)!, shrunk = _pool.TryRent(block.Of(shape), type)!;
        var random = new Random(4711);
        for (int z = 0; z < shape.Z; z++)
            for (int i = 0; i < shape.PlaneVoxels; i++) Set(source, z, i, random.Next(256) * (type == PixelType.UInt8 ? 1 : 257));

        new BlockMean().Shrink(source, block, shrunk, 0, shrunk.Shape.Z);

        for (int z = 0; z < shrunk.Shape.Z; z++)
        {
            for (int y = 0; y < shrunk.Shape.Y; y++)
            {
                for (int x = 0; x < shrunk.Shape.X; x++)
                {
                    double[] samples =
                    [
                        .. from pz in Enumerable.Range(z * nz, Math.Min(nz, shape.Z - z * nz))
                           from py in Enumerable.Range(y * ny, Math.Min(ny, shape.Y - y * ny))
                           from px in Enumerable.Range(x * nx, Math.Min(nx, shape.X - x * nx))
                           select Get(source, pz, py * shape.X + px),
                    ];
                    double found = Get(shrunk, z, y * shrunk.Shape.X + x), mean = samples.Sum() / samples.Length;
                    if (type == PixelType.Float32) Assert.Equal(mean, found, 1e-5 * Math.Abs(mean) + 1e-6);
                    else Assert.Equal((long)(2 * samples.Sum() + samples.Length) / (2 * samples.Length), found);
                }
            }
        }

        source.Release();
        shrunk.Release();
    }

    [Fact]
    public void Slab_by_slab_gives_the_same()
    {
        var shape = new VolumeShape(7, 9, 21);
        var block = new Reduction(2, 3, 2);
        VolumeBuffer source = ViewerArchive.Fill(_pool.TryRent(shape, PixelType.UInt16)!, VolumeKind.Raw, default);
        VolumeBuffer whole = _pool.TryRent(block.Of(shape), PixelType.UInt16)!, parts = _pool.TryRent(block.Of(shape), PixelType.UInt16)!;
        var mean = new BlockMean();
        mean.Shrink(source, block, whole, 0, 4);
        int done = 0;
        foreach (int planes in (int[])[1, 2, 5, 6, 7])
        {
            int to = block.PlanesOf(planes, shape);
            mean.Shrink(source, block, parts, done, to);
            done = to;
        }

        Assert.Equal(4, done);
        Assert.Equal(whole.ToBytes(), parts.ToBytes());
        foreach (VolumeBuffer buffer in (VolumeBuffer[])[source, whole, parts]) buffer.Release();
    }

    [Theory]
    [InlineData(PixelType.UInt8)]
    [InlineData(PixelType.UInt16)]
    [InlineData(PixelType.Float32)]
    public void Part_by_part_gives_the_same_bits(PixelType type)
    {
        var shape = new VolumeShape(7, 11, 21);
        var block = new Reduction(2, 3, 2);
        VolumeBuffer source = _pool.TryRent(shape, type)!, whole = _pool.TryRent(block.Of(shape), type)!, parts = _pool.TryRent(block.Of(shape), type)!;
        var random = new Random(4711);
        for (int z = 0; z < shape.Z; z++)
            for (int i = 0; i < shape.PlaneVoxels; i++) Set(source, z, i, random.Next(256));
        var mean = new BlockMean();
        mean.Shrink(source, block, whole, 0, whole.Shape.Z);
        for (int z = 0; z < shape.Z; z += 4)
        {
            for (int y = 0; y < shape.Y; y += 6)
            {
                VolumeBuffer part = _pool.TryRent(new VolumeShape(Math.Min(4, shape.Z - z), Math.Min(6, shape.Y - y), shape.X), type)!;
                for (int p = 0; p < part.Shape.Z; p++)
                    source.Plane(z + p).Slice(y * shape.X * type.Bytes(), part.PlaneBytes).CopyTo(part.Plane(p));
                mean.ShrinkPart(part, block, parts, z / block.Z, y / block.Y);
                part.Release();
            }
        }

        Assert.Equal(whole.ToBytes(), parts.ToBytes());
        foreach (VolumeBuffer buffer in (VolumeBuffer[])[source, whole, parts]) buffer.Release();
    }

    [Theory]
    [InlineData(8L << 20, 1, 1, 1)]
    [InlineData(4L << 20, 1, 1, 2)]
    [InlineData(1L << 20, 1, 2, 4)]
    [InlineData(1, 64, 256, 512)]
    public void The_most_finely_sampled_axis_is_shrunk_first(long budget, int z, int y, int x)
    {
        var shape = new VolumeShape(64, 256, 512);
        Reduction found = Reduction.For(shape, new VoxelSize { ZUm = 2, YUm = 0.5, XUm = 0.25 }, budget);
        Assert.Equal(new Reduction(z, y, x), found);
        Assert.True(found.Of(shape).Voxels <= budget);
    }

    [Fact]
    public void Shrinking_does_not_allocate()
    {
        var block = new Reduction(1, 2, 2);
        VolumeBuffer source = _pool.TryRent(new VolumeShape(8, 64, 64), PixelType.UInt16)!, shrunk = _pool.TryRent(new VolumeShape(8, 32, 32), PixelType.UInt16)!;
        source.Clear();
        var mean = new BlockMean();
        mean.Shrink(source, block, shrunk, 0, 8);
        long before = GC.GetAllocatedBytesForCurrentThread();
        mean.Shrink(source, block, shrunk, 0, 8);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        source.Release();
        shrunk.Release();
    }

    private static double Get(VolumeBuffer volume, int z, int i) => volume.PixelType switch
    {
        PixelType.UInt8 => volume.Plane(z)[i],
        PixelType.UInt16 => volume.Plane<ushort>(z)[i],
        _ => volume.Plane<float>(z)[i],
    };

    private static void Set(VolumeBuffer volume, int z, int i, int value)
    {
        if (volume.PixelType == PixelType.UInt8) volume.Plane(z)[i] = (byte)value;
        else if (volume.PixelType == PixelType.UInt16) volume.Plane<ushort>(z)[i] = (ushort)value;
        else volume.Plane<float>(z)[i] = value / 7f - 3;
    }
}
