using System.Collections.Immutable;

namespace Acquisition.Restoration.Registration;

/// <summary>Where two registered images show the same.</summary>
public sealed record UsableArea
{
    /// <summary>Where both have samples.</summary>
    public required PlaneBox Inside { get; init; }

    /// <summary>Parts in which they have too little in common; they do not overlap.</summary>
    public required ImmutableArray<PlaneBox> Without { get; init; }

    /// <summary>All of a plane.</summary>
    public static UsableArea All(int height, int width) => new() { Inside = new(0, 0, height, width), Without = [] };

    /// <summary>Nothing of a plane.</summary>
    public static UsableArea None(int height, int width) => new() { Inside = new(0, 0, height, width), Without = [new(0, 0, height, width)] };

    /// <summary>Whether all of a patch is usable.</summary>
    public bool Holds(PlaneBox patch)
    {
        if (!Inside.Holds(patch)) return false;
        foreach (PlaneBox box in Without)
        {
            if (box.Meets(patch)) return false;
        }

        return true;
    }

    /// <summary>Number of places where a patch of this size is usable.</summary>
    public long Places(int height, int width)
    {
        int firstX = Inside.X, endX = Inside.EndX - width + 1;
        long places = 0;
        for (int y = Inside.Y; y + height <= Inside.EndY && firstX < endX; y++)
        {
            int from = firstX;
            foreach (PlaneBox box in Without.Where(box => box.Y < y + height && y < box.EndY).OrderBy(box => box.X))
            {
                places += Math.Max(0, Math.Min(box.X - width + 1, endX) - from);
                from = Math.Max(from, box.EndX);
            }

            places += Math.Max(0, endX - from);
        }

        return places;
    }
}
