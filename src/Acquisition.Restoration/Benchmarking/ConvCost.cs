using Acquisition.Core;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>Operations that a convolution takes by its definition: a multiplication and an addition for each product of a weight and
/// a sample inside the volume. Products with the zeros around it do not count, whether a kernel computes them or not.</summary>
/// <remarks>The gradients with respect to input and weights are sums over the same products, so they take as many.</remarks>
internal static class ConvCost
{
    public static double Flops(ConvShape shape, VolumeShape extent) =>
        2.0 * shape.Out * shape.InPerGroup
        * OnAxis(shape.Radius, extent.Z) * OnAxis(shape.Radius, extent.Y) * OnAxis(shape.Radius, extent.X);

    /// <summary>Forward through all layers.</summary>
    /// <param name="extent">Of the network's input.</param>
    public static double Forward(NetworkLayout layout, VolumeShape extent) => layout.Layers.Sum(layer => OfLayer(layout, layer, extent));

    /// <summary>Forward, gradients of all weights, and of all inputs but the network's own.</summary>
    /// <inheritdoc cref="Forward"/>
    public static double Training(NetworkLayout layout, VolumeShape extent) =>
        3 * Forward(layout, extent) - OfLayer(layout, layout.Layers[0], extent);

    /// <summary>A last layer that is defined on the fine grid counts there, though it is computed on the coarse one.</summary>
    private static double OfLayer(NetworkLayout layout, Layer layer, VolumeShape extent) =>
        Flops(layer.Stored, layout.HasPhaseTail && !layer.HasSlopes ? extent.Times(layout.Factors) : extent);

    /// <summary>Pairs of samples no further apart than the radius.</summary>
    private static double OnAxis(int radius, int length)
    {
        double pairs = length;
        for (int distance = 1; distance <= radius; distance++) pairs += 2 * Math.Max(0, length - distance);
        return pairs;
    }
}
