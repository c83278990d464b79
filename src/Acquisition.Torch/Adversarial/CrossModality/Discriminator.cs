using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Acquisition.Torch.Adversarial.CrossModality;

/// <summary>What tells targets from predictions: [n, 1, y, x] to a logit each, [n]. A convolution, five blocks of two that halve the image and double
/// its channels, the mean over what is left, and two dense layers (Wang et al. 2019, supplementary note).</summary>
internal sealed class Discriminator : Module<Tensor, Tensor>
{
    private const int Blocks = 5;

    private readonly Conv2d first;
    private readonly ModuleList<Conv2d> blocks;
    private readonly Linear dense;
    private readonly Linear verdict;

    /// <param name="channels">After the first layer.</param>
    public Discriminator(int channels) : base(nameof(Discriminator))
    {
        first = Conv2d(1, channels, 3, padding: 1);
        blocks = new ModuleList<Conv2d>([.. Enumerable.Range(0, Blocks).SelectMany(block => (Conv2d[])
        [
            Conv2d(channels << block, channels << block, 3, padding: 1),
            Conv2d(channels << block, channels << (block + 1), 3, stride: 2, padding: 1),
        ])]);
        dense = Linear(channels << Blocks, channels << Blocks);
        verdict = Linear(channels << Blocks, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor y = Rectified.Of(first.call(input));
        foreach (Conv2d layer in blocks) y = Rectified.Of(layer.call(y));
        y = Rectified.Of(dense.call(y.mean([2, 3])));
        return verdict.call(y).squeeze(1).MoveToOuterDisposeScope();
    }

    /// <summary>Whether passing through this network costs gradients of its own weights.</summary>
    public void Learns(bool learns)
    {
        foreach (Parameter parameter in parameters()) parameter.requires_grad = learns;
    }
}
