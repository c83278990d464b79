using Acquisition.Core;

namespace Acquisition.Restoration.Inference;

/// <summary>One way to look at a volume: turned in the (y, x) plane from y towards x, and mirrored in z.</summary>
/// <param name="Turns">Quarter turns, 0 to 3.</param>
internal readonly record struct Orientation(int Turns, bool FlipZ)
{
    public bool IsIdentity => Turns == 0 && !FlipZ;

    /// <summary>The orientations an ensemble averages over: those that map the grid's factors onto themselves.</summary>
    public static List<Orientation> Ensemble(Factors factors, bool flipZ)
    {
        var all = new List<Orientation>();
        foreach (bool flip in flipZ ? new[] { false, true } : [false])
        {
            for (int turns = 0; turns < 4; turns += factors.Y == factors.X ? 1 : 2) all.Add(new(turns, flip));
        }
        return all;
    }

    public VolumeShape Turned(VolumeShape shape) => Turns % 2 == 0 ? shape : new(shape.Z, shape.X, shape.Y);

    /// <summary>Where sample (z, y, 0) of the turned volume lies in the original, and how far apart there neighbours in turned x are.</summary>
    public (long Start, long Step) Row(VolumeShape original, int z, int y)
    {
        long plane = (long)(FlipZ ? original.Z - 1 - z : z) * original.PlaneVoxels;
        int lastY = original.Y - 1, lastX = original.X - 1, width = original.X;
        return Turns switch
        {
            0 => (plane + (long)y * width, 1),
            1 => (plane + lastX - y, width),
            2 => (plane + (long)(lastY - y) * width + lastX, -1),
            _ => (plane + (long)lastY * width + y, -width),
        };
    }

    /// <summary>Fills a volume of the turned shape.</summary>
    public unsafe void Apply(FloatVolume original, FloatVolume turned)
    {
        for (int z = 0; z < turned.Shape.Z; z++)
        {
            for (int y = 0; y < turned.Shape.Y; y++)
            {
                var (start, step) = Row(original.Shape, z, y);
                float* from = original.Memory + start, to = turned.Row(z, y);
                for (int x = 0; x < turned.Shape.X; x++, from += step) to[x] = *from;
            }
        }
    }
}
