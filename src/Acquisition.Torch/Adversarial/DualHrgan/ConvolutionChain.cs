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

    /// <summary>Draws weights that keep the spread of what passes through (He et al. 2015), and sets biases to 0.</summary>
    public void Draw(Generator chance)
    {
        foreach (Conv3d layer in layers)
        {
            double deviation = Math.Sqrt(2 / (1 + Slope * Slope) / init.CalculateFanInAndFanOut(layer.weight).fanIn);
            init.normal_(layer.weight, 0, deviation, chance);
            init.zeros_(layer.bias!);
        }
    }
}
