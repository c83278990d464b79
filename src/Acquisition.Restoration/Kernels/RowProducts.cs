using System.Runtime.CompilerServices;
using Acquisition.Restoration.Kernels.Lanes;

namespace Acquisition.Restoration.Kernels;

/// <summary>Rows of a gradient and of an input that meet under one (kz, ky); strides in floats.</summary>
/// <param name="Width">Samples of a row, a multiple of 16; both rows hold zeros beyond their own.</param>
internal readonly record struct RowPairs(
    int Planes, int Rows, int Width, nint GradientPlane, nint GradientRow, nint GradientChannel, nint InputPlane, nint InputRow);

/// <summary>The inner loop of every weight gradient: products of up to 4 channels of a gradient with up to 6 operands, which are
/// input channels, or shifts in x of them, summed over all rows.</summary>
/// <remarks>Sums are named locals because an array of them would live in memory.</remarks>
internal static unsafe class RowProducts<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>Floats that <see cref="Run"/> adds to.</summary>
    public const int SumCount = MaxOperands * 4;

    public const int MaxOperands = 6;

    /// <summary>Largest block of gradient channels.</summary>
    public static int MaxOuts => TLanes.HasManyRegisters ? 4 : 2;

    /// <param name="outs">Gradient channels, 1 to <see cref="MaxOuts"/>.</param>
    /// <param name="operands">1 to <see cref="MaxOperands"/>.</param>
    /// <param name="offsets">Of each operand from <paramref name="input"/>.</param>
    /// <param name="sums">[operand][4]; added to.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        in RowPairs rows, float* gradient, float* input, int outs, int operands, nint* offsets, float* sums)
    {
        switch (outs)
        {
            case 4: Run<Count4>(rows, gradient, input, operands, offsets, sums); break;
            case 3: Run<Count3>(rows, gradient, input, operands, offsets, sums); break;
            case 2: Run<Count2>(rows, gradient, input, operands, offsets, sums); break;
            default: Run<Count1>(rows, gradient, input, operands, offsets, sums); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TOuts>(in RowPairs rows, float* gradient, float* input, int operands, nint* offsets, float* sums)
        where TOuts : struct, ICount
    {
        switch (operands)
        {
            case 6: Run<TOuts, Count6>(rows, gradient, input, offsets, sums); break;
            case 5: Run<TOuts, Count5>(rows, gradient, input, offsets, sums); break;
            case 4: Run<TOuts, Count4>(rows, gradient, input, offsets, sums); break;
            case 3: Run<TOuts, Count3>(rows, gradient, input, offsets, sums); break;
            case 2: Run<TOuts, Count2>(rows, gradient, input, offsets, sums); break;
            default: Run<TOuts, Count1>(rows, gradient, input, offsets, sums); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TOuts, TOperands>(in RowPairs rows, float* gradient, float* input, nint* offsets, float* sums)
        where TOuts : struct, ICount
        where TOperands : struct, ICount
    {
        TVector zero = TLanes.Fill(0);
        TVector s00 = zero, s10 = zero, s20 = zero, s30 = zero;
        TVector s01 = zero, s11 = zero, s21 = zero, s31 = zero;
        TVector s02 = zero, s12 = zero, s22 = zero, s32 = zero;
        TVector s03 = zero, s13 = zero, s23 = zero, s33 = zero;
        TVector s04 = zero, s14 = zero, s24 = zero, s34 = zero;
        TVector s05 = zero, s15 = zero, s25 = zero, s35 = zero;
        nint o0 = offsets[0];
        nint o1 = TOperands.Value > 1 ? offsets[1] : 0;
        nint o2 = TOperands.Value > 2 ? offsets[2] : 0;
        nint o3 = TOperands.Value > 3 ? offsets[3] : 0;
        nint o4 = TOperands.Value > 4 ? offsets[4] : 0;
        nint o5 = TOperands.Value > 5 ? offsets[5] : 0;
        nint channel = rows.GradientChannel;
        for (int plane = 0; plane < rows.Planes; plane++)
        {
            for (int row = 0; row < rows.Rows; row++)
            {
                float* g = gradient + plane * rows.GradientPlane + row * rows.GradientRow;
                float* x = input + plane * rows.InputPlane + row * rows.InputRow;
                for (float* end = g + rows.Width; g < end; g += TLanes.Width, x += TLanes.Width)
                {
                    TVector g0 = TLanes.Load(g), v;
                    TVector g1 = TOuts.Value > 1 ? TLanes.Load(g + channel) : default;
                    TVector g2 = TOuts.Value > 2 ? TLanes.Load(g + 2 * channel) : default;
                    TVector g3 = TOuts.Value > 3 ? TLanes.Load(g + 3 * channel) : default;
                    v = TLanes.Load(x + o0);
                    s00 = TLanes.MultiplyAdd(g0, v, s00);
                    if (TOuts.Value > 1) s10 = TLanes.MultiplyAdd(g1, v, s10);
                    if (TOuts.Value > 2) s20 = TLanes.MultiplyAdd(g2, v, s20);
                    if (TOuts.Value > 3) s30 = TLanes.MultiplyAdd(g3, v, s30);
                    if (TOperands.Value > 1)
                    {
                        v = TLanes.Load(x + o1);
                        s01 = TLanes.MultiplyAdd(g0, v, s01);
                        if (TOuts.Value > 1) s11 = TLanes.MultiplyAdd(g1, v, s11);
                        if (TOuts.Value > 2) s21 = TLanes.MultiplyAdd(g2, v, s21);
                        if (TOuts.Value > 3) s31 = TLanes.MultiplyAdd(g3, v, s31);
                    }
                    if (TOperands.Value > 2)
                    {
                        v = TLanes.Load(x + o2);
                        s02 = TLanes.MultiplyAdd(g0, v, s02);
                        if (TOuts.Value > 1) s12 = TLanes.MultiplyAdd(g1, v, s12);
                        if (TOuts.Value > 2) s22 = TLanes.MultiplyAdd(g2, v, s22);
                        if (TOuts.Value > 3) s32 = TLanes.MultiplyAdd(g3, v, s32);
                    }
                    if (TOperands.Value > 3)
                    {
                        v = TLanes.Load(x + o3);
                        s03 = TLanes.MultiplyAdd(g0, v, s03);
                        if (TOuts.Value > 1) s13 = TLanes.MultiplyAdd(g1, v, s13);
                        if (TOuts.Value > 2) s23 = TLanes.MultiplyAdd(g2, v, s23);
                        if (TOuts.Value > 3) s33 = TLanes.MultiplyAdd(g3, v, s33);
                    }
                    if (TOperands.Value > 4)
                    {
                        v = TLanes.Load(x + o4);
                        s04 = TLanes.MultiplyAdd(g0, v, s04);
                        if (TOuts.Value > 1) s14 = TLanes.MultiplyAdd(g1, v, s14);
                        if (TOuts.Value > 2) s24 = TLanes.MultiplyAdd(g2, v, s24);
                        if (TOuts.Value > 3) s34 = TLanes.MultiplyAdd(g3, v, s34);
                    }
                    if (TOperands.Value > 5)
                    {
                        v = TLanes.Load(x + o5);
                        s05 = TLanes.MultiplyAdd(g0, v, s05);
                        if (TOuts.Value > 1) s15 = TLanes.MultiplyAdd(g1, v, s15);
                        if (TOuts.Value > 2) s25 = TLanes.MultiplyAdd(g2, v, s25);
                        if (TOuts.Value > 3) s35 = TLanes.MultiplyAdd(g3, v, s35);
                    }
                }
            }
        }
        TLanes.AddSums(s00, s10, s20, s30, sums);
        if (TOperands.Value > 1) TLanes.AddSums(s01, s11, s21, s31, sums + 4);
        if (TOperands.Value > 2) TLanes.AddSums(s02, s12, s22, s32, sums + 8);
        if (TOperands.Value > 3) TLanes.AddSums(s03, s13, s23, s33, sums + 12);
        if (TOperands.Value > 4) TLanes.AddSums(s04, s14, s24, s34, sums + 16);
        if (TOperands.Value > 5) TLanes.AddSums(s05, s15, s25, s35, sums + 20);
    }

    private interface ICount
    {
        static abstract int Value { get; }
    }

    private readonly struct Count1 : ICount { public static int Value => 1; }

    private readonly struct Count2 : ICount { public static int Value => 2; }

    private readonly struct Count3 : ICount { public static int Value => 3; }

    private readonly struct Count4 : ICount { public static int Value => 4; }

    private readonly struct Count5 : ICount { public static int Value => 5; }

    private readonly struct Count6 : ICount { public static int Value => 6; }
}
