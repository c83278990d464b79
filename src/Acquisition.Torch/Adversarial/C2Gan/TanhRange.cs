using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial.C2Gan;

/// <summary>Scaled units as networks see them: the lowest becomes −1 and the highest 1, which tanh approaches and never reaches. Acquired samples
/// beyond are not clipped; results come close to the ends at most.</summary>
internal readonly record struct TanhRange(double Lowest, double Highest)
{
    /// <summary>Scaled units per unit of the networks.</summary>
    public double Half => (Highest - Lowest) / 2;

    public double ToNetwork(double scaled) => (scaled - Lowest) / Half - 1;

    public Tensor ToNetwork(Tensor scaled) => scaled.sub(Lowest).div_(Half).sub_(1);

    public Tensor ToScaled(Tensor network) => network.add(1).mul_(Half).add_(Lowest);
}
