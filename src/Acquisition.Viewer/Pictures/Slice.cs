using Acquisition.Core;

namespace Acquisition.Viewer.Pictures;

/// <summary>A plane across one axis of a volume.</summary>
/// <param name="Axis">"z", "y" or "x"; rows and columns run along the other two, slow to fast.</param>
/// <param name="At">Where on that axis.</param>
/// <param name="Pixels">The samples, row by row; whoever was given the slice releases them once.</param>
internal sealed record Slice(string Axis, int At, int Rows, int Columns, VolumeBuffer Pixels)
{
    public const int Axes = 3;

    /// <summary>Which part of a volume the plane through a place is. A place outside is moved into the volume.</summary>
    /// <param name="axis">0 to 2 for z, y and x.</param>
    public static (SamplePoint From, VolumeShape Shape) PartOf(VolumeShape volume, SamplePoint place, int axis)
    {
        SamplePoint inside = place.Within(volume);
        return axis switch
        {
            0 => (new(inside.Z, 0, 0), volume with { Z = 1 }),
            1 => (new(0, inside.Y, 0), volume with { Y = 1 }),
            _ => (new(0, 0, inside.X), volume with { X = 1 }),
        };
    }

    /// <param name="pixels">What was read of that part; become the slice's own.</param>
    public static Slice Of(SamplePoint from, VolumeBuffer pixels, int axis) => (axis, pixels.Shape) switch
    {
        (0, var shape) => new("z", from.Z, shape.Y, shape.X, pixels),
        (1, var shape) => new("y", from.Y, shape.Z, shape.X, pixels),
        (_, var shape) => new("x", from.X, shape.Z, shape.Y, pixels),
    };
}
