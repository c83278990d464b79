using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Acquisition.Torch.Adversarial.CrossModality;

/// <summary>The activation between all layers.</summary>
internal static class Rectified
{
    /// <summary>What negative values are multiplied with (Wang et al. 2019, supplementary note).</summary>
    public const double Slope = 0.1;

    /// <summary>In the memory of <paramref name="layer"/>, which a convolution or product has just made.</summary>
    public static Tensor Of(Tensor layer) => functional.leaky_relu(layer, Slope, inplace: true);
}
