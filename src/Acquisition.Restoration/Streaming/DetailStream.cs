using Acquisition.Core;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Sampling;

namespace Acquisition.Restoration.Streaming;

/// <summary>The one place that chooses how a network follows a volume that comes plane by plane.</summary>
internal static class DetailStream
{
    /// <param name="shape">Extent of the coarse volume.</param>
    /// <param name="crew">Threads that may be used while a call runs.</param>
    /// <param name="receiver">Is given each fine plane of detail once, in order.</param>
    public static IDetailStream Open(
        NetworkVariant variant, TunedStage stage, IConvKernels kernels, VolumeShape shape, RestorationOptions options, Crew crew,
        PlaneReceiver receiver) => new WholeVolumeDetail(variant, stage, kernels, shape, options, crew, receiver);
}
