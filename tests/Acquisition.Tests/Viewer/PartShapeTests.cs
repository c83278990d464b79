using Acquisition.Core;
using Acquisition.Viewer.Pictures;
using Xunit;

namespace Acquisition.Tests.Viewer;

public sealed class PartShapeTests
{
    private static readonly VolumeShape Volume = new(100, 1000, 512), Piece = new(16, 128, 128);

    // A row of 512 samples of two bytes is 1 KiB: 16 planes of 128 rows are 2 MiB.
    [Theory]
    [InlineData(1, 1, 1000L << 20, 100, 1000)] // all of it
    [InlineData(1, 1, 32L << 20, 32, 1000)] // two layers of pieces
    [InlineData(1, 1, 8L << 20, 16, 512)] // four rows of pieces
    [InlineData(1, 1, 3L << 20, 16, 128)] // one
    [InlineData(1, 1, 1L << 20, 16, 64)] // half of one
    [InlineData(1, 1, 1L << 10, 1, 1)] // a single row
    [InlineData(3, 5, 4L << 20, 18, 130)] // whole blocks that hold a row of pieces
    [InlineData(3, 5, 1L << 20, 18, 55)]
    [InlineData(3, 5, 0, 3, 5)] // one row of blocks is the least
    [InlineData(200, 2000, 1000L << 20, 100, 1000)]
    public void Parts_are_whole_blocks_and_as_many_whole_pieces_as_fit(int blockZ, int blockY, long most, int z, int y) =>
        Assert.Equal(new VolumeShape(z, y, 512), PartShape.Of(Volume, Piece, new Reduction(blockZ, blockY, 2), 2, most));

    [Fact]
    public void No_part_is_larger_than_it_may_be_unless_it_is_one_row_of_blocks()
    {
        var random = new Random(4711);
        for (int i = 0; i < 5000; i++)
        {
            var volume = new VolumeShape(random.Next(1, 200), random.Next(1, 3000), random.Next(1, 3000));
            var piece = new VolumeShape(random.Next(1, 40), random.Next(1, 300), random.Next(1, 300));
            var block = new Reduction(random.Next(1, 9), random.Next(1, 9), random.Next(1, 9));
            long most = random.NextInt64(64L << 20);
            VolumeShape part = PartShape.Of(volume, piece, block, 2, most);
            Assert.True(2 * part.Voxels <= most || (part.Z <= block.Z && part.Y <= block.Y), $"{volume} {piece} {block} {most}: {part}");
            Assert.True(part.Z % block.Z == 0 || part.Z == volume.Z);
            Assert.True(part.Y % block.Y == 0 || part.Y == volume.Y);
        }
    }
}
