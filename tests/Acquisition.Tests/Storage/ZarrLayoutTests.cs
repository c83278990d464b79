using Acquisition.Core;
using Acquisition.Storage.Zarr;
using Xunit;

namespace Acquisition.Tests.Storage;

public sealed class ZarrLayoutTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(16, 128, 128)]
    [InlineData(17, 129, 127)]
    [InlineData(40, 250, 2049)]
    [InlineData(7, 13, 9)]
    public void Chunks_keep_the_limits_cover_the_volume_and_pad_less_than_one_sample_a_chunk(int z, int y, int x)
    {
        var volume = new VolumeShape(z, y, x);
        var layout = ZarrLayout.Balanced(volume, PixelType.UInt16, mostPlanes: 16, longestEdgePx: 128);

        (int Extent, int Chunk, int Parts, int Shard, int Most)[] axes =
        [
            (z, layout.Chunk.Z, layout.Grid.Z, layout.Shard.Z, 16),
            (y, layout.Chunk.Y, layout.Grid.Y, layout.Shard.Y, 128),
            (x, layout.Chunk.X, layout.Grid.X, layout.Shard.X, 128),
        ];
        Assert.All(axes, axis =>
        {
            Assert.InRange(axis.Chunk, 1, axis.Most);
            Assert.Equal(axis.Chunk * axis.Parts, axis.Shard);
            Assert.InRange(axis.Shard - axis.Extent, 0, axis.Parts - 1);
            Assert.Equal((axis.Extent + axis.Most - 1) / axis.Most, axis.Parts);
        });
    }

    [Fact]
    public void Chunks_are_numbered_in_C_order()
    {
        var layout = new ZarrLayout(new(4, 5, 6), new(2, 3, 2), PixelType.UInt8);
        (int, int, int)[] origins = [.. Enumerable.Range(0, layout.ChunkCount).Select(layout.Origin)];
        Assert.Equal(
            [(0, 0, 0), (0, 0, 2), (0, 0, 4), (0, 3, 0), (0, 3, 2), (0, 3, 4), (2, 0, 0), (2, 0, 2), (2, 0, 4), (2, 3, 0), (2, 3, 2), (2, 3, 4)],
            origins);
    }
}
