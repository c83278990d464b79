using Acquisition.Core;

namespace Acquisition.Viewer.Pictures;

/// <summary>A plane across one axis of a volume.</summary>
/// <param name="Axis">"z", "y" or "x"; rows and columns run along the other two, slow to fast.</param>
/// <param name="At">Where on that axis.</param>
internal sealed record Slice(string Axis, int At, int Rows, int Columns, PixelType PixelType, byte[] Samples)
{
    /// <summary>The planes across z, y and x through one place, which is moved into the volume where it lies outside.</summary>
    public static Slice[] Through(VolumeBuffer volume, int z, int y, int x)
    {
        VolumeShape shape = volume.Shape;
        z = Math.Clamp(z, 0, shape.Z - 1);
        y = Math.Clamp(y, 0, shape.Y - 1);
        x = Math.Clamp(x, 0, shape.X - 1);
        int bytes = volume.PixelType.Bytes(), row = shape.X * bytes;
        var acrossY = new byte[shape.Z * row];
        var acrossX = new byte[shape.Z * shape.Y * bytes];
        for (int p = 0; p < shape.Z; p++)
        {
            Span<byte> plane = volume.Plane(p);
            plane.Slice(y * row, row).CopyTo(acrossY.AsSpan(p * row));
            for (int r = 0; r < shape.Y; r++)
                plane.Slice(r * row + x * bytes, bytes).CopyTo(acrossX.AsSpan((p * shape.Y + r) * bytes));
        }

        return
        [
            new("z", z, shape.Y, shape.X, volume.PixelType, volume.Plane(z).ToArray()),
            new("y", y, shape.Z, shape.X, volume.PixelType, acrossY),
            new("x", x, shape.Z, shape.Y, volume.PixelType, acrossX),
        ];
    }
}
