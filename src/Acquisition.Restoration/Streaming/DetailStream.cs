using Acquisition.Core;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Threading;

namespace Acquisition.Restoration.Streaming;

/// <summary>The one place that chooses how a network follows a volume that comes plane by plane.</summary>
internal static class DetailStream
{
    /// <param name="shape">Extent of the coarse volume.</param>
    /// <param name="team">Threads that may be used while a call runs.</param>
    /// <param name="receiver">Is given each fine plane of detail once, in order.</param>
    public static IDetailStream Open(
        NetworkVariant variant, TunedStage stage, INetworkBackend backend, VolumeShape shape, RestorationOptions options, WorkTeam team,
        PlaneReceiver receiver) =>
        backend.TryOpenStream(variant, stage, shape, options, team, receiver)
        ?? new WholeVolumeDetail(variant, stage, backend, shape, options, receiver);
}
