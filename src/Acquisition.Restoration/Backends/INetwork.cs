using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Backends;

/// <summary>A network that is applied to whole volumes. One thread at a time.</summary>
/// <remarks>Both ways to apply it overwrite their destination, so whoever meets a failure can repeat them.</remarks>
internal interface INetwork : IDisposable
{
    NetworkLayout Layout { get; }

    /// <summary>Takes new parameters, as stored.</summary>
    void Load(ReadOnlySpan<float> stored);

    /// <summary>Cubic enlargement plus the network's detail, for judging: always in full precision.</summary>
    /// <param name="ensemble">Whether the detail is averaged over orientations, whatever <paramref name="options"/> say.</param>
    void Enlarge(FloatVolume volume, FloatVolume destination, bool ensemble, RestorationOptions options, CancellationToken cancellation);

    /// <summary>The network's detail alone, averaged over orientations as <paramref name="options"/> say.</summary>
    void Detail(FloatVolume volume, FloatVolume destination, RestorationOptions options, CancellationToken cancellation);
}
