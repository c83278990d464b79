using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Acquisition.Torch.Adversarial.C2Gan;

/// <summary>The discriminator of CycleGAN: one number for every place of an image, near the label where it takes the place for real,
/// near 0 where it does not; [n, 1, y, x] to [n, 1, y', x'].</summary>
/// <remarks>Convolutions of 4 × 4, instance norm except in the first and the last, LeakyReLU(0.2). Borders are zeros so that a layer gives as many
/// samples as it gets, or half of them (SAME of TensorFlow). Three halvings of four see 70 × 70 pixels; the code of 2019 and 2020 halves four times.</remarks>
internal sealed class PatchDiscriminator : Module<Tensor, Tensor>
{
    private const double Leak = 0.2;

    /// <summary>From here on layers do not widen.</summary>
    private const int MostWidenings = 3;

    private readonly ModuleList<Conv2d> layers;
    private readonly ModuleList<InstanceNorm2d> norms;

    /// <param name="channels">Of the first layer; each further one doubles them, up to eight times as many.</param>
    /// <param name="count">Layers before the last.</param>
    /// <param name="halvings">How many of these halve, the first ones.</param>
    /// <param name="chance">Draws the weights, on the processor; <see langword="null"/> for weights that are loaded afterwards.</param>
    public PatchDiscriminator(int channels, int count, int halvings, Generator? chance = null) : base(nameof(PatchDiscriminator))
    {
        int To(int layer) => channels << Math.Min(layer, MostWidenings);
        layers = new ModuleList<Conv2d>(
        [
            .. Enumerable.Range(0, count).Select(i => i < halvings
                ? Conv2d(i == 0 ? 1 : To(i - 1), To(i), 4, stride: 2, padding: 1, bias: i == 0)
                : Conv2d(i == 0 ? 1 : To(i - 1), To(i), 4, Padding.Same, bias: i == 0)),
            Conv2d(To(count - 1), 1, 4, Padding.Same),
        ]);
        norms = new ModuleList<InstanceNorm2d>([.. Enumerable.Range(1, count - 1).Select(i => InstanceNorm2d(To(i), affine: true))]);
        RegisterComponents();
        if (chance is not null) AdversarialWeights.Draw(this, chance);
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor y = input;
        for (int i = 0; i < layers.Count - 1; i++)
        {
            y = layers[i].call(y);
            y = functional.leaky_relu(i == 0 ? y : norms[i - 1].call(y), Leak, inplace: true);
        }

        return layers[layers.Count - 1].call(y).MoveToOuterDisposeScope();
    }
}
