using Acquisition.Core;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Streaming;

/// <summary>Collects a volume and applies the network to it when it is complete. Holds the volume on both grids.</summary>
internal sealed class WholeVolumeDetail : IDetailStream
{
    private readonly INetwork _network;
    private readonly RestorationOptions _options;
    private readonly PlaneReceiver _receiver;
    private readonly FloatVolume _input;
    private readonly FloatVolume _detail;
    private int _planes;

    public WholeVolumeDetail(
        NetworkVariant variant, TunedStage stage, INetworkBackend backend, VolumeShape shape, RestorationOptions options, PlaneReceiver receiver)
    {
        _network = backend.Open(new NetworkLayout(variant, stage.Factors), shape.Z);
        _network.Load(stage.Weights.AsSpan());
        _options = options;
        _receiver = receiver;
        _input = new FloatVolume(shape);
        _detail = new FloatVolume(shape.Times(stage.Factors));
    }

    public static long Bytes(VolumeShape coarse, VolumeShape fine) => checked(sizeof(float) * (coarse.Voxels + fine.Voxels));

    public void Push(ReadOnlySpan<float> plane, bool nextAtHand, CancellationToken cancellation)
    {
        plane.CopyTo(_input.Plane(_planes++));
        if (_planes < _input.Shape.Z) return;
        _network.Detail(_input, _detail, _options, cancellation);
        for (int z = 0; z < _detail.Shape.Z; z++) _receiver(z, _detail.Plane(z));
    }

    public void Reset() => _planes = 0;

    public void Dispose()
    {
        _detail.Dispose();
        _input.Dispose();
        _network.Dispose();
    }
}
