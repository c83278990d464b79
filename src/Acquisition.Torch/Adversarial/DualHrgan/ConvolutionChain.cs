using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>Convolutions one after another, rectified between them.</summary>
internal abstract class ConvolutionChain : Module<Tensor, Tensor>
{
    private readonly ModuleList<Conv3d> layers;

    private readonly double _slope;

    /// <param name="slope">Of what rectifies, below 0; at 1 nothing does.</param>
    private protected ConvolutionChain(string name, double slope, IEnumerable<Conv3d> convolutions) : base(name)
    {
        _slope = slope;
        layers = new ModuleList<Conv3d>([.. convolutions]);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor y = layers[0].call(input);
        for (int i = 1; i < layers.Count; i++) y = layers[i].call(functional.leaky_relu(y, _slope));
        return y.MoveToOuterDisposeScope();
    }

    /// <summary>Draws weights that keep the spread of what passes through (He et al. 2015), and biases uniformly within ±1/√(inputs of a sum).</summary>
    private protected void Draw(Generator chance)
    {
        foreach (Conv3d layer in layers)
        {
            long inputs = init.CalculateFanInAndFanOut(layer.weight).fanIn;
            init.normal_(layer.weight, 0, Math.Sqrt(2 / (1 + _slope * _slope) / inputs), chance);
            init.uniform_(layer.bias!, -1 / Math.Sqrt(inputs), 1 / Math.Sqrt(inputs), chance);
        }
    }

    /// <summary>Makes kernels that were drawn alike in all directions, with the spread that they had, and takes biases away: the network then begins by
    /// moving nothing, and by giving twice as much for twice as much light.</summary>
    private protected void MakeEven()
    {
        using var scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        foreach (Conv3d layer in layers)
        {
            Tensor even = layer.weight;
            for (int axis = 2; axis < 5; axis++) even = (even + even.flip(axis)) / 2;
            layer.weight.copy_(even * (layer.weight.std() / even.std()));
            layer.bias!.zero_();
        }
    }

    private protected void Silence() => init.zeros_(layers[layers.Count - 1].weight);
}
