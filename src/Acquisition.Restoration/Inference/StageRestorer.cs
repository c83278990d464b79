using Acquisition.Core;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Inference;

/// <summary>Restores a volume by one stage: enlarged by cubic interpolation or a network, then projected back.</summary>
internal static class StageRestorer
{
    /// <returns>Root mean square of (input − destination shrunk).</returns>
    public static double Project(
        FloatVolume input, Factors factors, float floor, RestorationOptions options, FloatVolume destination,
        CancellationToken cancellation)
    {
        Resampling.Enlarge(input, factors, destination, options.Threads, cancellation);
        return BackProjection.Refine(input, destination, factors, options.BackProjections, floor, options.Threads, cancellation);
    }

    /// <summary>Mixes the network's restoration and the one without by <see cref="RestorationOptions.DetailGain"/>.</summary>
    /// <returns>Root mean square of (input − destination shrunk).</returns>
    public static double Restore(
        NetworkVariant variant, TunedStage stage, KernelSet kernels, FloatVolume input, float floor,
        RestorationOptions options, FloatVolume destination, CancellationToken cancellation)
    {
        Factors factors = stage.Factors;
        if (options.DetailGain == 0) return Project(input, factors, floor, options, destination, cancellation);

        using (var network = new CompiledNetwork(new NetworkLayout(variant, factors), kernels, input.Shape.Z))
        using (var inference = new NetworkInference(network, options))
        {
            network.Load(stage.Weights.AsSpan());
            inference.Enlarge(input, destination, options.Ensemble, cancellation);
        }
        double residual = BackProjection.Refine(
            input, destination, factors, options.BackProjections, floor, options.Threads, cancellation);
        if (options.DetailGain == 1) return residual;

        using var projected = new FloatVolume(destination.Shape);
        Project(input, factors, floor, options, projected, cancellation);
        float gain = (float)options.DetailGain;
        for (int z = 0; z < destination.Shape.Z; z++)
        {
            Span<float> mixed = destination.Plane(z), plain = projected.Plane(z);
            for (int i = 0; i < mixed.Length; i++) mixed[i] = plain[i] + gain * (mixed[i] - plain[i]);
        }
        return BackProjection.Refine(input, destination, factors, 0, floor, options.Threads, cancellation);
    }
}
