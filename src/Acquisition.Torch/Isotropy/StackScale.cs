using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Torch.Isotropy;

/// <summary>What becomes 0 and 1 for a network: the 0.1 % and the 99.9 % percentile of a stack.</summary>
internal static class StackScale
{
    private const double LowShare = 0.001;
    private const double HighShare = 0.999;

    /// <summary>Samples taken at even distances at most.</summary>
    private const long MaxSamples = 4 << 20;

    /// <exception cref="RestorationException">The stack is constant or holds nothing finite.</exception>
    public static IntensityScale Measure(FloatVolume stack)
    {
        // An odd distance does not fall into step with rows of even length.
        int distance = (int)(stack.Shape.Voxels / MaxSamples) | 1;
        var samples = new List<float>();
        for (int z = 0; z < stack.Shape.Z; z++)
        {
            Span<float> plane = stack.Plane(z);
            for (int i = z % distance; i < plane.Length; i += distance)
            {
                if (float.IsFinite(plane[i])) samples.Add(plane[i]);
            }
        }
        samples.Sort();
        var scale = samples.Count == 0 ? default : new IntensityScale(At(LowShare), At(HighShare));
        return !scale.IsDegenerate ? scale : throw new RestorationException(
            $"The {stack.Shape} stack has nothing to learn from: its 0.1 % and 99.9 % percentiles are {scale.Low} and {scale.High}.");

        double At(double share)
        {
            double rank = share * (samples.Count - 1);
            int below = (int)rank;
            double first = samples[below], second = samples[Math.Min(below + 1, samples.Count - 1)];
            return first + (rank - below) * (second - first);
        }
    }
}
