using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>Terms of what the generators minimise, G making fine volumes and F coarse ones.</summary>
/// <param name="FineAdversary">−D(G(l)), a mean over patches.</param>
/// <param name="CoarseAdversary">−D(F(h)).</param>
/// <param name="FineCycle">|G(F(h)) − h|, a mean over voxels.</param>
/// <param name="CoarseCycle">|F(G(l)) − l|.</param>
/// <param name="Agreement">|mean over 3³ voxels of G(l) − l|.</param>
/// <param name="Degradation">What F minimises where the round trip of fine volumes does not move it: the weighted sum of its adversary, the round trip of
/// coarse ones, and how far it is from what it is held to.</param>
/// <param name="Total">The weighted sum of all.</param>
internal sealed record GeneratorLosses(
    Tensor FineAdversary, Tensor CoarseAdversary, Tensor FineCycle, Tensor CoarseCycle, Tensor Agreement, Tensor Degradation, Tensor Total);
