using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>Tells volumes of one kind from others, [n, 1, z, y, x] to [n, 1, …]: a number for each patch, higher for what looks right. No normalisation:
/// the penalty on gradients is about one sample at a time.</summary>
internal sealed class PatchCritic : ConvolutionChain
{
    private const double Slope = 0.2;

    private PatchCritic(IEnumerable<Conv3d> convolutions) : base(nameof(PatchCritic), Slope, convolutions)
    {
    }

    /// <summary>For each number of channels a convolution over 3³ voxels and one over 4³ that halves the grid; then one that scores.</summary>
    public static PatchCritic Fine(DualHrganSettings settings) => new([
        .. settings.FineCriticFeatures.SelectMany((features, i) => new[] { Same(i == 0 ? 1 : settings.FineCriticFeatures[i - 1], features), Halving(features, features) }),
        Same(settings.FineCriticFeatures[^1], 1)]);

    /// <summary>A convolution that keeps the grid, one that halves it for each further number of channels, and one that scores.</summary>
    public static PatchCritic Coarse(DualHrganSettings settings) => new([
        .. settings.CoarseCriticFeatures.Select((features, i) => i == 0 ? Same(1, features) : Halving(settings.CoarseCriticFeatures[i - 1], features)),
        Same(settings.CoarseCriticFeatures[^1], 1)]);

    /// <summary>Draws weights, and biases: without them a critic cannot tell the shape of dim things from that of bright ones until it has learned some.</summary>
    public new void Draw(Generator chance) => base.Draw(chance);

    private static Conv3d Same(int from, int to) => Conv3d(from, to, 3, padding: 1);

    private static Conv3d Halving(int from, int to) => Conv3d(from, to, 4, stride: 2, padding: 1);
}
