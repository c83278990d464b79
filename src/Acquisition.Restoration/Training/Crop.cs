using Acquisition.Core;

namespace Acquisition.Restoration.Training;

/// <summary>A box of a volume and how it is mirrored and transposed: an exact permutation of samples.</summary>
internal readonly record struct Crop(int Z, int Y, int X, bool FlipZ, bool FlipY, bool FlipX, bool Transpose)
{
    /// <summary>Copies the box, mirrored and transposed.</summary>
    /// <param name="destination">Has the box's shape; square in the plane when transposing.</param>
    public unsafe void Read(FloatVolume volume, FloatVolume destination)
    {
        VolumeShape box = destination.Shape;
        nint strideY = volume.Shape.X, strideX = 1;
        float* origin = volume.Row(Z, Y) + X;
        if (FlipY)
        {
            origin += (box.Y - 1) * strideY;
            strideY = -strideY;
        }
        if (FlipX)
        {
            origin += box.X - 1;
            strideX = -1;
        }
        if (Transpose) (strideY, strideX) = (strideX, strideY);
        for (int z = 0; z < box.Z; z++)
        {
            float* plane = origin + (nint)(FlipZ ? box.Z - 1 - z : z) * volume.Shape.PlaneVoxels;
            if (Transpose)
            {
                // Row after row of the volume: strides in the small crop cost less than strides in the large volume.
                float* to = destination.Row(z, 0);
                for (int x = 0; x < box.X; x++)
                {
                    float* from = plane + x * strideX;
                    for (int y = 0; y < box.Y; y++, from += strideY) to[y * box.X + x] = *from;
                }
                continue;
            }
            for (int y = 0; y < box.Y; y++)
            {
                float* from = plane + y * strideY, to = destination.Row(z, y);
                if (strideX == 1) new ReadOnlySpan<float>(from, box.X).CopyTo(new Span<float>(to, box.X));
                else for (int x = 0; x < box.X; x++, from += strideX) to[x] = *from;
            }
        }
    }
}
