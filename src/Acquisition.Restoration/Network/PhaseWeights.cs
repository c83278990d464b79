namespace Acquisition.Restoration.Network;

/// <summary>Turns "enlarge by repeating, then convolve 3³ to one channel" into one 3³ convolution per phase of the fine grid, and
/// gradients back. Exact at the borders too: both pad with zeros.</summary>
/// <remarks>Along an axis with factor 2, a fine tap −1, 0, +1 of phase 0 falls on the coarse voxel at −1, 0, 0, of phase 1 at
/// 0, 0, +1. With factor 1 the taps stay where they are. Phases are ordered as the voxel shuffle reads them: (z, y, x), x fastest.</remarks>
internal static class PhaseWeights
{
    private const int Edge = 3;
    private const int Taps = Edge * Edge * Edge;

    /// <param name="fine">[in][3][3][3].</param>
    /// <param name="phases">Receives [phase][in][3][3][3].</param>
    public static void Expand(NetworkLayout layout, ReadOnlySpan<float> fine, Span<float> phases)
    {
        phases.Clear();
        int channels = fine.Length / Taps;
        for (int phase = 0; phase < layout.Factors.Product; phase++)
        {
            for (int tap = 0; tap < Taps; tap++)
            {
                int coarse = CoarseTap(layout, phase, tap);
                for (int c = 0; c < channels; c++)
                    phases[(phase * channels + c) * Taps + coarse] += fine[c * Taps + tap];
            }
        }
    }

    /// <summary>The adjoint of <see cref="Expand"/>: gradients of the phases' weights become those of the fine kernel.</summary>
    public static void Reduce(NetworkLayout layout, ReadOnlySpan<float> phases, Span<float> fine)
    {
        fine.Clear();
        int channels = fine.Length / Taps;
        for (int phase = 0; phase < layout.Factors.Product; phase++)
        {
            for (int tap = 0; tap < Taps; tap++)
            {
                int coarse = CoarseTap(layout, phase, tap);
                for (int c = 0; c < channels; c++)
                    fine[c * Taps + tap] += phases[(phase * channels + c) * Taps + coarse];
            }
        }
    }

    private static int CoarseTap(NetworkLayout layout, int phase, int tap)
    {
        var factors = layout.Factors;
        int z = OnAxis(factors.Z, phase / (factors.Y * factors.X), tap / (Edge * Edge));
        int y = OnAxis(factors.Y, phase / factors.X % factors.Y, tap / Edge % Edge);
        int x = OnAxis(factors.X, phase % factors.X, tap % Edge);
        return (z * Edge + y) * Edge + x;

        // Fine offset (phase + tap − 1) divided by the factor, rounded down, as a tap again.
        static int OnAxis(int factor, int phase, int tap) => factor == 1 ? tap : ((phase + tap - 1) >> 1) + 1;
    }
}
