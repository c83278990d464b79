using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>A convolution that a network holds once or several times.</summary>
/// <param name="Shape">As it is computed.</param>
/// <param name="Passes">What is ever asked of it: nobody needs the gradient of the network's input.</param>
internal sealed record LayerShape(NetworkVariant Variant, ConvShape Shape, int Count, KernelPass[] Passes)
{
    /// <summary>The distinct shapes of a network, in the order of its layers.</summary>
    public static IEnumerable<LayerShape> Of(NetworkLayout layout) =>
        layout.Layers.GroupBy(layer => layer.Executed).Select(same => new LayerShape(
            layout.Variant, same.Key, same.Count(),
            same.Contains(layout.Layers[0])
                ? [KernelPass.Forward, KernelPass.WeightGradient]
                : [KernelPass.Forward, KernelPass.InputGradient, KernelPass.WeightGradient]));

    public override string ToString() =>
        $"{Shape.In}→{Shape.Out}, {Shape.Kernel}³" + (Shape.Groups > 1 ? $", {Shape.Groups} groups" : "");
}
