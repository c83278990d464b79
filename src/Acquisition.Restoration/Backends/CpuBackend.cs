using Acquisition.Core;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Streaming;
using Acquisition.Restoration.Threading;
using Acquisition.Restoration.Training;

namespace Acquisition.Restoration.Backends;

/// <summary>The processor, with this assembly's own kernels. The bits do not depend on the number of threads.</summary>
internal sealed class CpuBackend(KernelSet kernels) : INetworkBackend
{
    public string Name => $"processor ({kernels.Name})";

    public INetwork Open(NetworkLayout layout, int planes) => new CpuNetwork(layout, kernels, planes);

    public IBatchGradient OpenGradient(NetworkLayout layout, int planes, TrainingSet set, int threads, ThreadBudget budget) =>
        new CpuGradient(new CompiledNetwork(layout, kernels, planes), set, threads, budget);

    public IDetailStream? TryOpenStream(
        NetworkVariant variant, TunedStage stage, VolumeShape shape, RestorationOptions options, WorkTeam team, PlaneReceiver receiver) =>
        StreamedDetail.TryOpen(variant, stage, kernels, shape, options, team, receiver);
}
