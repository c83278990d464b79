using Acquisition.Core;

namespace Acquisition.Storage.Zarr;

/// <summary>Camera units that a viewer shows as black and as full colour; a hint that changes no pixel.</summary>
internal readonly record struct DisplayWindow(double Start, double End)
{
    private const int Samples = 1 << 16;

    /// <summary>What is shown before a volume has been seen: all that the camera can give.</summary>
    public static DisplayWindow Unseen(ZarrDataset dataset) => new(0, dataset.LargestSample ?? 1);

    /// <summary>From the 0.5th to the 99.9th percentile of an even selection of samples, so that a few hot pixels do not set it.</summary>
    public static DisplayWindow Of(VolumeBuffer volume)
    {
        int perPlane = Math.Max(1, Samples / volume.Shape.Z);
        int stride = Math.Max(1, volume.Shape.PlaneVoxels / perPlane);
        // A stride that divides the row would look at a few columns only.
        if (stride > 1 && volume.Shape.X % stride == 0) stride++;
        int planeStride = Math.Max(1, volume.Shape.Z / Samples);

        var values = new List<float>(2 * Samples);
        for (int z = 0; z < volume.Shape.Z; z += planeStride)
            for (int i = 0; i < volume.Shape.PlaneVoxels; i += stride)
            {
                float value = volume.PixelType switch
                {
                    PixelType.UInt8 => volume.Plane(z)[i],
                    PixelType.UInt16 => volume.Plane<ushort>(z)[i],
                    _ => volume.Plane<float>(z)[i],
                };
                if (float.IsFinite(value)) values.Add(value);
            }

        if (values.Count == 0) return new(0, 1);
        values.Sort();
        double start = values[(int)(0.005 * (values.Count - 1))], end = values[(int)(0.999 * (values.Count - 1))];
        return new(start, end > start ? end : start + 1);
    }
}
