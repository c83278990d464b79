using Acquisition.Core;

namespace Acquisition.HardwareSim.Phantoms;

/// <summary>The part of the specimen that the fine grid covers.</summary>
internal sealed record Field(VolumeShape Shape, VoxelSize Voxel)
{
    public PointUm ExtentUm => new(Shape.Z * Voxel.ZUm, Shape.Y * Voxel.YUm, Shape.X * Voxel.XUm);

    public double VolumeUm3 => ExtentUm.Z * ExtentUm.Y * ExtentUm.X;

    public PointUm RandomPoint(SeededRandom random)
    {
        PointUm extent = ExtentUm;
        return new(random.Next(0, extent.Z), random.Next(0, extent.Y), random.Next(0, extent.X));
    }

    /// <summary>Raises every voxel within a box around an object to the object's brightness there.</summary>
    /// <remarks>Objects that overlap do not add up: the brighter one shows, so that joints leave no knots.</remarks>
    /// <param name="min">Corner of the object's bounding box; may lie outside the field, as may <paramref name="max"/>.</param>
    /// <param name="brightness">Brightness at a point; 0 outside the object.</param>
    public void Draw(FloatVolume volume, PointUm min, PointUm max, Func<PointUm, double> brightness)
    {
        (int z0, int z1) = Range(min.Z, max.Z, Voxel.ZUm, Shape.Z);
        (int y0, int y1) = Range(min.Y, max.Y, Voxel.YUm, Shape.Y);
        (int x0, int x1) = Range(min.X, max.X, Voxel.XUm, Shape.X);
        for (int z = z0; z < z1; z++)
        {
            for (int y = y0; y < y1; y++)
            {
                Span<float> row = volume.Samples.AsSpan(volume.Offset(z, y, 0), Shape.X);
                for (int x = x0; x < x1; x++)
                {
                    var centre = new PointUm((z + 0.5) * Voxel.ZUm, (y + 0.5) * Voxel.YUm, (x + 0.5) * Voxel.XUm);
                    row[x] = Math.Max(row[x], (float)brightness(centre));
                }
            }
        }
    }

    /// <summary>1 inside a surface, 0 outside, falling linearly over one voxel's width across it.</summary>
    /// <param name="depthUm">Distance inwards from the surface.</param>
    public double Coverage(double depthUm) => Math.Clamp(depthUm / Voxel.XUm + 0.5, 0, 1);

    private static (int Start, int End) Range(double min, double max, double pitch, int extent) =>
        (Math.Clamp((int)Math.Floor(min / pitch), 0, extent), Math.Clamp((int)Math.Ceiling(max / pitch) + 1, 0, extent));
}
