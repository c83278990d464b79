using System.Runtime.CompilerServices;
using Acquisition.Restoration.Kernels.Lanes;

namespace Acquisition.Restoration.Kernels;

/// <summary>The one-dimensional transforms of Winograd's F(4, 3) with the points 0, ±1, ±2 and infinity, a vector of x at a time.</summary>
/// <remarks>Lavin and Gray 2016, section 4.3. Each reads lines and writes lines <c>step</c> floats apart.</remarks>
internal static unsafe class WinogradLines<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>Bᵀ: six samples to six positions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input(
        TVector d0, TVector d1, TVector d2, TVector d3, TVector d4, TVector d5, float* to, nint step)
    {
        TVector minus4 = TLanes.Fill(-4), four = TLanes.Fill(4), minus5 = TLanes.Fill(-5), two = TLanes.Fill(2), minus2 = TLanes.Fill(-2);
        TVector a = TLanes.MultiplyAdd(minus4, d2, d4), b = TLanes.MultiplyAdd(minus4, d1, d3);
        TVector c = TLanes.Subtract(d4, d2), e = TLanes.Subtract(d3, d1);
        TLanes.Store(TLanes.MultiplyAdd(four, d0, TLanes.MultiplyAdd(minus5, d2, d4)), to);
        TLanes.Store(TLanes.Add(a, b), to + step);
        TLanes.Store(TLanes.Subtract(a, b), to + 2 * step);
        TLanes.Store(TLanes.MultiplyAdd(two, e, c), to + 3 * step);
        TLanes.Store(TLanes.MultiplyAdd(minus2, e, c), to + 4 * step);
        TLanes.Store(TLanes.MultiplyAdd(four, d1, TLanes.MultiplyAdd(minus5, d3, d5)), to + 5 * step);
    }

    /// <summary>Aᵀ: six positions to four outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output(float* from, nint step, out TVector y0, out TVector y1, out TVector y2, out TVector y3)
    {
        TVector m1 = TLanes.Load(from + step), m2 = TLanes.Load(from + 2 * step);
        TVector m3 = TLanes.Load(from + 3 * step), m4 = TLanes.Load(from + 4 * step);
        TVector s = TLanes.Add(m1, m2), d = TLanes.Subtract(m1, m2), ss = TLanes.Add(m3, m4), dd = TLanes.Subtract(m3, m4);
        y0 = TLanes.Add(TLanes.Add(TLanes.Load(from), s), ss);
        y1 = TLanes.MultiplyAdd(TLanes.Fill(2), dd, d);
        y2 = TLanes.MultiplyAdd(TLanes.Fill(4), ss, s);
        y3 = TLanes.Add(TLanes.MultiplyAdd(TLanes.Fill(8), dd, d), TLanes.Load(from + 5 * step));
    }

    /// <summary>A: four outputs' gradients to six positions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gradient(TVector y0, TVector y1, TVector y2, TVector y3, float* to, nint step)
    {
        TVector a = TLanes.Add(y0, y2), b = TLanes.Add(y1, y3), four = TLanes.Fill(4);
        TVector c = TLanes.MultiplyAdd(four, y2, y0), d = TLanes.MultiplyAdd(TLanes.Fill(8), y3, TLanes.Add(y1, y1));
        TLanes.Store(y0, to);
        TLanes.Store(TLanes.Add(a, b), to + step);
        TLanes.Store(TLanes.Subtract(a, b), to + 2 * step);
        TLanes.Store(TLanes.Add(c, d), to + 3 * step);
        TLanes.Store(TLanes.Subtract(c, d), to + 4 * step);
        TLanes.Store(y3, to + 5 * step);
    }

    /// <summary>G: three taps to six positions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weights(TVector g0, TVector g1, TVector g2, float* to, nint step)
    {
        TVector sum = TLanes.Add(g0, g2);
        TVector sixth = TLanes.Fill(-1f / 6), small = TLanes.Fill(1f / 24);
        TVector far = TLanes.MultiplyAdd(TLanes.Fill(4), g2, g0), near = TLanes.Add(g1, g1);
        TLanes.Store(TLanes.Multiply(TLanes.Fill(0.25f), g0), to);
        TLanes.Store(TLanes.Multiply(sixth, TLanes.Add(sum, g1)), to + step);
        TLanes.Store(TLanes.Multiply(sixth, TLanes.Subtract(sum, g1)), to + 2 * step);
        TLanes.Store(TLanes.Multiply(small, TLanes.Add(far, near)), to + 3 * step);
        TLanes.Store(TLanes.Multiply(small, TLanes.Subtract(far, near)), to + 4 * step);
        TLanes.Store(g2, to + 5 * step);
    }

    /// <summary>Gᵀ: six positions' gradients to three taps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradient(float* from, nint step, out TVector g0, out TVector g1, out TVector g2)
    {
        TVector u1 = TLanes.Load(from + step), u2 = TLanes.Load(from + 2 * step);
        TVector u3 = TLanes.Load(from + 3 * step), u4 = TLanes.Load(from + 4 * step);
        TVector near = TLanes.Multiply(TLanes.Fill(-1f / 6), TLanes.Add(u1, u2));
        TVector far = TLanes.Multiply(TLanes.Fill(1f / 24), TLanes.Add(u3, u4));
        g0 = TLanes.Add(TLanes.MultiplyAdd(TLanes.Fill(0.25f), TLanes.Load(from), near), far);
        g1 = TLanes.MultiplyAdd(
            TLanes.Fill(1f / 12), TLanes.Subtract(u3, u4), TLanes.Multiply(TLanes.Fill(-1f / 6), TLanes.Subtract(u1, u2)));
        g2 = TLanes.Add(TLanes.MultiplyAdd(TLanes.Fill(4), far, near), TLanes.Load(from + 5 * step));
    }
}
