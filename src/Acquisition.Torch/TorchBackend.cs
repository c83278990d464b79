using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Streaming;
using Acquisition.Restoration.Threading;
using Acquisition.Restoration.Training;
using static TorchSharp.torch;

namespace Acquisition.Torch;

/// <summary>Networks computed by libtorch.</summary>
internal sealed class TorchBackend : INetworkBackend
{
    private readonly Device _device;

    public TorchBackend(string device)
    {
        _device = TorchDevice.Open(device);
        Name = $"libtorch {__version__} on {device}";
    }

    public string Name { get; }

    public INetwork Open(NetworkLayout layout, int planes) => DeviceException.Guard(() => new TorchNetwork(layout, _device));

    public IBatchGradient OpenGradient(NetworkLayout layout, int planes, TrainingSet set, int threads, ThreadBudget budget) =>
        DeviceException.Guard(() => new TorchGradient(layout, set, _device, threads, budget));

    /// <summary>Many operators on few planes would cost more than they save: volumes are computed when they are complete.</summary>
    public IDetailStream? TryOpenStream(
        NetworkVariant variant, TunedStage stage, VolumeShape shape, RestorationOptions options, WorkTeam team, PlaneReceiver receiver) => null;
}
