using Acquisition.Restoration.Inference;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Training;

/// <summary>How much of a network's detail to trust on the acquired grid, where no truth exists.</summary>
/// <remarks>A network learns on the shrunk volume, which is smoother than the acquired one, and may add too much detail to the latter
/// or too little. The part of its detail that shrinking keeps can be checked: cubic interpolation c of the acquired x misses
/// x − D(c), and the network adds D(net) − D(c). The least-squares factor between the two is the gain; for a network that
/// transfers perfectly it is 1. The model's notes keep it.</remarks>
internal static class TransferGain
{
    /// <summary>Beyond this, detail is more likely to be noise than missing.</summary>
    private const double Max = 1.25;

    /// <summary>0 where the detail contradicts what was acquired. Holds one volume of the fine and two of the acquired grid.</summary>
    public static double Measure(
        CompiledNetwork network, ReadOnlySpan<float> parameters, FloatVolume acquired, RestorationOptions options,
        CancellationToken cancellation)
    {
        var factors = network.Layout.Factors;
        using var fine = new FloatVolume(acquired.Shape.Times(factors));
        using FloatVolume cubic = new(acquired.Shape), restored = new(acquired.Shape);
        Resampling.Enlarge(acquired, factors, fine, options.Threads, cancellation);
        Resampling.Shrink(fine, factors, cubic, options.Threads, cancellation);
        network.Load(parameters);
        using (var inference = new NetworkInference(network, options))
            inference.Enlarge(acquired, fine, options.Ensemble, cancellation);
        Resampling.Shrink(fine, factors, restored, options.Threads, cancellation);

        double product = 0, square = 0;
        for (int z = 0; z < acquired.Shape.Z; z++)
        {
            Span<float> x = acquired.Plane(z), c = cubic.Plane(z), r = restored.Plane(z);
            for (int i = 0; i < x.Length; i++)
            {
                double missing = (double)x[i] - c[i], added = (double)r[i] - c[i];
                product += missing * added;
                square += added * added;
            }
        }
        return square > 0 ? Math.Clamp(product / square, 0, Max) : 0;
    }

    /// <summary>Multiplies the network's detail: the last layer is linear.</summary>
    public static void Apply(NetworkLayout layout, Span<float> parameters, double gain)
    {
        foreach (ref float parameter in parameters[layout.Layers[^1].StoredAt..]) parameter *= (float)gain;
    }
}
