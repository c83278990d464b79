using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Acquisition.Restoration.Sampling;

/// <summary>Weighted sums of rows and the filters along a row that are built from them.</summary>
/// <remarks>Products and sums are rounded one by one, so vector and scalar parts, any width and any number of threads agree bit for bit.</remarks>
internal static unsafe class RowFilter
{
    /// <summary>Floats that must be readable and writable beyond the ends of a row given to the filters along it.</summary>
    public const int Margin = 16;

    /// <summary>output[i] = Σ weights[k] · rows[k][i]. The output may be one of the rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum(ReadOnlySpan<nint> rows, ReadOnlySpan<float> weights, float* output, int length)
    {
        int i = 0;
        // Every row holds `length` samples, so i + 8 <= length bounds each load and the store.
        for (; i <= length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<float> sum = Vector256.Load((float*)rows[0] + i) * weights[0];
            for (int k = 1; k < weights.Length; k++) sum += Vector256.Load((float*)rows[k] + i) * weights[k];
            sum.Store(output + i);
        }
        for (; i < length; i++)
        {
            float sum = ((float*)rows[0])[i] * weights[0];
            for (int k = 1; k < weights.Length; k++) sum += ((float*)rows[k])[i] * weights[k];
            output[i] = sum;
        }
    }

    /// <summary>Shrinks one row.</summary>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats.</param>
    public static void ShrinkRow(float* row, int length, int factor, float* output, int outputLength, float* scratch)
    {
        CubicTaps taps = CubicTaps.Shrinking(factor);
        ReadOnlySpan<float> weights = taps.Weights(0);
        // Samples of equal phase side by side, so that neighbouring outputs read neighbouring samples.
        int lane = outputLength + weights.Length / factor;
        int first = taps.First(0), lastInside = length - 1;
        for (int r = 0; r < factor; r++)
        {
            float* to = scratch + (nint)r * lane;
            for (int i = 0; i < lane; i++)
            {
                int at = first + r + i * factor;
                to[i] = row[(uint)at <= (uint)lastInside ? at : CubicTaps.Mirror(at, length)];
            }
        }
        Span<nint> rows = stackalloc nint[weights.Length];
        for (int t = 0; t < rows.Length; t++) rows[t] = (nint)(scratch + (nint)(t % factor) * lane + t / factor);
        Sum(rows, weights, output, outputLength);
    }

    /// <summary>Enlarges one row to <paramref name="outputLength"/> samples, at most factor times as many.</summary>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats.</param>
    public static void EnlargeRow(float* row, int length, int factor, float* output, int outputLength, float* scratch)
    {
        CubicTaps taps = CubicTaps.Enlarging(factor);
        const int reach = 2; // No tap lies farther from its coarse sample.
        float* padded = scratch + reach;
        for (int i = -reach; i < length + reach; i++) padded[i] = row[CubicTaps.Mirror(i, length)];
        float* fine = scratch + length + 2 * reach;
        Span<nint> rows = stackalloc nint[4];
        for (int phase = 0; phase < factor; phase++)
        {
            for (int t = 0; t < rows.Length; t++) rows[t] = (nint)(padded + taps.First(phase) + t);
            Sum(rows, taps.Weights(phase), fine + (factor == 2 ? phase * length : 0), length);
            for (int q = 0, i = phase; factor != 2 && i < outputLength; q++, i += factor) output[i] = fine[q];
        }
        if (factor == 2) Interleave(fine, fine + length, output, outputLength);
    }

    /// <summary>output = even[0], odd[0], even[1], odd[1], …</summary>
    private static void Interleave(float* even, float* odd, float* output, int length)
    {
        int i = 0;
        for (; i <= length - 2 * Vector128<float>.Count; i += 2 * Vector128<float>.Count)
        {
            Vector128<float> a = Vector128.Load(even + i / 2), b = Vector128.Load(odd + i / 2);
            Vector256<float> both = Vector256.Create(a, b);
            Vector256.Shuffle(both, Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7)).Store(output + i);
        }
        for (; i < length; i++) output[i] = (i % 2 == 0 ? even : odd)[i / 2];
    }

    /// <summary>Floats the row filters need for their intermediate results.</summary>
    public static int ScratchLength(int coarseLength, int factor) => factor * (coarseLength + Margin) + 2 * coarseLength + Margin;
}
