using Acquisition.Core;

namespace Acquisition.HardwareSim;

/// <summary>One volume in floating point, (z, y, x), contiguous.</summary>
internal sealed class FloatVolume
{
    // Four bytes a sample, a plane stays below the 2 GiB of one message and one array.
    private const int MostPlaneVoxels = 1 << 28;

    /// <exception cref="SourceException">The volume is too large; see <see cref="RequireFits"/>.</exception>
    public FloatVolume(VolumeShape shape)
    {
        RequireFits(shape);
        Shape = shape;
        Samples = new float[shape.Voxels];
    }

    public VolumeShape Shape { get; }

    public float[] Samples { get; }

    public Span<float> Plane(int z) => Samples.AsSpan(z * Shape.PlaneVoxels, Shape.PlaneVoxels);

    public int Offset(int z, int y, int x) => (z * Shape.Y + y) * Shape.X + x;

    /// <exception cref="SourceException">A plane or the volume has more samples than one array can hold.</exception>
    public static void RequireFits(VolumeShape shape)
    {
        if (shape.PlaneVoxels <= MostPlaneVoxels && shape.Voxels <= Array.MaxLength) return;
        throw new SourceException($"A volume of {shape} is too large: at most {MostPlaneVoxels} samples a plane and " +
            $"{Array.MaxLength} in all are accepted. Crop the recording, or image a smaller --shape.");
    }
}
