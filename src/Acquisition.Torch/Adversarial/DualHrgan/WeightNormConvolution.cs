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

    /// <param name="kernel">Edge of kernels; 1 or 3.</param>
    public WeightNormConvolution(int from, int to, int kernel) : base(nameof(WeightNormConvolution))
    {
        weight_g = New(to, 1, 1, 1, 1);
        weight_v = New(to, from, kernel, kernel, kernel);
        bias = New(to);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor kernels = weight_g * weight_v / Length();
        Tensor sum = kernels.shape[^1] == 1 ? functional.conv3d(input, kernels, bias) : PlaneByPlane(input, kernels);
        return sum.MoveToOuterDisposeScope();
    }

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

    /// <summary>Kernels over 3³ voxels as kernels over a plane and its two neighbours. On volumes as small as blocks libtorch's convolution of planes is the faster one.</summary>
    private Tensor PlaneByPlane(Tensor input, Tensor kernels)
    {
        var (n, channels, z, y, x) = (input.shape[0], input.shape[1], input.shape[2], input.shape[3], input.shape[4]);
        Tensor padded = functional.pad(input, [0, 0, 0, 0, 1, 1]);
        Tensor planes = cat([padded.narrow(2, 0, z), padded.narrow(2, 1, z), padded.narrow(2, 2, z)], 1).transpose(1, 2).reshape(n * z, 3 * channels, y, x);
        Tensor across = kernels.transpose(1, 2).reshape(-1, 3 * channels, 3, 3);
        return functional.conv2d(planes, across, bias, padding: [1, 1]).reshape(n, z, -1, y, x).transpose(1, 2);
    }

    private static Parameter New(params long[] shape) => (Parameter)Parameter(zeros(shape)).DetachFromDisposeScope();

    private Tensor Length() => weight_v.flatten(1).norm(1).reshape(-1, 1, 1, 1, 1);
}
