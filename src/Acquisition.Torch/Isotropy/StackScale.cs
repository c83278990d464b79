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
        var samples = new List<float>();
        FiniteSamples.AddTo(samples, stack, FiniteSamples.Distance(stack.Shape.Voxels, MaxSamples));
        samples.Sort();
        var scale = samples.Count == 0 ? default : new IntensityScale(FiniteSamples.Percentile(samples, LowShare), FiniteSamples.Percentile(samples, HighShare));
        return !scale.IsDegenerate ? scale : throw new RestorationException(
            $"The {stack.Shape} stack has nothing to learn from: its 0.1 % and 99.9 % percentiles are {scale.Low} and {scale.High}.");
    }
}
