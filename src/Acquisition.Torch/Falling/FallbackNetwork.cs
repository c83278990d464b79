using Acquisition.Restoration;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Network;

namespace Acquisition.Torch.Falling;

/// <summary>A network that the reserve applies once the first backend is lost, with the same parameters.</summary>
internal sealed class FallbackNetwork(FallbackBackend backend, NetworkLayout layout, Func<INetworkBackend, INetwork> open) : INetwork
{
    private readonly float[] _stored = new float[layout.StoredCount];
    private INetwork? _current;
    private bool _isReserve;
    private INetwork? _loaded;

    public NetworkLayout Layout => layout;

    public void Load(ReadOnlySpan<float> stored)
    {
        stored[.._stored.Length].CopyTo(_stored);
        _loaded = null;
    }

    public void Enlarge(FloatVolume volume, FloatVolume destination, bool ensemble, RestorationOptions options, CancellationToken cancellation) =>
        Run(network => network.Enlarge(volume, destination, ensemble, options, cancellation));

    public void Detail(FloatVolume volume, FloatVolume destination, RestorationOptions options, CancellationToken cancellation) =>
        Run(network => network.Detail(volume, destination, options, cancellation));

    public void Dispose() => _current?.Dispose();

    private void Run(Action<INetwork> work) => backend.Run(ref _current, ref _isReserve, open, network =>
    {
        if (_loaded != network) network.Load(_stored);
        _loaded = network;
        work(network);
        return 0;
    });
}
