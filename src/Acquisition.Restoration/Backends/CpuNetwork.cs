using Acquisition.Restoration.Inference;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Backends;

/// <summary>A network on the processor.</summary>
internal sealed class CpuNetwork(NetworkLayout layout, KernelSet kernels, int planes) : INetwork
{
    private readonly CompiledNetwork _network = new(layout, kernels, planes);
    private NetworkInference? _inference;
    private RestorationOptions? _options;

    public NetworkLayout Layout => _network.Layout;

    public void Load(ReadOnlySpan<float> stored) => _network.Load(stored);

    public void Enlarge(FloatVolume volume, FloatVolume destination, bool ensemble, RestorationOptions options, CancellationToken cancellation)
    {
        // Judging comes now and then; its activations are not kept meanwhile.
        using var inference = new NetworkInference(_network, options);
        inference.Enlarge(volume, destination, ensemble, cancellation);
    }

    public void Detail(FloatVolume volume, FloatVolume destination, RestorationOptions options, CancellationToken cancellation)
    {
        if (_options != options)
        {
            _inference?.Dispose();
            _inference = new NetworkInference(_network, options);
            _options = options;
        }
        for (int z = 0; z < destination.Shape.Z; z++) destination.Plane(z).Clear();
        _inference!.AddDetail(volume, destination, options.Ensemble, cancellation);
    }

    public void Dispose()
    {
        _inference?.Dispose();
        _network.Dispose();
    }
}
