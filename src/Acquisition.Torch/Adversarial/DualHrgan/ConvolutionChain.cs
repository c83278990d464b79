using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>Convolutions one after another, rectified with a slope of 0.2 below 0 between them.</summary>
internal abstract class ConvolutionChain : Module<Tensor, Tensor>
{
    private const double Slope = 0.2;

    private readonly ModuleList<Conv3d> layers;

    private protected ConvolutionChain(string name, IEnumerable<Conv3d> convolutions) : base(name)
    {
        layers = new ModuleList<Conv3d>([.. convolutions]);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor y = layers[0].call(input);
        for (int i = 1; i < layers.Count; i++) y = layers[i].call(functional.leaky_relu(y, Slope));
        return y.MoveToOuterDisposeScope();
    }

    /// <summary>Draws weights that keep the spread of what passes through (He et al. 2015).</summary>
    /// <param name="isSilent">Whether the last convolution's are 0, so that the network begins by giving nothing.</param>
    /// <param name="isEven">Whether biases are 0, so that the network begins by giving twice as much for twice as much light; else they are drawn uniformly
    /// within ±1/√(inputs of a sum).</param>
    private protected void Draw(Generator chance, bool isSilent, bool isEven)
    {
        foreach (Conv3d layer in layers)
        {
            long inputs = init.CalculateFanInAndFanOut(layer.weight).fanIn;
            init.normal_(layer.weight, 0, Math.Sqrt(2 / (1 + Slope * Slope) / inputs), chance);
            double bound = isEven ? 0 : 1 / Math.Sqrt(inputs);
            init.uniform_(layer.bias!, -bound, bound, chance);
        }

        if (isSilent) init.zeros_(layers[layers.Count - 1].weight);
    }
}
