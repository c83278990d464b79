using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Acquisition.Torch.Adversarial.C2Gan;

/// <summary>Weights that networks with adversaries begin with.</summary>
internal static class AdversarialWeights
{
    private const double Deviation = 0.02;

    /// <summary>Draws kernels from N(0, 0.02²) and scales of norms from N(1, 0.02²); offsets and biases are 0 (Zhu et al. 2017, and the code of c2GAN).</summary>
    public static void Draw(Module network, Generator chance)
    {
        foreach (var (name, parameter) in network.named_parameters())
        {
            if (name.EndsWith(".bias", StringComparison.Ordinal)) init.zeros_(parameter);
            else init.normal_(parameter, parameter.Dimensions == 1 ? 1 : 0, Deviation, chance);
        }
    }
}
