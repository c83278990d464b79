using System.Runtime.InteropServices;
using Acquisition.Core;

namespace Acquisition.Restoration;

/// <summary>Camera units that map to 0 and to 1 inside restoration. One per scan and channel, so that brightness stays comparable.</summary>
/// <param name="Low">Camera units that become 0.</param>
/// <param name="High">Camera units that become 1.</param>
public readonly record struct IntensityScale(double Low, double High)
{
    private const double LowShare = 0.001;
    private const double HighShare = 0.9999;

    /// <summary>Floating-point volumes are measured on at most this many samples, taken at even distances.</summary>
    private const int MaxSamples = 4 << 20;

    /// <summary>Whether the volume it was measured on was constant or empty; such a scale shifts and does not stretch.</summary>
    public bool IsDegenerate => !(High > Low);

    /// <summary>Camera units per scaled unit.</summary>
    internal double Width => IsDegenerate ? 1 : High - Low;

    /// <summary>Camera units to scaled units.</summary>
    public double ToScaled(double cameraUnits) => (cameraUnits - Low) / Width;

    /// <summary>Takes the 0.1 % and the 99.99 % percentile of the finite samples of the planes that are present.</summary>
    /// <remarks>Percentiles interpolate linearly between ranks. Where both fall on one value the extremes are taken instead,
    /// so that a few bright voxels on black still give a scale.</remarks>
    /// <param name="missingPlanes">Planes without samples, any order.</param>
    public static IntensityScale Measure(VolumeBuffer volume, ReadOnlySpan<int> missingPlanes)
    {
        ArgumentNullException.ThrowIfNull(volume);
        return volume.PixelType switch
        {
            PixelType.UInt8 => FromHistogram(Histogram<byte>(volume, missingPlanes)),
            PixelType.UInt16 => FromHistogram(Histogram<ushort>(volume, missingPlanes)),
            _ => FromSamples(Finite(volume, missingPlanes)),
        };
    }

    private static long[] Histogram<T>(VolumeBuffer volume, ReadOnlySpan<int> missing) where T : unmanaged
    {
        var counts = new long[1 << 16];
        for (int z = 0; z < volume.Shape.Z; z++)
        {
            if (missing.Contains(z)) continue;
            if (typeof(T) == typeof(byte))
            {
                foreach (byte value in volume.Plane(z)) counts[value]++;
            }
            else
            {
                foreach (ushort value in volume.Plane<ushort>(z)) counts[value]++;
            }
        }
        return counts;
    }

    private static IntensityScale FromHistogram(long[] counts)
    {
        long total = counts.Sum();
        if (total == 0) return default;
        double low = Percentile(LowShare), high = Percentile(HighShare);
        return high > low ? new(low, high) : new(ValueAt(0), ValueAt(total - 1));

        double Percentile(double share)
        {
            double rank = share * (total - 1);
            long below = (long)rank;
            double first = ValueAt(below), second = ValueAt(Math.Min(below + 1, total - 1));
            return first + (rank - below) * (second - first);
        }

        double ValueAt(long rank)
        {
            int value = 0;
            for (long seen = counts[0]; seen <= rank; seen += counts[value]) value++;
            return value;
        }
    }

    private static List<float> Finite(VolumeBuffer volume, ReadOnlySpan<int> missing)
    {
        int distance = FiniteSamples.Distance(volume.Shape.Voxels, MaxSamples);
        var samples = new List<float>();
        for (int z = 0; z < volume.Shape.Z; z++)
        {
            if (missing.Contains(z)) continue;
            Span<float> plane = volume.Plane<float>(z);
            for (int i = z % distance; i < plane.Length; i += distance)
            {
                if (float.IsFinite(plane[i])) samples.Add(plane[i]);
            }
        }
        return samples;
    }

    private static IntensityScale FromSamples(List<float> samples)
    {
        if (samples.Count == 0) return default;
        CollectionsMarshal.AsSpan(samples).Sort();
        double low = FiniteSamples.Percentile(samples, LowShare), high = FiniteSamples.Percentile(samples, HighShare);
        return high > low ? new(low, high) : new(samples[0], samples[^1]);
    }
}
