using Acquisition.Core;

namespace Acquisition.Restoration.Training;

/// <summary>The part of a volume that a shrunk copy of it restores to exactly.</summary>
internal static class EvenPart
{
    /// <summary>Leaves out the last planes, rows and columns beyond a multiple of the factors.</summary>
    /// <returns>A copy for the caller to dispose; <see langword="null"/> when nothing has to be left out.</returns>
    public static FloatVolume? Of(FloatVolume volume, Factors factors)
    {
        VolumeShape all = volume.Shape;
        var shape = new VolumeShape(all.Z / factors.Z * factors.Z, all.Y / factors.Y * factors.Y, all.X / factors.X * factors.X);
        if (shape == all) return null;
        var part = new FloatVolume(shape);
        for (int z = 0; z < shape.Z; z++)
        {
            for (int y = 0; y < shape.Y; y++)
                volume.Plane(z).Slice(y * all.X, shape.X).CopyTo(part.Plane(z)[(y * shape.X)..]);
        }
        return part;
    }
}
