using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Streaming;
using Acquisition.Restoration.Threading;

namespace Acquisition.Restoration.Inference;

/// <summary>Restores a whole volume by one stage: enlarged by a network, then projected back.</summary>
internal static class StageRestorer
{
    /// <summary>Mixes the network's restoration and the one without by <see cref="RestorationOptions.DetailGain"/>.</summary>
    /// <returns>Root mean square of (input − destination shrunk).</returns>
    public static double Restore(
        NetworkVariant variant, TunedStage stage, INetworkBackend backend, FloatVolume input, float floor,
        RestorationOptions options, FloatVolume destination, CancellationToken cancellation)
    {
        using var team = new WorkTeam(options.Threads);
        using var stream = new StageStream(
            input, stage.Factors, variant, stage, backend, floor, options, team, destination, static (_, _) => { });
        for (int z = 0; z < input.Shape.Z; z++) stream.Advance(nextAtHand: z + 1 < input.Shape.Z, cancellation);
        return stream.ResidualRms;
    }
}
