using Acquisition.Core;
using Acquisition.Restoration.Inference;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Streaming;

/// <summary>Collects a volume and applies the network to it when it is complete. Holds the volume on both grids.</summary>
internal sealed class WholeVolumeDetail : IDetailStream
{
    private readonly CompiledNetwork _network;
    private readonly NetworkInference _inference;
    private readonly bool _ensemble;
    private readonly PlaneReceiver _receiver;
    private readonly FloatVolume _input;
    private readonly FloatVolume _detail;
    private int _planes;

    public WholeVolumeDetail(
        NetworkVariant variant, TunedStage stage, KernelSet kernels, VolumeShape shape, RestorationOptions options, PlaneReceiver receiver)
    {
        _network = new CompiledNetwork(new NetworkLayout(variant, stage.Factors), kernels, shape.Z);
        _network.Load(stage.Weights.AsSpan());
        _inference = new NetworkInference(_network, options);
        _ensemble = options.Ensemble;
        _receiver = receiver;
        _input = new FloatVolume(shape);
        _detail = new FloatVolume(shape.Times(stage.Factors));
    }

    public static long Bytes(VolumeShape coarse, VolumeShape fine) => checked(sizeof(float) * (coarse.Voxels + fine.Voxels));

    public void Push(ReadOnlySpan<float> plane, bool nextAtHand, CancellationToken cancellation)
    {
        plane.CopyTo(_input.Plane(_planes++));
        if (_planes < _input.Shape.Z) return;
        for (int z = 0; z < _detail.Shape.Z; z++) _detail.Plane(z).Clear();
        _inference.AddDetail(_input, _detail, _ensemble, cancellation);
        for (int z = 0; z < _detail.Shape.Z; z++) _receiver(z, _detail.Plane(z));
    }

    public void Reset() => _planes = 0;

    public void Dispose()
    {
        _detail.Dispose();
        _input.Dispose();
        _inference.Dispose();
        _network.Dispose();
    }
}
