using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>A convolution that learns length and direction of its kernels apart (Salimans and Kingma 2016): output channel n has the kernel
/// g[n]·v[n]/|v[n]|. Borders are zeros, so that extents stay.</summary>
/// <remarks>Composed of operators that have derivatives of any order; libtorch's own weight norm has first ones only.</remarks>
internal sealed class WeightNormConvolution : Module<Tensor, Tensor>
{
    private readonly Parameter weight_g;
    private readonly Parameter weight_v;
    private readonly Parameter bias;
    private readonly long[] _padding;

    /// <param name="kernel">Edge of kernels; odd.</param>
    public WeightNormConvolution(int from, int to, int kernel) : base(nameof(WeightNormConvolution))
    {
        weight_g = New(to, 1, 1, 1, 1);
        weight_v = New(to, from, kernel, kernel, kernel);
        bias = New(to);
        _padding = [kernel / 2, kernel / 2, kernel / 2];
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => functional.conv3d(input, weight_g * weight_v / Length(), bias, padding: _padding);

    /// <summary>Draws directions uniformly within ±1/√(inputs of a sum), with their own lengths, and sets biases to 0.</summary>
    public void Draw(Generator chance)
    {
        using var scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        double bound = 1 / Math.Sqrt(init.CalculateFanInAndFanOut(weight_v).fanIn);
        init.uniform_(weight_v, -bound, bound, chance);
        weight_g.copy_(Length());
        init.zeros_(bias);
    }

    private static Parameter New(params long[] shape) => (Parameter)Parameter(zeros(shape)).DetachFromDisposeScope();

    private Tensor Length() => weight_v.flatten(1).norm(1).reshape(-1, 1, 1, 1, 1);
}
