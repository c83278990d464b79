using Acquisition.Core;
using Acquisition.Restoration.Inference;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Sampling;
using Acquisition.Restoration.Threading;

namespace Acquisition.Restoration.Streaming;

/// <summary>Collects a volume and applies the network to it when it is complete. Holds the volume on both grids and one fine plane.</summary>
internal sealed unsafe class WholeVolumeDetail : IDetailStream
{
    private readonly CompiledNetwork _network;
    private readonly NetworkInference _inference;
    private readonly bool _ensemble;
    private readonly PlaneReceiver _receiver;
    private readonly FloatVolume _input;
    private readonly FloatVolume _enlarged;
    private readonly CubicEnlarger _cubic;
    private readonly PlaneRing _plane;
    private int _planes;

    public WholeVolumeDetail(
        NetworkVariant variant, TunedStage stage, KernelSet kernels, VolumeShape shape, RestorationOptions options, WorkTeam team,
        PlaneReceiver receiver)
    {
        _network = new CompiledNetwork(new NetworkLayout(variant, stage.Factors), kernels, shape.Z);
        _network.Load(stage.Weights.AsSpan());
        _inference = new NetworkInference(_network, options);
        _ensemble = options.Ensemble;
        _receiver = receiver;
        _input = new FloatVolume(shape);
        _enlarged = new FloatVolume(shape.Times(stage.Factors));
        _cubic = new CubicEnlarger(_input, _enlarged.Shape, stage.Factors, team);
        _plane = new PlaneRing(1, _enlarged.Shape.PlaneVoxels);
    }

    public static long Bytes(VolumeShape coarse, VolumeShape fine) => checked(sizeof(float) * (coarse.Voxels + fine.Voxels + fine.PlaneVoxels));

    public void Push(ReadOnlySpan<float> plane, CancellationToken cancellation) => plane.CopyTo(_input.Plane(_planes++));

    public void Complete(CancellationToken cancellation)
    {
        _inference.Enlarge(_input, _enlarged, _ensemble, cancellation);
        for (int z = 0; z < _enlarged.Shape.Z; z++)
        {
            _cubic.Enlarge(z, _plane.Plane(0), detail: null);
            RowFilter.SubtractFrom(_enlarged.Row(z, 0), _plane.Plane(0), _enlarged.Shape.PlaneVoxels);
            _receiver(z, new ReadOnlySpan<float>(_plane.Plane(0), _enlarged.Shape.PlaneVoxels));
        }
    }

    public void Reset() => _planes = 0;

    public void Dispose()
    {
        _plane.Dispose();
        _cubic.Dispose();
        _enlarged.Dispose();
        _input.Dispose();
        _inference.Dispose();
        _network.Dispose();
    }
}
