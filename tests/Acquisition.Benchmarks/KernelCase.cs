using Acquisition.Core;
using Acquisition.Restoration.Benchmarking;

namespace Acquisition.Benchmarks;

/// <summary>What one benchmark runs.</summary>
internal sealed record KernelCase(LayerShape Layer, KernelPass Pass, VolumeShape Extent)
{
    /// <summary>Operations of one run.</summary>
    public double Flops => ConvCost.Flops(Layer.Shape, Extent);

    public override string ToString() => $"{Layer.Variant} {Layer}: {Pass}";
}
