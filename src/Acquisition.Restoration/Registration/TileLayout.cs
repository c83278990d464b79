namespace Acquisition.Restoration.Registration;

/// <summary>Tiles at even distances. The outermost ones hang over the border by half, and only half of each is there, so that the field is known
/// close to borders too.</summary>
internal static class TileLayout
{
    /// <summary>Boxes and cells, row by row. Each cell ends halfway to the next tile's centre.</summary>
    public static (PlaneBox Box, PlaneBox Cell)[] Of(int height, int width, int tile)
    {
        (int Start, int End, int Cell)[] down = Along(height, tile), across = Along(width, tile);
        return [.. from i in Enumerable.Range(0, down.Length)
                   from j in Enumerable.Range(0, across.Length)
                   let endY = i + 1 < down.Length ? down[i + 1].Cell : height
                   let endX = j + 1 < across.Length ? across[j + 1].Cell : width
                   select (new PlaneBox(down[i].Start, across[j].Start, down[i].End - down[i].Start, across[j].End - across[j].Start),
                       new PlaneBox(down[i].Cell, across[j].Cell, endY - down[i].Cell, endX - across[j].Cell))];
    }

    private static (int Start, int End, int Cell)[] Along(int length, int tile)
    {
        if (length <= tile) return [(0, length, 0)];
        int steps = (int)Math.Ceiling(length / (tile / 2.0)), half = tile / 2;
        var tiles = new (int Start, int End, int Cell)[steps + 1];
        for (int i = 0; i <= steps; i++)
        {
            int middle = (int)((long)i * length / steps), start = Math.Max(0, middle - half), end = Math.Min(length, middle + half);
            tiles[i] = (start, end, i == 0 ? 0 : (tiles[i - 1].Start + tiles[i - 1].End + start + end) / 4);
        }

        return tiles;
    }
}
