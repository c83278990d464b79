using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Acquisition.Torch.Adversarial.C2Gan;

/// <summary>The generator of CycleGAN with residual blocks (Zhu et al. 2017; Li et al. 2021), [n, 1, y, x] to the same, both in −1 to 1.
/// Extents are multiples of <see cref="Multiple"/> and at least <see cref="LeastExtent"/>.</summary>
/// <remarks>Two halvings, blocks at a quarter of the pitch, two doublings. Every layer but the last is normalised over the whole image (instance
/// norm with scale and offset, as the code of 2019 and 2020 has it), which is why pieces of an image come out otherwise than the whole.</remarks>
internal sealed class ResidualGenerator : Module<Tensor, Tensor>
{
    /// <summary>Two halvings.</summary>
    public const int Multiple = 4;

    /// <summary>Reflection at a quarter of the pitch takes two samples.</summary>
    public const int LeastExtent = 8;

    /// <summary>Before the blocks: 7 × 7, and two halvings.</summary>
    private const int Down = 3;

    private const int Up = 2;

    private readonly ModuleList<Module<Tensor, Tensor>> layers;
    private readonly ModuleList<InstanceNorm2d> norms;
    private readonly int _blocks;

    /// <param name="channels">Of the first layer; each halving doubles them.</param>
    /// <param name="chance">Draws the weights, on the processor; <see langword="null"/> for weights that are loaded afterwards.</param>
    public ResidualGenerator(int channels, int blocks, Generator? chance = null) : base(nameof(ResidualGenerator))
    {
        _blocks = blocks;
        int inside = 4 * channels;
        layers = new ModuleList<Module<Tensor, Tensor>>(
        [
            Conv2d(1, channels, 7, bias: false),
            Conv2d(channels, 2 * channels, 3, stride: 2, padding: 1, bias: false),
            Conv2d(2 * channels, inside, 3, stride: 2, padding: 1, bias: false),
            .. Enumerable.Range(0, 2 * blocks).Select(_ => Conv2d(inside, inside, 3, bias: false)),
            ConvTranspose2d(inside, 2 * channels, 3, stride: 2, padding: 1, output_padding: 1, bias: false),
            ConvTranspose2d(2 * channels, channels, 3, stride: 2, padding: 1, output_padding: 1, bias: false),
            Conv2d(channels, 1, 7),
        ]);
        norms = new ModuleList<InstanceNorm2d>(
        [
            InstanceNorm2d(channels, affine: true),
            InstanceNorm2d(2 * channels, affine: true),
            .. Enumerable.Range(0, 1 + 2 * blocks).Select(_ => InstanceNorm2d(inside, affine: true)),
            InstanceNorm2d(2 * channels, affine: true),
            InstanceNorm2d(channels, affine: true),
        ]);
        RegisterComponents();
        if (chance is not null) AdversarialWeights.Draw(this, chance);
    }

    /// <summary>What a pixel takes of memory at most, without gradients: six images of the layers at full pitch, which are the widest; a layer's input, its
    /// output, what kernels lay out for themselves, and room.</summary>
    public static long BytesPerPixel(int channels) => 6L * channels * sizeof(float);

    public override Tensor forward(Tensor input)
    {
        Tensor y = Then(input.alias(), x => Unit(0, Mirrored(x, 3)));
        for (int i = 1; i < Down; i++) y = Unit(y, i);
        for (int block = 0; block < _blocks; block++)
        {
            int first = Down + 2 * block;
            y = Then(y, x => x + Normalised(first + 1, Mirrored(Unit(first, Mirrored(x, 1)), 1)));
        }

        for (int i = 0; i < Up; i++) y = Unit(y, Down + 2 * _blocks + i);
        return Then(y, x => functional.tanh(layers[Down + 2 * _blocks + Up].call(Mirrored(x, 3))));
    }

    /// <summary>What comes of a layer's input, which is let go of: without gradients, nothing else remains in memory.</summary>
    private static Tensor Then(Tensor input, Func<Tensor, Tensor> layer)
    {
        using var scope = NewDisposeScope();
        Tensor output = layer(input).MoveToOuterDisposeScope();
        input.Dispose();
        return output;
    }

    private static Tensor Mirrored(Tensor input, long edge) => functional.pad(input, (edge, edge, edge, edge), PaddingModes.Reflect);

    private Tensor Unit(Tensor input, int layer) => Then(input, x => Unit(layer, x));

    private Tensor Unit(int layer, Tensor input) => functional.relu(Normalised(layer, input), inplace: true);

    private Tensor Normalised(int layer, Tensor input) => norms[layer].call(layers[layer].call(input));
}
