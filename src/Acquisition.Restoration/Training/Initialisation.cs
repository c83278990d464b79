using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Training;

/// <summary>Where training starts: He-normal weights, no bias, slopes of 0.25, and a last layer so small that the network begins as
/// cubic interpolation.</summary>
/// <remarks>He et al. 2015, eq. 15. PyTorch's default initialisation stays on a plateau for hundreds of steps here.</remarks>
internal static class Initialisation
{
    private const float Slope = 0.25f;
    private const double LastDeviation = 1e-3;

    /// <param name="depth">Coarse planes of a crop: taps that always lie outside do not count as inputs.</param>
    public static float[] Draw(NetworkLayout layout, int depth, Random random)
    {
        var parameters = new float[layout.StoredCount];
        foreach (Layer layer in layout.Layers)
        {
            ConvShape conv = layer.Stored;
            int tapsInZ = Math.Min(conv.Kernel, 2 * depth - 1);
            double inputs = (double)conv.InPerGroup * conv.Kernel * conv.Kernel * tapsInZ;
            double deviation = layer.HasSlopes ? Math.Sqrt(2 / ((1 + Slope * Slope) * inputs)) : LastDeviation;
            for (int i = 0; i < conv.WeightCount; i++) parameters[layer.StoredAt + i] = (float)(deviation * Normal(random));
            if (layer.HasSlopes) parameters.AsSpan(layer.StoredSlopeAt, conv.Out).Fill(Slope);
        }
        return parameters;
    }

    /// <summary>Box–Muller.</summary>
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
