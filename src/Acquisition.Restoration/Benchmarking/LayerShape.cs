using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>A convolution that a network holds once or several times, in one form.</summary>
/// <param name="Passes">What is ever asked of it: nobody needs the gradient of the network's input.</param>
/// <param name="Forward">Computes it, and the gradient of its weights.</param>
/// <param name="Backward">Computes the gradient of its input.</param>
internal sealed record LayerShape(
    NetworkVariant Variant, int Count, KernelPass[] Passes, Convolution Forward, Convolution Backward)
{
    /// <summary>The distinct shapes of a network in the order of its layers, each in the form that the engine takes, and also in the
    /// direct one, which can be compared with the processor's peak.</summary>
    /// <param name="planes">Of the volumes; the choice of form depends on it.</param>
    public static IEnumerable<LayerShape> Of(NetworkLayout layout, KernelSet kernels, int planes) =>
        from same in layout.Layers.GroupBy(layer => layer.Executed)
        let passes = same.Contains(layout.Layers[0])
            ? (KernelPass[])[KernelPass.Forward, KernelPass.WeightGradient]
            : [KernelPass.Forward, KernelPass.InputGradient, KernelPass.WeightGradient]
        let taken = new LayerShape(
            layout.Variant, same.Count(), passes, kernels.Convolution(same.Key, planes), kernels.Convolution(same.Key.Transposed, planes))
        let direct = taken with { Forward = kernels.Direct(same.Key), Backward = kernels.Direct(same.Key.Transposed) }
        from layer in taken.Forward.Form == direct.Forward.Form ? (LayerShape[])[taken] : [taken, direct]
        select layer;

    public override string ToString() => Forward.Shape.ToString();
}
