using Acquisition.Core;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Streaming;
using Acquisition.Restoration.Threading;
using Acquisition.Restoration.Training;

namespace Acquisition.Restoration.Backends;

/// <summary>What computes networks. All that Self-Vision does around them (crops, held-out blocks, copies between grids, the choice of
/// weights, Adam, back-projection, gauges) is the same for every backend.</summary>
internal interface INetworkBackend
{
    /// <summary>For people.</summary>
    string Name { get; }

    /// <param name="planes">Of the volumes it is applied to. May decide the last bits.</param>
    INetwork Open(NetworkLayout layout, int planes);

    /// <summary>Prepares training on crops of one volume.</summary>
    /// <param name="planes">Of the network's input, as for <see cref="Open"/>.</param>
    /// <param name="budget">Threads that may work now, of <paramref name="threads"/>.</param>
    IBatchGradient OpenGradient(NetworkLayout layout, int planes, TrainingSet set, int threads, ThreadBudget budget);

    /// <summary>Opens a stream whose detail follows the planes as they come.</summary>
    /// <returns><see langword="null"/> where the network can, or should, only be applied to whole volumes.</returns>
    IDetailStream? TryOpenStream(
        NetworkVariant variant, TunedStage stage, VolumeShape shape, RestorationOptions options, WorkTeam team, PlaneReceiver receiver);
}
