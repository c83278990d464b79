using Acquisition.Restoration.Registration;
using Xunit;

namespace Acquisition.Tests.Restoration.Registration;

public sealed class UsableAreaTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 7)]
    [InlineData(9, 3)]
    [InlineData(20, 20)]
    [InlineData(40, 30)]
    [InlineData(64, 64)]
    public void Places_are_those_that_trying_finds(int height, int width)
    {
        var area = new UsableArea { Inside = new(2, 1, 38, 29), Without = [new(0, 0, 10, 8), new(0, 20, 10, 12), new(20, 8, 10, 12), new(30, 8, 10, 12)] };
        foreach (UsableArea tried in (UsableArea[])[area, UsableArea.All(40, 32), UsableArea.None(40, 32)])
        {
            long found = 0;
            for (int y = -1; y < 45; y++)
            {
                for (int x = -1; x < 45; x++) found += tried.Holds(new(y, x, height, width)) ? 1 : 0;
            }

            Assert.Equal(found, tried.Places(height, width));
        }
    }

    [Theory]
    [InlineData(40, 40, 256)]
    [InlineData(256, 257, 256)]
    [InlineData(700, 1000, 256)]
    [InlineData(641, 90, 64)]
    public void Tiles_reach_from_border_to_border_and_their_cells_fill_the_plane(int height, int width, int tile)
    {
        var layout = TileLayout.Of(height, width, tile);
        var covered = new int[height, width];
        foreach (var (box, cell) in layout)
        {
            Assert.True(new PlaneBox(0, 0, height, width).Holds(box) && box.Holds(cell));
            Assert.InRange(box.Height, Math.Min(tile / 2, height), tile);
            Assert.InRange(box.Width, Math.Min(tile / 2, width), tile);
            for (int y = cell.Y; y < cell.EndY; y++)
            {
                for (int x = cell.X; x < cell.EndX; x++) covered[y, x]++;
            }
        }

        Assert.All(covered.Cast<int>(), times => Assert.Equal(1, times));
        double[] middles = [.. layout.Select(one => one.Box.MiddleX).Distinct()];
        Assert.All(middles.Zip(middles.Skip(1), (a, b) => b - a), step => Assert.InRange(step, 1, tile / 2));
        if (width > tile) Assert.Equal(((tile / 2 - 1) / 2.0, width - 1 - (tile / 2 - 1) / 2.0), (middles[0], middles[^1]));
    }
}
