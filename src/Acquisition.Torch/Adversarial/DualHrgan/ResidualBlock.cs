using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>The wide block with linear low-rank convolution of WDSR (Yu et al. 2018, "WDSR-B"): many channels where it rectifies,
/// few between that and the convolution that looks around.</summary>
internal sealed class ResidualBlock : Module<Tensor, Tensor>
{
    private readonly WeightNormConvolution expand;
    private readonly WeightNormConvolution reduce;
    private readonly WeightNormConvolution restore;

    public ResidualBlock(int features, int expanded, int reduced) : base(nameof(ResidualBlock))
    {
        expand = new WeightNormConvolution(features, expanded, 1);
        reduce = new WeightNormConvolution(expanded, reduced, 1);
        restore = new WeightNormConvolution(reduced, features, 3);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => input + restore.call(reduce.call(functional.relu(expand.call(input), inplace: true)));

    public void Draw(Generator chance)
    {
        expand.Draw(chance);
        reduce.Draw(chance);
        restore.Draw(chance);
    }
}
