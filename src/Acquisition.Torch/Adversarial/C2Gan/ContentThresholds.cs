using Acquisition.Restoration;

namespace Acquisition.Torch.Adversarial.C2Gan;

/// <summary>Where content begins in both libraries, in scaled units of each: content is bright in both.</summary>
/// <param name="Input">α: of Otsu 1979, over all images together.</param>
/// <param name="Target">β: as much of the target's library lies above it as of the input's above α.</param>
internal readonly record struct ContentThresholds(double Input, double Target)
{
    internal const int Bins = 1024;

    /// <summary>Of each library at most, at even distances.</summary>
    private const long MaxSamples = 1 << 22;

    /// <param name="lowest">Where the histogram begins, scaled; what lies below counts as there. Hot pixels so do not widen it.</param>
    /// <param name="highest">Where it ends.</param>
    public static ContentThresholds Of(ImageLibrary input, ImageLibrary target, double lowest, double highest)
    {
        List<float> a = Samples(input), b = Samples(target);
        double alpha = Otsu(a, lowest, highest);
        double share = a.Count(sample => sample > alpha) / (double)a.Count;
        b.Sort();
        return new(alpha, FiniteSamples.Percentile(b, 1 - share));
    }

    /// <summary>The border between two classes whose means lie farthest apart, weighted by how many belong to them.</summary>
    private static double Otsu(List<float> samples, double lowest, double highest)
    {
        var counts = new long[Bins];
        double width = (highest - lowest) / Bins;
        foreach (float sample in samples) counts[(int)Math.Clamp((sample - lowest) / width, 0, Bins - 1)]++;
        double all = samples.Count, sum = counts.Select((count, i) => count * (i + 0.5)).Sum();
        double below = 0, sumBelow = 0, best = -1, at = 0;
        for (int i = 0; i < Bins - 1; i++)
        {
            below += counts[i];
            sumBelow += counts[i] * (i + 0.5);
            if (below == 0 || below == all) continue;
            double between = sumBelow / below - (sum - sumBelow) / (all - below), apart = below * (all - below) * between * between;
            // Bins without samples in between change nothing but the last digits.
            if (apart > best * (1 + 1e-12)) (best, at) = (apart, i + 1);
        }

        return lowest + at * width;
    }

    private static List<float> Samples(ImageLibrary library)
    {
        var samples = new List<float>();
        int distance = FiniteSamples.Distance(library.Images.Sum(image => image.Shape.Voxels), MaxSamples);
        foreach (FloatVolume image in library.Images) FiniteSamples.AddTo(samples, image, distance);
        return samples.ConvertAll(sample => (float)library.Card.Scale.ToScaled(sample));
    }
}
