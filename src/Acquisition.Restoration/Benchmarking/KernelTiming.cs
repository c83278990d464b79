using Acquisition.Core;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>One pass of one layer on one core.</summary>
/// <param name="Layer">Channels, kernel and groups, such as "6→6, 3³, 3 groups".</param>
/// <param name="Count">How many layers of the network have this shape.</param>
/// <param name="Extent">Of the feature maps.</param>
/// <param name="Flops">Operations of one run by the definition of the convolution; kernels that need fewer may exceed the peak.</param>
/// <param name="Time">Of one run, median.</param>
/// <param name="PeakGflopPerSecond">Of the core, measured in the same run of the program.</param>
public sealed record KernelTiming(
    NetworkVariant Variant, string Layer, int Count, VolumeShape Extent, KernelPass Pass, double Flops, RunTime Time, double PeakGflopPerSecond)
{
    /// <summary>By time of the processor.</summary>
    public double GflopPerSecond => Flops / Time.ProcessorMs / 1e6;

    public double FractionOfPeak => GflopPerSecond / PeakGflopPerSecond;
}
