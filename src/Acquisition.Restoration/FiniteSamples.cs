namespace Acquisition.Restoration;

/// <summary>Samples of volumes that statistics are made of.</summary>
internal static class FiniteSamples
{
    /// <summary>Distance at which at most so many samples are taken; odd, because an odd distance does not fall into step with rows of even length.</summary>
    public static int Distance(long voxels, long most) => (int)(voxels / most) | 1;

    /// <summary>Adds those of a volume that are finite, at even distances.</summary>
    public static void AddTo(List<float> samples, FloatVolume volume, int distance)
    {
        for (int z = 0; z < volume.Shape.Z; z++)
        {
            ReadOnlySpan<float> plane = volume.Plane(z);
            for (int i = z % distance; i < plane.Length; i += distance)
            {
                if (float.IsFinite(plane[i])) samples.Add(plane[i]);
            }
        }
    }

    /// <summary>The value below which a share of samples lies, linear between ranks.</summary>
    /// <param name="sorted">Ascending; at least one.</param>
    public static double Percentile(List<float> sorted, double share)
    {
        double rank = share * (sorted.Count - 1);
        int below = (int)rank;
        double first = sorted[below], second = sorted[Math.Min(below + 1, sorted.Count - 1)];
        return first + (rank - below) * (second - first);
    }
}
