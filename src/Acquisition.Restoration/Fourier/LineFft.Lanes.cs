using System.Runtime.CompilerServices;
using Acquisition.Restoration.Kernels.Lanes;

namespace Acquisition.Restoration.Fourier;

/// <inheritdoc/>
/// <remarks>Widths agree to rounding; the scalar form rounds products and sums one by one.</remarks>
internal sealed unsafe partial class LineFft<TLanes, TVector>(int length) : LineFft(length)
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>A line of cache whatever the vector, so that distant samples are fetched once.</summary>
    private static int Lines => 16;

    public override int Batch => Lines;

    public override void Run(float* re, float* im, nint stride, float* toRe, float* toIm, nint toStride, float* scratch)
    {
        nint part = (nint)Length * Lines;
        if (Passes.Length == 0)
        {
            for (int i = 0; i < Lines; i++) (toRe[i], toIm[i]) = (re[i], im[i]);
        }
        for (int i = 0; i < Passes.Length; i++)
        {
            float* buffer = scratch + i % 2 * 2 * part;
            bool isLast = i == Passes.Length - 1;
            float* yr = isLast ? toRe : buffer, yi = isLast ? toIm : buffer + part;
            nint yStride = isLast ? toStride : Lines;
            fixed (float* turns = Passes[i].Turns) RunPass(Passes[i], re, im, stride, yr, yi, yStride, turns);
            re = yr;
            im = yi;
            stride = yStride;
        }
    }

    public override void Multiply(float* re, float* im, float* byRe, float* byIm, nint byStride, bool conjugate)
    {
        TVector sign = TLanes.Fill(conjugate ? -1 : 1);
        for (nint e = 0; e < Length; e++)
        {
            for (nint v = 0; v < Lines; v += TLanes.Width)
            {
                nint at = e * Lines + v;
                TVector c = TLanes.Load(byRe + e * byStride + v), d = TLanes.Multiply(sign, TLanes.Load(byIm + e * byStride + v));
                Turn(TLanes.Load(re + at), TLanes.Load(im + at), c, d, out TVector a, out TVector b);
                TLanes.Store(a, re + at);
                TLanes.Store(b, im + at);
            }
        }
    }

    public override void Separate(float* re, float* im, float* firstRe, float* firstIm, float* secondRe, float* secondIm, int padded)
    {
        TVector half = TLanes.Fill(0.5f);
        int columns = Length / 2 + 1;
        for (int k = 0; k < columns; k++)
        {
            for (nint v = 0; v < Lines; v += TLanes.Width)
            {
                nint at = (nint)k * Lines + v, mirrored = (nint)(k == 0 ? 0 : Length - k) * Lines + v;
                TVector ar = TLanes.Load(re + at), ai = TLanes.Load(im + at), br = TLanes.Load(re + mirrored), bi = TLanes.Load(im + mirrored);
                TLanes.Store(TLanes.Multiply(half, TLanes.Add(ar, br)), firstRe + at);
                TLanes.Store(TLanes.Multiply(half, TLanes.Subtract(ai, bi)), firstIm + at);
                TLanes.Store(TLanes.Multiply(half, TLanes.Add(ai, bi)), secondRe + at);
                TLanes.Store(TLanes.Multiply(half, TLanes.Subtract(br, ar)), secondIm + at);
            }
        }
        int from = columns * Lines, count = (padded - columns) * Lines;
        new Span<float>(firstRe + from, count).Clear();
        new Span<float>(firstIm + from, count).Clear();
        new Span<float>(secondRe + from, count).Clear();
        new Span<float>(secondIm + from, count).Clear();
    }

    public override void Join(float* firstRe, float* firstIm, float* secondRe, float* secondIm, float* re, float* im)
    {
        for (int k = 0; k <= Length / 2; k++)
        {
            for (nint v = 0; v < Lines; v += TLanes.Width)
            {
                nint at = (nint)k * Lines + v, mirrored = (nint)(k == 0 ? 0 : Length - k) * Lines + v;
                TVector ar = TLanes.Load(firstRe + at), ai = TLanes.Load(firstIm + at);
                TVector br = TLanes.Load(secondRe + at), bi = TLanes.Load(secondIm + at);
                TLanes.Store(TLanes.Add(ar, bi), re + mirrored);
                TLanes.Store(TLanes.Subtract(br, ai), im + mirrored);
                TLanes.Store(TLanes.Subtract(ar, bi), re + at);
                TLanes.Store(TLanes.Add(ai, br), im + at);
            }
        }
    }

    /// <summary>(a + ib) · (c + id).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(TVector a, TVector b, TVector c, TVector d, out TVector re, out TVector im)
    {
        re = TLanes.Subtract(TLanes.Multiply(a, c), TLanes.Multiply(b, d));
        im = TLanes.MultiplyAdd(a, d, TLanes.Multiply(b, c));
    }
}
