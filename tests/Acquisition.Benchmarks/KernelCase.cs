using Acquisition.Core;
using Acquisition.Restoration.Benchmarking;

namespace Acquisition.Benchmarks;

/// <summary>What one benchmark runs.</summary>
internal sealed record KernelCase(LayerShape Layer, KernelPass Pass, VolumeShape Extent)
{
    /// <summary>Operations of one run by definition.</summary>
    public double Flops => ConvCost.Flops(Layer.Forward.Shape, Extent);

    /// <summary>Operations that the form does.</summary>
    public double DoneFlops => Math.Min(Flops, Layer.Forward.FlopsPerVoxel * Extent.Voxels);

    public override string ToString() => $"{Layer.Variant} {Layer}, {Layer.Forward.Form}: {Pass}";
}
