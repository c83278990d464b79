namespace Acquisition.Restoration.Uncertainty;

/// <summary>How steep a volume is at each voxel: central differences, one-sided at borders, of all three axes.</summary>
internal static class Gradient
{
    /// <summary>One plane of gradient magnitudes, in the volume's units per voxel.</summary>
    public static unsafe void Plane(FloatVolume volume, int z, Span<float> magnitudes)
    {
        var shape = volume.Shape;
        int below = Math.Max(z - 1, 0), above = Math.Min(z + 1, shape.Z - 1), last = shape.X - 1;
        float perZ = PerStep(above - below);
        for (int y = 0; y < shape.Y; y++)
        {
            int before = Math.Max(y - 1, 0), after = Math.Min(y + 1, shape.Y - 1);
            float perY = PerStep(after - before);
            float* row = volume.Row(z, y);
            float* z0 = volume.Row(below, y), z1 = volume.Row(above, y), y0 = volume.Row(z, before), y1 = volume.Row(z, after);
            Span<float> to = magnitudes.Slice(y * shape.X, shape.X);
            for (int x = 1; x < last; x++) to[x] = Magnitude(x, (row[x + 1] - row[x - 1]) * 0.5f);
            to[0] = Magnitude(0, row[Math.Min(1, last)] - row[0]);
            to[last] = Magnitude(last, row[last] - row[Math.Max(last - 1, 0)]);

            float Magnitude(int x, float inX)
            {
                float inZ = (z1[x] - z0[x]) * perZ, inY = (y1[x] - y0[x]) * perY;
                return MathF.Sqrt(inZ * inZ + inY * inY + inX * inX);
            }
        }
    }

    private static float PerStep(int steps) => steps > 1 ? 0.5f : 1;
}
