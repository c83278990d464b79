using Acquisition.Restoration;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Network;
using Acquisition.Torch.Tiling;
using static TorchSharp.torch;

namespace Acquisition.Torch;

/// <summary>A network that libtorch applies to whole volumes.</summary>
internal sealed class TorchNetwork : INetwork
{
    /// <summary>Where one index reaches all samples of a tile's maps.</summary>
    private const long MostVoxels = 1 << 25;

    private readonly Device _device;
    private readonly TorchTiles _tiles;
    private readonly TiledDetail _tiled;
    private bool? _keepsInHalf;

    public TorchNetwork(NetworkLayout layout, Device device)
    {
        (Layout, _device) = (layout, device);
        _tiles = new TorchTiles(layout, device);
        _tiled = new TiledDetail(_tiles, layout.Factors, layout.Radius);
    }

    public NetworkLayout Layout { get; }

    public void Load(ReadOnlySpan<float> stored)
    {
        _tiles.Load(stored);
        _keepsInHalf = null;
    }

    public void Enlarge(FloatVolume volume, FloatVolume destination, bool ensemble, RestorationOptions options, CancellationToken cancellation)
    {
        Resampling.Enlarge(volume, Layout.Factors, destination, options.Threads, cancellation);
        Add(volume, destination, ensemble, isHalf: false, options, cancellation);
    }

    public void Detail(FloatVolume volume, FloatVolume destination, RestorationOptions options, CancellationToken cancellation)
    {
        for (int z = 0; z < destination.Shape.Z; z++) destination.Plane(z).Clear();
        // A processor gains nothing by it.
        if (_device.type == TorchSharp.DeviceType.CUDA) _keepsInHalf ??= HalfPrecision.Keeps(_tiles, volume);
        Add(volume, destination, options.Ensemble, _keepsInHalf ?? false, options, cancellation);
    }

    public void Dispose() => _tiles.Dispose();

    private void Add(FloatVolume volume, FloatVolume destination, bool ensemble, bool isHalf, RestorationOptions options, CancellationToken cancellation)
    {
        TorchThreads.Use(options.Threads);
        long budget = _device.type == TorchSharp.DeviceType.CUDA ? DeviceMemory.Budget(_device) : options.ActivationBudgetBytes;
        _tiled.Add(volume, destination, Math.Min(MostVoxels, budget / BytesPerVoxel), ensemble, options.FlipZ, isHalf, cancellation);
    }

    /// <summary>Three maps of the widest layer at a time: what goes in, what comes out and what libraries make of either. Then phases, their sum and a copy.</summary>
    private long BytesPerVoxel => sizeof(float) * (3L * Layout.Layers.Max(layer => layer.Stored.Out) + 3 * Layout.Factors.Product);
}
