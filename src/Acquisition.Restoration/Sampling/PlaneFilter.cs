using Acquisition.Core;

namespace Acquisition.Restoration.Sampling;

/// <summary>Cubic resampling of some rows of one plane. Axes go z, x, y when enlarging and y, x, z when shrinking: most of the work
/// is then done on the coarse grid, and what is summed over z is small.</summary>
internal static unsafe class PlaneFilter
{
    private const int Taps = 4;

    /// <summary>The planes that a fine plane is enlarged from, as indices of an axis without borders.</summary>
    public static ReadOnlySpan<float> EnlargingWeights(int fineZ, int factor, out int firstCoarse)
    {
        CubicTaps taps = CubicTaps.Enlarging(factor);
        int phase = fineZ % factor;
        firstCoarse = fineZ / factor + taps.First(phase);
        return taps.Weights(phase);
    }

    /// <summary>Enlarges rows <paramref name="first"/> to <paramref name="end"/> of one fine plane.</summary>
    /// <param name="planes">Four coarse planes, or the one that lies where the fine plane does.</param>
    /// <param name="zWeights">Their weights; none for one plane.</param>
    /// <param name="adds">Whether the plane becomes max(floor, plane + enlarged) instead of the enlarged.</param>
    /// <param name="plane">The whole fine plane.</param>
    /// <param name="scratch">At least <see cref="EnlargingScratch"/> floats.</param>
    public static void EnlargeRows(
        ReadOnlySpan<nint> planes, ReadOnlySpan<float> zWeights, VolumeShape coarse, VolumeShape fine, Factors factors,
        int first, int end, bool adds, float floor, float* plane, float* scratch)
    {
        float* sum = scratch + Taps * fine.X, along = sum + coarse.X;
        CubicTaps taps = CubicTaps.Enlarging(factors.Y);
        Span<int> held = [int.MinValue, int.MinValue, int.MinValue, int.MinValue];
        Span<nint> rows = stackalloc nint[Taps];
        for (int y = first; y < end; y++)
        {
            float* to = plane + (nint)y * fine.X;
            if (factors.Y == 1)
            {
                if (!adds)
                {
                    Widen(planes, zWeights, y, coarse.X, fine.X, factors.X, sum, along, to);
                    continue;
                }
                Widen(planes, zWeights, y, coarse.X, fine.X, factors.X, sum, along, scratch);
                RowFilter.Add(scratch, floor, to, fine.X);
                continue;
            }
            int phase = y % factors.Y, from = y / factors.Y + taps.First(phase);
            for (int t = 0; t < Taps; t++)
            {
                int at = from + t, slot = at & (Taps - 1);
                float* row = scratch + (nint)slot * fine.X;
                rows[t] = (nint)row;
                if (held[slot] == at) continue;
                Widen(planes, zWeights, CubicTaps.Mirror(at, coarse.Y), coarse.X, fine.X, factors.X, sum, along, row);
                held[slot] = at;
            }
            if (adds) RowFilter.AddSum(rows, taps.Weights(phase), floor, to, fine.X);
            else RowFilter.Sum(rows, taps.Weights(phase), to, fine.X);
        }
    }

    /// <summary>Floats that enlarging needs for intermediate rows.</summary>
    public static int EnlargingScratch(VolumeShape coarse, VolumeShape fine, Factors factors) =>
        checked(Taps * fine.X + coarse.X + RowFilter.ScratchLength(coarse.X, factors.X));

    /// <summary>Shrinks in the plane, to rows <paramref name="first"/> to <paramref name="end"/>.</summary>
    /// <param name="plane">The whole fine plane.</param>
    /// <param name="shrunk">The whole plane of the coarse extent.</param>
    /// <param name="scratch">At least <see cref="ShrinkingScratch"/> floats.</param>
    public static void ShrinkRows(
        float* plane, VolumeShape fine, VolumeShape coarse, Factors factors, int first, int end, float* shrunk, float* scratch)
    {
        CubicTaps taps = CubicTaps.Shrinking(factors.Y);
        ReadOnlySpan<float> weights = taps.Weights(0);
        Span<nint> rows = stackalloc nint[RowFilter.MaxTaps];
        for (int y = first; y < end; y++)
        {
            float* row = plane + (nint)y * fine.X, to = shrunk + (nint)y * coarse.X;
            if (factors.Y > 1)
            {
                for (int t = 0; t < weights.Length; t++)
                    rows[t] = (nint)(plane + (nint)CubicTaps.Mirror(y * factors.Y + taps.First(0) + t, fine.Y) * fine.X);
                row = factors.X > 1 ? scratch : to;
                RowFilter.Sum(rows[..weights.Length], weights, row, fine.X);
            }
            if (factors.X > 1) RowFilter.ShrinkRow(row, fine.X, factors.X, to, coarse.X, scratch + fine.X);
            else if (row != to) new ReadOnlySpan<float>(row, coarse.X).CopyTo(new Span<float>(to, coarse.X));
        }
    }

    /// <summary>Floats that shrinking needs for intermediate rows.</summary>
    public static int ShrinkingScratch(VolumeShape coarse, VolumeShape fine, Factors factors) =>
        checked(fine.X + RowFilter.ScratchLength(coarse.X, factors.X));

    /// <summary>One coarse row, summed over z and enlarged along x.</summary>
    private static void Widen(
        ReadOnlySpan<nint> planes, ReadOnlySpan<float> zWeights, int y, int coarseX, int fineX, int factor,
        float* sum, float* scratch, float* row)
    {
        nint at = (nint)y * coarseX * sizeof(float);
        float* from = (float*)(planes[0] + at);
        if (planes.Length > 1)
        {
            ReadOnlySpan<nint> rows = [planes[0] + at, planes[1] + at, planes[2] + at, planes[3] + at];
            from = factor > 1 ? sum : row;
            RowFilter.Sum(rows, zWeights, from, coarseX);
        }
        if (factor > 1) RowFilter.EnlargeRow(from, coarseX, factor, row, fineX, scratch);
        else if (from != row) new ReadOnlySpan<float>(from, fineX).CopyTo(new Span<float>(row, fineX));
    }
}
