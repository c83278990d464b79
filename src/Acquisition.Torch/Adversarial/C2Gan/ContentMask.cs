using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial.C2Gan;

/// <summary>Content and background, softly: σκ(x − threshold), 1 in content. Images and thresholds are in the networks' −1 to 1.</summary>
/// <param name="alpha">Where content begins in images of the input's kind.</param>
/// <param name="beta">Where it begins in those of the target's.</param>
internal sealed class ContentMask(double alpha, double beta)
{
    /// <summary>By how much an image and what was made of it disagree, per pixel; 0 to 1.</summary>
    /// <param name="input">Of the input's kind: acquired, or made of <paramref name="target"/>.</param>
    /// <param name="target">Of the target's kind.</param>
    /// <param name="slope">κ.</param>
    public Tensor Disagreement(Tensor input, Tensor target, double slope)
    {
        using var scope = NewDisposeScope();
        return (Of(input, alpha, slope) - Of(target, beta, slope)).abs().MoveToOuterDisposeScope();
    }

    private static Tensor Of(Tensor image, double threshold, double slope) => image.sub(threshold).mul(slope).sigmoid();
}
