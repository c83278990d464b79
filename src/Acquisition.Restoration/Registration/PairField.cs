using System.Collections.Immutable;

namespace Acquisition.Restoration.Registration;

/// <summary>How an image lies off another one, and where both show the same. What the target shows at (y, x), the moving image shows at (y, x) + shift.</summary>
public sealed class PairField
{
    private const double Good = 0.1;

    private readonly ShiftField _field;

    internal PairField(int height, int width, Shift coarse, ShiftField field, ImmutableArray<RegisteredTile> tiles)
    {
        (Height, Width, Coarse, _field, Tiles) = (height, width, coarse, field, tiles);
        // No pixel of the inside has its source beyond a border.
        int top = Margin(field.Lattice.Min(shift => shift.Y), height), left = Margin(field.Lattice.Min(shift => shift.X), width);
        int bottom = Margin(-field.Lattice.Max(shift => shift.Y), height), right = Margin(-field.Lattice.Max(shift => shift.X), width);
        var inside = new PlaneBox(top, left, Math.Max(0, height - top - bottom), Math.Max(0, width - left - right));
        Usable = new UsableArea { Inside = inside, Without = [.. tiles.Where(tile => tile.IsRejected).Select(tile => tile.Cell)] };
    }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Of the whole image.</summary>
    public Shift Coarse { get; }

    /// <summary>Row by row.</summary>
    public ImmutableArray<RegisteredTile> Tiles { get; }

    public UsableArea Usable { get; }

    /// <summary>Share of tiles that are rejected; 1 means that the images do not show the same.</summary>
    public double RejectedShare => (double)Tiles.Count(tile => tile.IsRejected) / Tiles.Length;

    /// <summary>The farthest that anything is moved; pixels.</summary>
    public double LargestPx => _field.Lattice.Max(shift => shift.Length);

    /// <summary>Smoothed, at a place of the target.</summary>
    public Shift At(double y, double x) => _field.At(y, x);

    /// <summary>How many pixels from a border sources lie beyond it, by more than registration is good to.</summary>
    private static int Margin(double shift, int length) => Math.Clamp((int)Math.Ceiling(-shift - Good), 0, length);
}
