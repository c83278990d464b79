using Acquisition.Core;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>One pass of one layer on one core.</summary>
/// <param name="Layer">Channels, kernel and groups, such as "6 → 6, 3³, 3 groups".</param>
/// <param name="Count">How many layers of the network have this shape.</param>
/// <param name="Form">How it is computed, such as "direct".</param>
/// <param name="IsUsed">Whether the engine computes it so; otherwise measured for comparison.</param>
/// <param name="Extent">Of the feature maps.</param>
/// <param name="Flops">Operations of one run by the definition of the convolution.</param>
/// <param name="DoneFlops">Operations of one run that the form does, or fewer; transforms do not count.</param>
/// <param name="Time">Of one run, median.</param>
/// <param name="PeakGflopPerSecond">Of the core, measured in the same run of the program.</param>
public sealed record KernelTiming(
    NetworkVariant Variant, string Layer, int Count, string Form, bool IsUsed, VolumeShape Extent, KernelPass Pass, double Flops,
    double DoneFlops, RunTime Time, double PeakGflopPerSecond)
{
    /// <summary>What the definition asks for, by time of the processor. A form that needs less may exceed the peak.</summary>
    public double GflopPerSecond => Flops / Time.ProcessorMs / 1e6;

    /// <summary>Of what is really done.</summary>
    public double FractionOfPeak => DoneFlops / Time.ProcessorMs / 1e6 / PeakGflopPerSecond;
}
