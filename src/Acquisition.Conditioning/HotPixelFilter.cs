using Acquisition.Core;
using OpenCvSharp;

namespace Acquisition.Conditioning;

/// <summary>Finds pixels that stand out of their neighbourhood in nearly every plane, as hot ones of a camera do and specimens do not.</summary>
/// <remarks>A sample stands out when it exceeds the median of the 3×3 samples around it by more than five standard deviations of such
/// differences: an identifier after Hampel (Davies and Gather 1993), but with the 95 % quantile of absolute differences in place of
/// their median, which is 0 where most samples count no photon. One plane cannot tell a hot pixel from a speck, so at least four are
/// needed, and nine tenths of all must agree.</remarks>
internal sealed class HotPixelFilter
{
    private const float Deviations = 5;
    private const int FewestPlanes = 4;
    private const int MaxSamples = 1 << 16;

    private const double Quantile = 0.95;

    // Normal noise stays below 1.96 standard deviations in 95 of 100 samples.
    private const float QuantileDeviations = 1.96f;

    private readonly float _smallestDeviation;
    private readonly float[] _medians;
    private readonly ushort[] _planesHot;

    /// <param name="type">What the camera sends: integers are uncertain by their step, whatever their noise.</param>
    public HotPixelFilter(VolumeShape shape, PixelType type)
    {
        _smallestDeviation = type == PixelType.Float32 ? 0 : 1;
        _medians = new float[shape.PlaneVoxels];
        _planesHot = new ushort[shape.PlaneVoxels];
    }

    /// <summary>Replaces hot pixels by the median around them, in every plane that came.</summary>
    /// <returns>How many pixels are hot.</returns>
    public int Clean(VolumeBuffer volume, ReadOnlySpan<int> missing)
    {
        int planes = volume.Shape.Z - missing.Length;
        if (planes < FewestPlanes) return 0;
        Array.Clear(_planesHot);
        for (int z = 0; z < volume.Shape.Z; z++)
            if (!missing.Contains(z)) Judge(volume, z);

        int enough = (9 * planes + 9) / 10;
        int[] hot = [.. Enumerable.Range(0, _planesHot.Length).Where(i => _planesHot[i] >= enough)];
        for (int z = 0; z < volume.Shape.Z && hot.Length > 0; z++)
        {
            if (missing.Contains(z)) continue;
            Span<float> plane = volume.Plane<float>(z);
            TakeMedians(volume, z);
            foreach (int i in hot) plane[i] = _medians[i];
        }

        return hot.Length;
    }

    private void Judge(VolumeBuffer volume, int z)
    {
        TakeMedians(volume, z);
        ReadOnlySpan<float> plane = volume.Plane<float>(z);
        float limit = Deviations * Math.Max(Spread(plane) / QuantileDeviations, _smallestDeviation);
        if (limit == 0) return; // most samples equal their neighbours; nothing says how uncertain they are
        for (int i = 0; i < plane.Length; i++)
            if (plane[i] - _medians[i] > limit) _planesHot[i]++;
    }

    private float Spread(ReadOnlySpan<float> plane)
    {
        // An odd distance does not fall into step with rows of even length.
        int distance = plane.Length / MaxSamples | 1;
        var samples = new float[(plane.Length + distance - 1) / distance];
        for (int i = 0; i < samples.Length; i++) samples[i] = Math.Abs(plane[i * distance] - _medians[i * distance]);
        Array.Sort(samples);
        return samples[(int)(Quantile * (samples.Length - 1))];
    }

    private unsafe void TakeMedians(VolumeBuffer volume, int z)
    {
        fixed (float* plane = volume.Plane<float>(z), medians = _medians)
        {
            using Mat from = OpenCv.Over(plane, volume.Shape.Y, volume.Shape.X), to = OpenCv.Over(medians, volume.Shape.Y, volume.Shape.X);
            Cv2.MedianBlur(from, to, 3);
        }
    }
}
