using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Acquisition.Restoration.Sampling;

/// <summary>Weighted sums of rows and the filters along a row that are built from them.</summary>
/// <remarks>Products and sums are rounded one by one and added in the order of the weights, so vector and scalar parts, any width and
/// any number of threads agree bit for bit.</remarks>
internal static unsafe class RowFilter
{
    /// <summary>Most rows that one sum takes: the taps of a shrinking by 4.</summary>
    public const int MaxTaps = 16;

    /// <summary>Outputs whose taps reach beyond a row's ends, both ends together.</summary>
    private const int Reach = 4;

    /// <summary>output[i] = Σ weights[k] · rows[k][i], for 4, 8 or 16 rows. The output must not be one of them.</summary>
    public static void Sum(ReadOnlySpan<nint> rows, ReadOnlySpan<float> weights, float* output, int length)
    {
        if (weights.Length == 4)
        {
            Sum4(rows, weights, output, length);
            return;
        }
        // Sixteen weights and their rows do not fit the registers: the second eight go on from the sum of the first, piece by piece.
        const int piece = 1024;
        for (int at = 0; at < length; at += piece)
        {
            int count = Math.Min(piece, length - at);
            Sum8(rows, weights, at, output, count, goesOn: false);
            if (weights.Length == MaxTaps) Sum8(rows[8..], weights[8..], at, output, count, goesOn: true);
        }
    }

    /// <summary>y[i] = max(floor, y[i] + Σ weights[k] · rows[k][i]), for 4 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddSum(ReadOnlySpan<nint> rows, ReadOnlySpan<float> weights, float floor, float* y, int length)
    {
        float* a = (float*)rows[0], b = (float*)rows[1], c = (float*)rows[2], d = (float*)rows[3];
        float wa = weights[0], wb = weights[1], wc = weights[2], wd = weights[3];
        Vector256<float> va = Vector256.Create(wa), vb = Vector256.Create(wb), vc = Vector256.Create(wc), vd = Vector256.Create(wd);
        Vector256<float> lowest = Vector256.Create(floor);
        int i = 0;
        // Every row holds `length` samples, so i + 8 <= length bounds each load and the store.
        for (; i <= length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<float> sum = Vector256.Load(a + i) * va + Vector256.Load(b + i) * vb + Vector256.Load(c + i) * vc + Vector256.Load(d + i) * vd;
            Vector256.Max(lowest, Vector256.Load(y + i) + sum).Store(y + i);
        }
        for (; i < length; i++) y[i] = MathF.Max(floor, y[i] + (a[i] * wa + b[i] * wb + c[i] * wc + d[i] * wd));
    }

    /// <summary>y[i] = max(floor, y[i] + added[i]).</summary>
    public static void Add(float* added, float floor, float* y, int length)
    {
        Vector256<float> lowest = Vector256.Create(floor);
        int i = 0;
        for (; i <= length - Vector256<float>.Count; i += Vector256<float>.Count)
            Vector256.Max(lowest, Vector256.Load(y + i) + Vector256.Load(added + i)).Store(y + i);
        for (; i < length; i++) y[i] = MathF.Max(floor, y[i] + added[i]);
    }

    /// <summary>y[i] = max(floor, y[i]).</summary>
    public static void Raise(float floor, float* y, int length)
    {
        Vector256<float> lowest = Vector256.Create(floor);
        int i = 0;
        for (; i <= length - Vector256<float>.Count; i += Vector256<float>.Count)
            Vector256.Max(lowest, Vector256.Load(y + i)).Store(y + i);
        for (; i < length; i++) y[i] = MathF.Max(floor, y[i]);
    }

    /// <summary>y[i] = x[i] − y[i].</summary>
    public static void SubtractFrom(float* x, float* y, int length)
    {
        int i = 0;
        for (; i <= length - Vector256<float>.Count; i += Vector256<float>.Count)
            (Vector256.Load(x + i) - Vector256.Load(y + i)).Store(y + i);
        for (; i < length; i++) y[i] = x[i] - y[i];
    }

    /// <summary>Shrinks one row by 2 or 4.</summary>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats.</param>
    public static void ShrinkRow(float* row, int length, int factor, float* output, int outputLength, float* scratch)
    {
        CubicTaps taps = CubicTaps.Shrinking(factor);
        ReadOnlySpan<float> weights = taps.Weights(0);
        int lane = outputLength + Reach, padded = factor * lane;
        Pad(row, length, taps.First(0), scratch, padded);
        // Samples of equal phase side by side, so that neighbouring outputs read neighbouring samples.
        float* lanes = scratch + padded;
        Separate(scratch, lanes, lanes + padded / 2, padded / 2);
        if (factor == 4)
        {
            Separate(lanes, scratch, scratch + 2 * lane, lane);
            Separate(lanes + 2 * lane, scratch + lane, scratch + 3 * lane, lane);
            lanes = scratch;
        }
        Span<nint> rows = stackalloc nint[weights.Length];
        for (int t = 0; t < rows.Length; t++) rows[t] = (nint)(lanes + (nint)(t % factor) * lane + t / factor);
        Sum(rows, weights, output, outputLength);
    }

    /// <summary>Enlarges one row by 2 or 4 to <paramref name="outputLength"/> samples, at most factor times as many.</summary>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats.</param>
    public static void EnlargeRow(float* row, int length, int factor, float* output, int outputLength, float* scratch)
    {
        CubicTaps taps = CubicTaps.Enlarging(factor);
        const int reach = 2; // No tap lies farther from its coarse sample.
        Pad(row, length, -reach, scratch, length + 2 * reach);
        float* padded = scratch + reach, phases = scratch + length + 2 * reach;
        Span<nint> rows = stackalloc nint[4];
        for (int phase = 0; phase < factor; phase++)
        {
            for (int t = 0; t < rows.Length; t++) rows[t] = (nint)(padded + taps.First(phase) + t);
            Sum4(rows, taps.Weights(phase), phases + (nint)phase * length, length);
        }
        if (factor == 4)
        {
            float* mixed = phases + 4 * length;
            Interleave(phases, phases + 2 * length, mixed, 2 * length);
            Interleave(phases + length, phases + 3 * length, mixed + 2 * length, 2 * length);
            phases = mixed;
        }
        Interleave(phases, phases + (nint)factor / 2 * length, output, outputLength);
    }

    /// <summary>Floats the row filters need for their intermediate results.</summary>
    public static int ScratchLength(int coarseLength, int factor) => (2 * factor + 1) * (coarseLength + Reach);

    /// <summary>padded[i] = row[first + i], mirrored beyond both ends.</summary>
    private static void Pad(float* row, int length, int first, float* padded, int count)
    {
        int before = Math.Min(-first, count), inside = Math.Min(length, count - before);
        for (int i = 0; i < before; i++) padded[i] = row[CubicTaps.Mirror(first + i, length)];
        new ReadOnlySpan<float>(row, inside).CopyTo(new Span<float>(padded + before, inside));
        for (int i = before + inside; i < count; i++) padded[i] = row[CubicTaps.Mirror(first + i, length)];
    }

    /// <summary>Samples of even and of odd index.</summary>
    private static void Separate(float* mixed, float* even, float* odd, int count)
    {
        int i = 0;
        // Two neighbours are the halves of one 64-bit integer; mixed holds 2 · count samples, so i + 8 <= count bounds both loads.
        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<ulong> first = Vector256.Load((ulong*)(mixed + 2 * i)), second = Vector256.Load((ulong*)(mixed + 2 * i) + Vector256<ulong>.Count);
            Vector256.Narrow(first, second).Store((uint*)(even + i));
            Vector256.Narrow(first >> 32, second >> 32).Store((uint*)(odd + i));
        }
        for (; i < count; i++) (even[i], odd[i]) = (mixed[2 * i], mixed[2 * i + 1]);
    }

    /// <summary>The inverse of <see cref="Separate"/>, for <paramref name="length"/> samples in all.</summary>
    private static void Interleave(float* even, float* odd, float* mixed, int length)
    {
        int i = 0, count = length / 2;
        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var (evenFirst, evenSecond) = Vector256.Widen(Vector256.Load((uint*)(even + i)));
            var (oddFirst, oddSecond) = Vector256.Widen(Vector256.Load((uint*)(odd + i)));
            (evenFirst | oddFirst << 32).Store((ulong*)(mixed + 2 * i));
            (evenSecond | oddSecond << 32).Store((ulong*)(mixed + 2 * i) + Vector256<ulong>.Count);
        }
        for (; i < count; i++) (mixed[2 * i], mixed[2 * i + 1]) = (even[i], odd[i]);
        if (2 * count < length) mixed[2 * count] = even[count];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum4(ReadOnlySpan<nint> rows, ReadOnlySpan<float> weights, float* output, int length)
    {
        float* a = (float*)rows[0], b = (float*)rows[1], c = (float*)rows[2], d = (float*)rows[3];
        float wa = weights[0], wb = weights[1], wc = weights[2], wd = weights[3];
        Vector256<float> va = Vector256.Create(wa), vb = Vector256.Create(wb), vc = Vector256.Create(wc), vd = Vector256.Create(wd);
        int i = 0;
        for (; i <= length - Vector256<float>.Count; i += Vector256<float>.Count)
            (Vector256.Load(a + i) * va + Vector256.Load(b + i) * vb + Vector256.Load(c + i) * vc + Vector256.Load(d + i) * vd).Store(output + i);
        for (; i < length; i++) output[i] = a[i] * wa + b[i] * wb + c[i] * wc + d[i] * wd;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum8(ReadOnlySpan<nint> rows, ReadOnlySpan<float> weights, int from, float* output, int length, bool goesOn)
    {
        float* a = (float*)rows[0] + from, b = (float*)rows[1] + from, c = (float*)rows[2] + from, d = (float*)rows[3] + from;
        float* e = (float*)rows[4] + from, f = (float*)rows[5] + from, g = (float*)rows[6] + from, h = (float*)rows[7] + from;
        float wa = weights[0], wb = weights[1], wc = weights[2], wd = weights[3];
        float we = weights[4], wf = weights[5], wg = weights[6], wh = weights[7];
        Vector256<float> va = Vector256.Create(wa), vb = Vector256.Create(wb), vc = Vector256.Create(wc), vd = Vector256.Create(wd);
        Vector256<float> ve = Vector256.Create(we), vf = Vector256.Create(wf), vg = Vector256.Create(wg), vh = Vector256.Create(wh);
        float* to = output + from;
        int i = 0;
        for (; i <= length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<float> sum = Vector256.Load(a + i) * va;
            if (goesOn) sum = Vector256.Load(to + i) + sum;
            sum += Vector256.Load(b + i) * vb;
            sum += Vector256.Load(c + i) * vc;
            sum += Vector256.Load(d + i) * vd;
            sum += Vector256.Load(e + i) * ve;
            sum += Vector256.Load(f + i) * vf;
            sum += Vector256.Load(g + i) * vg;
            (sum + Vector256.Load(h + i) * vh).Store(to + i);
        }
        for (; i < length; i++)
        {
            float sum = a[i] * wa;
            if (goesOn) sum = to[i] + sum;
            sum += b[i] * wb;
            sum += c[i] * wc;
            sum += d[i] * wd;
            sum += e[i] * we;
            sum += f[i] * wf;
            sum += g[i] * wg;
            to[i] = sum + h[i] * wh;
        }
    }
}
