using System.Runtime.CompilerServices;

namespace Acquisition.Restoration.Fourier;

internal sealed unsafe partial class LineFft<TLanes, TVector>
{
    /// <summary>A small transform that a pass consists of.</summary>
    private interface IButterfly
    {
        static abstract int Radix { get; }

        /// <param name="turns">Factors of the outputs from the second on; <see langword="null"/> for ones.</param>
        static abstract void Run(float* xr, float* xi, nint from, float* yr, float* yi, nint to, float* turns);
    }

    private static void RunPass(Pass pass, float* xr, float* xi, nint xs, float* yr, float* yi, nint ys, float* turns)
    {
        switch (pass.Radix)
        {
            case 2: RunPass<Radix2>(pass.Groups, pass.Stride, xr, xi, xs, yr, yi, ys, turns); break;
            case 3: RunPass<Radix3>(pass.Groups, pass.Stride, xr, xi, xs, yr, yi, ys, turns); break;
            case 4: RunPass<Radix4>(pass.Groups, pass.Stride, xr, xi, xs, yr, yi, ys, turns); break;
            default: RunPass<Radix5>(pass.Groups, pass.Stride, xr, xi, xs, yr, yi, ys, turns); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunPass<TButterfly>(int groups, int s, float* xr, float* xi, nint xs, float* yr, float* yi, nint ys, float* turns)
        where TButterfly : struct, IButterfly
    {
        // A butterfly of group p reads samples q + s·(p + m·j) and writes q + s·(r·p + j), for j below its radix r.
        nint from = (nint)s * groups * xs, to = s * ys;
        for (int p = 0; p < groups; p++)
        {
            float* factors = p == 0 ? null : turns + 2 * p * (TButterfly.Radix - 1);
            nint x = (nint)s * p * xs, y = (nint)s * TButterfly.Radix * p * ys;
            for (int q = 0; q < s; q++, x += xs, y += ys)
            {
                for (nint v = 0; v < Lines; v += TLanes.Width) TButterfly.Run(xr + x + v, xi + x + v, from, yr + y + v, yi + y + v, to, factors);
            }
        }
    }

    private readonly struct Radix2 : IButterfly
    {
        public static int Radix => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(float* xr, float* xi, nint from, float* yr, float* yi, nint to, float* turns)
        {
            TVector ar = TLanes.Load(xr), ai = TLanes.Load(xi), br = TLanes.Load(xr + from), bi = TLanes.Load(xi + from);
            TLanes.Store(TLanes.Add(ar, br), yr);
            TLanes.Store(TLanes.Add(ai, bi), yi);
            Put(TLanes.Subtract(ar, br), TLanes.Subtract(ai, bi), 1, yr, yi, to, turns);
        }
    }

    private readonly struct Radix3 : IButterfly
    {
        public static int Radix => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(float* xr, float* xi, nint from, float* yr, float* yi, nint to, float* turns)
        {
            TVector minusHalf = TLanes.Fill(-0.5f), sine = TLanes.Fill(0.866025404f);
            TVector ar = TLanes.Load(xr), ai = TLanes.Load(xi), br = TLanes.Load(xr + from), bi = TLanes.Load(xi + from);
            TVector cr = TLanes.Load(xr + 2 * from), ci = TLanes.Load(xi + 2 * from);
            TVector sumR = TLanes.Add(br, cr), sumI = TLanes.Add(bi, ci);
            TVector midR = TLanes.MultiplyAdd(minusHalf, sumR, ar), midI = TLanes.MultiplyAdd(minusHalf, sumI, ai);
            TVector sideR = TLanes.Multiply(sine, TLanes.Subtract(br, cr)), sideI = TLanes.Multiply(sine, TLanes.Subtract(bi, ci));
            TLanes.Store(TLanes.Add(ar, sumR), yr);
            TLanes.Store(TLanes.Add(ai, sumI), yi);
            Put(TLanes.Add(midR, sideI), TLanes.Subtract(midI, sideR), 1, yr, yi, to, turns);
            Put(TLanes.Subtract(midR, sideI), TLanes.Add(midI, sideR), 2, yr, yi, to, turns);
        }
    }

    private readonly struct Radix4 : IButterfly
    {
        public static int Radix => 4;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(float* xr, float* xi, nint from, float* yr, float* yi, nint to, float* turns)
        {
            TVector ar = TLanes.Load(xr), ai = TLanes.Load(xi), br = TLanes.Load(xr + from), bi = TLanes.Load(xi + from);
            TVector cr = TLanes.Load(xr + 2 * from), ci = TLanes.Load(xi + 2 * from), dr = TLanes.Load(xr + 3 * from), di = TLanes.Load(xi + 3 * from);
            TVector evenR = TLanes.Add(ar, cr), evenI = TLanes.Add(ai, ci), offR = TLanes.Subtract(ar, cr), offI = TLanes.Subtract(ai, ci);
            TVector oddR = TLanes.Add(br, dr), oddI = TLanes.Add(bi, di), sideR = TLanes.Subtract(br, dr), sideI = TLanes.Subtract(bi, di);
            TLanes.Store(TLanes.Add(evenR, oddR), yr);
            TLanes.Store(TLanes.Add(evenI, oddI), yi);
            Put(TLanes.Add(offR, sideI), TLanes.Subtract(offI, sideR), 1, yr, yi, to, turns);
            Put(TLanes.Subtract(evenR, oddR), TLanes.Subtract(evenI, oddI), 2, yr, yi, to, turns);
            Put(TLanes.Subtract(offR, sideI), TLanes.Add(offI, sideR), 3, yr, yi, to, turns);
        }
    }

    private readonly struct Radix5 : IButterfly
    {
        public static int Radix => 5;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Run(float* xr, float* xi, nint from, float* yr, float* yi, nint to, float* turns)
        {
            TVector c1 = TLanes.Fill(0.309016994f), c2 = TLanes.Fill(-0.809016994f), s1 = TLanes.Fill(0.951056516f), s2 = TLanes.Fill(0.587785252f);
            TVector ar = TLanes.Load(xr), ai = TLanes.Load(xi), br = TLanes.Load(xr + from), bi = TLanes.Load(xi + from);
            TVector cr = TLanes.Load(xr + 2 * from), ci = TLanes.Load(xi + 2 * from), dr = TLanes.Load(xr + 3 * from), di = TLanes.Load(xi + 3 * from);
            TVector er = TLanes.Load(xr + 4 * from), ei = TLanes.Load(xi + 4 * from);
            TVector outR = TLanes.Add(br, er), outI = TLanes.Add(bi, ei), inR = TLanes.Add(cr, dr), inI = TLanes.Add(ci, di);
            TVector outerR = TLanes.Subtract(br, er), outerI = TLanes.Subtract(bi, ei), innerR = TLanes.Subtract(cr, dr), innerI = TLanes.Subtract(ci, di);
            TLanes.Store(TLanes.Add(ar, TLanes.Add(outR, inR)), yr);
            TLanes.Store(TLanes.Add(ai, TLanes.Add(outI, inI)), yi);

            TVector midR = TLanes.MultiplyAdd(c1, outR, TLanes.MultiplyAdd(c2, inR, ar)), midI = TLanes.MultiplyAdd(c1, outI, TLanes.MultiplyAdd(c2, inI, ai));
            TVector sideR = TLanes.MultiplyAdd(s1, outerR, TLanes.Multiply(s2, innerR)), sideI = TLanes.MultiplyAdd(s1, outerI, TLanes.Multiply(s2, innerI));
            Put(TLanes.Add(midR, sideI), TLanes.Subtract(midI, sideR), 1, yr, yi, to, turns);
            Put(TLanes.Subtract(midR, sideI), TLanes.Add(midI, sideR), 4, yr, yi, to, turns);

            midR = TLanes.MultiplyAdd(c2, outR, TLanes.MultiplyAdd(c1, inR, ar));
            midI = TLanes.MultiplyAdd(c2, outI, TLanes.MultiplyAdd(c1, inI, ai));
            sideR = TLanes.Subtract(TLanes.Multiply(s2, outerR), TLanes.Multiply(s1, innerR));
            sideI = TLanes.Subtract(TLanes.Multiply(s2, outerI), TLanes.Multiply(s1, innerI));
            Put(TLanes.Add(midR, sideI), TLanes.Subtract(midI, sideR), 2, yr, yi, to, turns);
            Put(TLanes.Subtract(midR, sideI), TLanes.Add(midI, sideR), 3, yr, yi, to, turns);
        }
    }

    /// <summary>Stores output j of a butterfly, turned unless its group's turns are all 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(TVector re, TVector im, int j, float* yr, float* yi, nint to, float* turns)
    {
        if (turns is not null) Turn(re, im, TLanes.Fill(turns[2 * j - 2]), TLanes.Fill(turns[2 * j - 1]), out re, out im);
        TLanes.Store(re, yr + j * to);
        TLanes.Store(im, yi + j * to);
    }
}
