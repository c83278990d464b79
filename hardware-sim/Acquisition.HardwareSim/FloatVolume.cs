using Acquisition.Core;

namespace Acquisition.HardwareSim;

/// <summary>One volume in floating point, (z, y, x), contiguous.</summary>
internal sealed class FloatVolume
{
    /// <exception cref="SourceException">The volume has more samples than one array can hold.</exception>
    public FloatVolume(VolumeShape shape)
    {
        if (shape.Voxels > Array.MaxLength)
        {
            throw new SourceException($"A volume of {shape} has {shape.Voxels} samples; at most {Array.MaxLength} are accepted. " +
                "Crop the stack, or image a smaller --shape.");
        }

        Shape = shape;
        Samples = new float[shape.Voxels];
    }

    public VolumeShape Shape { get; }

    public float[] Samples { get; }

    public Span<float> Plane(int z) => Samples.AsSpan(z * Shape.PlaneVoxels, Shape.PlaneVoxels);

    public int Offset(int z, int y, int x) => (z * Shape.Y + y) * Shape.X + x;
}
