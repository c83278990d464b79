using Acquisition.Core;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Inference;

/// <summary>A network that does to a volume what another does to the turned volume, turned back: its kernels are turned instead.</summary>
internal static class TurnedParameters
{
    public static float[] Of(NetworkLayout layout, ReadOnlySpan<float> parameters, Orientation orientation)
    {
        float[] turned = parameters.ToArray();
        if (orientation.IsIdentity) return turned;
        foreach (Layer layer in layout.Layers)
        {
            ConvShape shape = layer.Stored;
            int k = shape.Kernel;
            bool isShuffled = layer == layout.Layers[^1] && !layout.HasPhaseTail;
            for (int co = 0; co < shape.Out; co++)
            {
                // The phases of a coarse voxel turn with it.
                Factors factors = layout.Factors;
                int to = !isShuffled ? co : Turn(
                    orientation, co / (factors.Y * factors.X), co / factors.X % factors.Y, co % factors.X, factors.Z, factors.Y, factors.X);
                turned[layer.StoredBiasAt + to] = parameters[layer.StoredBiasAt + co];
                for (int ci = 0; ci < shape.InPerGroup; ci++)
                {
                    ReadOnlySpan<float> taps = parameters.Slice(layer.StoredAt + (co * shape.InPerGroup + ci) * shape.Taps, shape.Taps);
                    Span<float> turnedTaps = turned.AsSpan(layer.StoredAt + (to * shape.InPerGroup + ci) * shape.Taps, shape.Taps);
                    for (int t = 0; t < shape.Taps; t++)
                        turnedTaps[Turn(orientation, t / (k * k), t / k % k, t % k, k, k, k)] = taps[t];
                }
            }
        }
        return turned;
    }

    /// <summary>Where a sample of the turned box lies in the original one, as an index.</summary>
    private static int Turn(Orientation orientation, int z, int y, int x, int depth, int height, int width)
    {
        // A box whose edges differ is only ever turned by half.
        var (start, step) = orientation.Row(new VolumeShape(depth, height, width), z, y);
        return (int)(start + x * step);
    }
}
