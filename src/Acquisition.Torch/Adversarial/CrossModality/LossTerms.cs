using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Acquisition.Torch.Adversarial.CrossModality;

/// <summary>What both networks make small (Wang et al. 2019, online methods). Of logits, so that certainty does not end in infinities.</summary>
internal static class LossTerms
{
    /// <summary>Edge of the windows that structural similarity is taken over; images must be as large.</summary>
    public const int WindowPx = 11;

    private const double WindowDeviationPx = 1.5;

    // For images of range 1 (Wang, Bovik et al. 2004).
    private const double C1 = 0.01 * 0.01;
    private const double C2 = 0.03 * 0.03;

    /// <summary>Mean of −log D(predicted).</summary>
    public static Tensor Fooling(Tensor logits) => functional.softplus(logits.neg()).mean();

    /// <summary>Mean of −log D(target) and of −log(1 − D(predicted)), added.</summary>
    public static Tensor Telling(Tensor target, Tensor predicted) => functional.softplus(target.neg()).mean() + functional.softplus(predicted).mean();

    public static Tensor SquareError(Tensor predicted, Tensor target) => functional.mse_loss(predicted, target);

    /// <summary>−log((1 + SSIM) / 2): 0 for the same image, without bound for its opposite.</summary>
    public static Tensor Dissimilarity(Tensor predicted, Tensor target) => Similarity(predicted, target).add(1).div(2).log().neg();

    /// <summary>Mean structural similarity of images of range 1, [n, 1, y, x]; over the places whose window lies inside.</summary>
    public static Tensor Similarity(Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        long count = a.shape[0];
        // All five means by one pair of passes.
        Tensor[] means = Blurred(cat([a, b, a.square(), b.square(), a * b], 0)).split(count);
        Tensor aa = means[0].square(), bb = means[1].square(), ab = means[0] * means[1];
        Tensor spread = means[2] - aa + (means[3] - bb), together = means[4] - ab;
        return ab.mul(2).add(C1).mul(together.mul(2).add(C2)).div((aa + bb).add(C1).mul(spread.add(C2))).mean().MoveToOuterDisposeScope();
    }

    private static Tensor Blurred(Tensor images)
    {
        double[] weights = [.. Enumerable.Range(-WindowPx / 2, WindowPx).Select(at => Math.Exp(-at * at / (2 * WindowDeviationPx * WindowDeviationPx)))];
        double sum = weights.Sum();
        Tensor window = tensor([.. weights.Select(weight => (float)(weight / sum))], device: images.device);
        return functional.conv2d(functional.conv2d(images, window.reshape(1, 1, WindowPx, 1)), window.reshape(1, 1, 1, WindowPx));
    }
}
