using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Acquisition.Restoration.Fourier;

/// <summary>Blocks of 8×8 floats between rows and lanes. Every path moves the same bits.</summary>
internal static unsafe class Transposition
{
    public const int Edge = 8;

    /// <summary>to[c · toStride + r] = rows[r][at + c].</summary>
    public static void FromRows(float** rows, nint at, float* to, nint toStride)
    {
        if (Avx.IsSupported)
        {
            Vector256<float> a = Vector256.Load(rows[0] + at), b = Vector256.Load(rows[1] + at), c = Vector256.Load(rows[2] + at), d = Vector256.Load(rows[3] + at);
            Vector256<float> e = Vector256.Load(rows[4] + at), f = Vector256.Load(rows[5] + at), g = Vector256.Load(rows[6] + at), h = Vector256.Load(rows[7] + at);
            Turn(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h);
            a.Store(to);
            b.Store(to + toStride);
            c.Store(to + 2 * toStride);
            d.Store(to + 3 * toStride);
            e.Store(to + 4 * toStride);
            f.Store(to + 5 * toStride);
            g.Store(to + 6 * toStride);
            h.Store(to + 7 * toStride);
            return;
        }
        for (int r = 0; r < Edge; r++)
        {
            for (int c = 0; c < Edge; c++) to[c * toStride + r] = rows[r][at + c];
        }
    }

    /// <summary>rows[r][at + c] = from[c · fromStride + r].</summary>
    public static void ToRows(float* from, nint fromStride, float** rows, nint at)
    {
        if (Avx.IsSupported)
        {
            Vector256<float> a = Vector256.Load(from), b = Vector256.Load(from + fromStride), c = Vector256.Load(from + 2 * fromStride);
            Vector256<float> d = Vector256.Load(from + 3 * fromStride), e = Vector256.Load(from + 4 * fromStride), f = Vector256.Load(from + 5 * fromStride);
            Vector256<float> g = Vector256.Load(from + 6 * fromStride), h = Vector256.Load(from + 7 * fromStride);
            Turn(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h);
            a.Store(rows[0] + at);
            b.Store(rows[1] + at);
            c.Store(rows[2] + at);
            d.Store(rows[3] + at);
            e.Store(rows[4] + at);
            f.Store(rows[5] + at);
            g.Store(rows[6] + at);
            h.Store(rows[7] + at);
            return;
        }
        for (int r = 0; r < Edge; r++)
        {
            for (int c = 0; c < Edge; c++) rows[r][at + c] = from[c * fromStride + r];
        }
    }

    private static void Turn(
        ref Vector256<float> a, ref Vector256<float> b, ref Vector256<float> c, ref Vector256<float> d,
        ref Vector256<float> e, ref Vector256<float> f, ref Vector256<float> g, ref Vector256<float> h)
    {
        Vector256<float> ab = Avx.UnpackLow(a, b), ba = Avx.UnpackHigh(a, b), cd = Avx.UnpackLow(c, d), dc = Avx.UnpackHigh(c, d);
        Vector256<float> ef = Avx.UnpackLow(e, f), fe = Avx.UnpackHigh(e, f), gh = Avx.UnpackLow(g, h), hg = Avx.UnpackHigh(g, h);
        const byte low = 0b01_00_01_00, high = 0b11_10_11_10;
        Vector256<float> p0 = Avx.Shuffle(ab, cd, low), p1 = Avx.Shuffle(ab, cd, high), p2 = Avx.Shuffle(ba, dc, low), p3 = Avx.Shuffle(ba, dc, high);
        Vector256<float> q0 = Avx.Shuffle(ef, gh, low), q1 = Avx.Shuffle(ef, gh, high), q2 = Avx.Shuffle(fe, hg, low), q3 = Avx.Shuffle(fe, hg, high);
        a = Avx.Permute2x128(p0, q0, 0x20);
        b = Avx.Permute2x128(p1, q1, 0x20);
        c = Avx.Permute2x128(p2, q2, 0x20);
        d = Avx.Permute2x128(p3, q3, 0x20);
        e = Avx.Permute2x128(p0, q0, 0x31);
        f = Avx.Permute2x128(p1, q1, 0x31);
        g = Avx.Permute2x128(p2, q2, 0x31);
        h = Avx.Permute2x128(p3, q3, 0x31);
    }
}
