using System.Runtime.CompilerServices;
using Acquisition.Restoration.Kernels.Lanes;

namespace Acquisition.Restoration.Kernels;

/// <summary>A row of input channels and the weights it meets.</summary>
/// <param name="row">First channel, where the first tap of the first output lies.</param>
/// <param name="weights">[channel][tap in x][output of the block].</param>
internal readonly unsafe struct RowTap(float* row, float* weights)
{
    public readonly float* Row = row;
    public readonly float* Weights = weights;
}

/// <summary>The inner loop of every convolution: sums over rows, channels and taps in x for a block of output channels, two vectors
/// of x at a time. Direct convolutions give it a row for each (kz, ky), Winograd's one row of the transformed domain.</summary>
/// <remarks>Sums are named locals because an array of them would live in memory. Which of them a block needs is known when it is
/// compiled. The order of additions depends on nothing but the order of the taps.</remarks>
internal static unsafe class RowSums<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>Largest block: its sums, an operand pair and a weight fill the registers.</summary>
    public static int MaxBlock => TLanes.HasManyRegisters ? 12 : 6;

    /// <summary>Samples of a row computed in one go.</summary>
    public static int Width => 2 * TLanes.Width;

    /// <summary>Computes <see cref="Width"/> samples of <paramref name="block"/> output channels.</summary>
    /// <param name="offset">Added to the row of every tap.</param>
    /// <param name="weightOffset">Added to the weights of every tap.</param>
    /// <param name="bias">One for each output of the block.</param>
    /// <param name="output">Overwritten; the block's channels lie <paramref name="outputStride"/> apart.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        int block, RowTap* taps, RowTap* end, nint offset, nint weightOffset, int channels, nint channelStride, int kernelX, float* bias,
        float* output, nint outputStride)
    {
        switch (block)
        {
            case 12: Run<Block12>(taps, end, offset, weightOffset, channels, channelStride, kernelX, bias, output, outputStride); break;
            case 11: Run<Block11>(taps, end, offset, weightOffset, channels, channelStride, kernelX, bias, output, outputStride); break;
            case 10: Run<Block10>(taps, end, offset, weightOffset, channels, channelStride, kernelX, bias, output, outputStride); break;
            case 9: Run<Block9>(taps, end, offset, weightOffset, channels, channelStride, kernelX, bias, output, outputStride); break;
            case 8: Run<Block8>(taps, end, offset, weightOffset, channels, channelStride, kernelX, bias, output, outputStride); break;
            case 7: Run<Block7>(taps, end, offset, weightOffset, channels, channelStride, kernelX, bias, output, outputStride); break;
            case 6: Run<Block6>(taps, end, offset, weightOffset, channels, channelStride, kernelX, bias, output, outputStride); break;
            case 5: Run<Block5>(taps, end, offset, weightOffset, channels, channelStride, kernelX, bias, output, outputStride); break;
            case 4: Run<Block4>(taps, end, offset, weightOffset, channels, channelStride, kernelX, bias, output, outputStride); break;
            case 3: Run<Block3>(taps, end, offset, weightOffset, channels, channelStride, kernelX, bias, output, outputStride); break;
            case 2: Run<Block2>(taps, end, offset, weightOffset, channels, channelStride, kernelX, bias, output, outputStride); break;
            case 1: Run<Block1>(taps, end, offset, weightOffset, channels, channelStride, kernelX, bias, output, outputStride); break;
            default: throw new ArgumentOutOfRangeException(nameof(block), block, "Blocks hold 1 to 12 output channels.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TBlock>(
        RowTap* taps, RowTap* end, nint offset, nint weightOffset, int channels, nint channelStride, int kernelX, float* bias,
        float* output, nint outputStride)
        where TBlock : struct, IBlock
    {
        TVector a0 = TLanes.Fill(bias[0]), b0 = a0;
        TVector a1 = TBlock.Size > 1 ? TLanes.Fill(bias[1]) : default, b1 = a1;
        TVector a2 = TBlock.Size > 2 ? TLanes.Fill(bias[2]) : default, b2 = a2;
        TVector a3 = TBlock.Size > 3 ? TLanes.Fill(bias[3]) : default, b3 = a3;
        TVector a4 = TBlock.Size > 4 ? TLanes.Fill(bias[4]) : default, b4 = a4;
        TVector a5 = TBlock.Size > 5 ? TLanes.Fill(bias[5]) : default, b5 = a5;
        TVector a6 = TBlock.Size > 6 ? TLanes.Fill(bias[6]) : default, b6 = a6;
        TVector a7 = TBlock.Size > 7 ? TLanes.Fill(bias[7]) : default, b7 = a7;
        TVector a8 = TBlock.Size > 8 ? TLanes.Fill(bias[8]) : default, b8 = a8;
        TVector a9 = TBlock.Size > 9 ? TLanes.Fill(bias[9]) : default, b9 = a9;
        TVector a10 = TBlock.Size > 10 ? TLanes.Fill(bias[10]) : default, b10 = a10;
        TVector a11 = TBlock.Size > 11 ? TLanes.Fill(bias[11]) : default, b11 = a11;
        for (; taps < end; taps++)
        {
            float* row = taps->Row + offset, w = taps->Weights + weightOffset;
            for (int c = 0; c < channels; c++, row += channelStride)
            {
                float* x = row;
                for (float* rowEnd = x + kernelX; x < rowEnd; x++, w += TBlock.Size)
                {
                    TVector left = TLanes.Load(x), right = TLanes.Load(x + TLanes.Width), s = TLanes.Fill(w[0]);
                    a0 = TLanes.MultiplyAdd(s, left, a0);
                    b0 = TLanes.MultiplyAdd(s, right, b0);
                    if (TBlock.Size > 1)
                    {
                        s = TLanes.Fill(w[1]);
                        a1 = TLanes.MultiplyAdd(s, left, a1);
                        b1 = TLanes.MultiplyAdd(s, right, b1);
                    }
                    if (TBlock.Size > 2)
                    {
                        s = TLanes.Fill(w[2]);
                        a2 = TLanes.MultiplyAdd(s, left, a2);
                        b2 = TLanes.MultiplyAdd(s, right, b2);
                    }
                    if (TBlock.Size > 3)
                    {
                        s = TLanes.Fill(w[3]);
                        a3 = TLanes.MultiplyAdd(s, left, a3);
                        b3 = TLanes.MultiplyAdd(s, right, b3);
                    }
                    if (TBlock.Size > 4)
                    {
                        s = TLanes.Fill(w[4]);
                        a4 = TLanes.MultiplyAdd(s, left, a4);
                        b4 = TLanes.MultiplyAdd(s, right, b4);
                    }
                    if (TBlock.Size > 5)
                    {
                        s = TLanes.Fill(w[5]);
                        a5 = TLanes.MultiplyAdd(s, left, a5);
                        b5 = TLanes.MultiplyAdd(s, right, b5);
                    }
                    if (TBlock.Size > 6)
                    {
                        s = TLanes.Fill(w[6]);
                        a6 = TLanes.MultiplyAdd(s, left, a6);
                        b6 = TLanes.MultiplyAdd(s, right, b6);
                    }
                    if (TBlock.Size > 7)
                    {
                        s = TLanes.Fill(w[7]);
                        a7 = TLanes.MultiplyAdd(s, left, a7);
                        b7 = TLanes.MultiplyAdd(s, right, b7);
                    }
                    if (TBlock.Size > 8)
                    {
                        s = TLanes.Fill(w[8]);
                        a8 = TLanes.MultiplyAdd(s, left, a8);
                        b8 = TLanes.MultiplyAdd(s, right, b8);
                    }
                    if (TBlock.Size > 9)
                    {
                        s = TLanes.Fill(w[9]);
                        a9 = TLanes.MultiplyAdd(s, left, a9);
                        b9 = TLanes.MultiplyAdd(s, right, b9);
                    }
                    if (TBlock.Size > 10)
                    {
                        s = TLanes.Fill(w[10]);
                        a10 = TLanes.MultiplyAdd(s, left, a10);
                        b10 = TLanes.MultiplyAdd(s, right, b10);
                    }
                    if (TBlock.Size > 11)
                    {
                        s = TLanes.Fill(w[11]);
                        a11 = TLanes.MultiplyAdd(s, left, a11);
                        b11 = TLanes.MultiplyAdd(s, right, b11);
                    }
                }
            }
        }
        Store(a0, b0, output);
        if (TBlock.Size > 1) Store(a1, b1, output + outputStride);
        if (TBlock.Size > 2) Store(a2, b2, output + 2 * outputStride);
        if (TBlock.Size > 3) Store(a3, b3, output + 3 * outputStride);
        if (TBlock.Size > 4) Store(a4, b4, output + 4 * outputStride);
        if (TBlock.Size > 5) Store(a5, b5, output + 5 * outputStride);
        if (TBlock.Size > 6) Store(a6, b6, output + 6 * outputStride);
        if (TBlock.Size > 7) Store(a7, b7, output + 7 * outputStride);
        if (TBlock.Size > 8) Store(a8, b8, output + 8 * outputStride);
        if (TBlock.Size > 9) Store(a9, b9, output + 9 * outputStride);
        if (TBlock.Size > 10) Store(a10, b10, output + 10 * outputStride);
        if (TBlock.Size > 11) Store(a11, b11, output + 11 * outputStride);
    }

    /// <summary>Largest block of <see cref="RunPair"/>.</summary>
    public const int MaxPairBlock = 3;

    /// <summary>Computes two rows with the same weights, to the bits of <see cref="Run"/>. Few outputs alone would leave the processor
    /// waiting: each of their sums depends on the one before.</summary>
    /// <param name="others">The taps of the second row; as many as of the first.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RunPair(
        int block, RowTap* taps, RowTap* end, RowTap* others, nint offset, nint weightOffset, int channels, nint channelStride, int kernelX,
        float* bias, float* output, float* otherOutput, nint outputStride)
    {
        switch (block)
        {
            case 3: RunPair<Block3>(taps, end, others, offset, weightOffset, channels, channelStride, kernelX, bias, output, otherOutput, outputStride); break;
            case 2: RunPair<Block2>(taps, end, others, offset, weightOffset, channels, channelStride, kernelX, bias, output, otherOutput, outputStride); break;
            default: RunPair<Block1>(taps, end, others, offset, weightOffset, channels, channelStride, kernelX, bias, output, otherOutput, outputStride); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunPair<TBlock>(
        RowTap* taps, RowTap* end, RowTap* others, nint offset, nint weightOffset, int channels, nint channelStride, int kernelX,
        float* bias, float* output, float* otherOutput, nint outputStride)
        where TBlock : struct, IBlock
    {
        TVector a0 = TLanes.Fill(bias[0]), b0 = a0, c0 = a0, d0 = a0;
        TVector a1 = TBlock.Size > 1 ? TLanes.Fill(bias[1]) : default, b1 = a1, c1 = a1, d1 = a1;
        TVector a2 = TBlock.Size > 2 ? TLanes.Fill(bias[2]) : default, b2 = a2, c2 = a2, d2 = a2;
        for (; taps < end; taps++, others++)
        {
            float* row = taps->Row + offset, other = others->Row + offset, w = taps->Weights + weightOffset;
            for (int c = 0; c < channels; c++, row += channelStride, other += channelStride)
            {
                float* x = row, y = other;
                for (float* rowEnd = x + kernelX; x < rowEnd; x++, y++, w += TBlock.Size)
                {
                    TVector left = TLanes.Load(x), right = TLanes.Load(x + TLanes.Width);
                    TVector otherLeft = TLanes.Load(y), otherRight = TLanes.Load(y + TLanes.Width), s = TLanes.Fill(w[0]);
                    a0 = TLanes.MultiplyAdd(s, left, a0);
                    b0 = TLanes.MultiplyAdd(s, right, b0);
                    c0 = TLanes.MultiplyAdd(s, otherLeft, c0);
                    d0 = TLanes.MultiplyAdd(s, otherRight, d0);
                    if (TBlock.Size > 1)
                    {
                        s = TLanes.Fill(w[1]);
                        a1 = TLanes.MultiplyAdd(s, left, a1);
                        b1 = TLanes.MultiplyAdd(s, right, b1);
                        c1 = TLanes.MultiplyAdd(s, otherLeft, c1);
                        d1 = TLanes.MultiplyAdd(s, otherRight, d1);
                    }
                    if (TBlock.Size > 2)
                    {
                        s = TLanes.Fill(w[2]);
                        a2 = TLanes.MultiplyAdd(s, left, a2);
                        b2 = TLanes.MultiplyAdd(s, right, b2);
                        c2 = TLanes.MultiplyAdd(s, otherLeft, c2);
                        d2 = TLanes.MultiplyAdd(s, otherRight, d2);
                    }
                }
            }
        }
        Store(a0, b0, output);
        Store(c0, d0, otherOutput);
        if (TBlock.Size > 1) Store(a1, b1, output + outputStride);
        if (TBlock.Size > 1) Store(c1, d1, otherOutput + outputStride);
        if (TBlock.Size > 2) Store(a2, b2, output + 2 * outputStride);
        if (TBlock.Size > 2) Store(c2, d2, otherOutput + 2 * outputStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TVector left, TVector right, float* to)
    {
        TLanes.Store(left, to);
        TLanes.Store(right, to + TLanes.Width);
    }

    private interface IBlock
    {
        static abstract int Size { get; }
    }

    private readonly struct Block1 : IBlock { public static int Size => 1; }

    private readonly struct Block2 : IBlock { public static int Size => 2; }

    private readonly struct Block3 : IBlock { public static int Size => 3; }

    private readonly struct Block4 : IBlock { public static int Size => 4; }

    private readonly struct Block5 : IBlock { public static int Size => 5; }

    private readonly struct Block6 : IBlock { public static int Size => 6; }

    private readonly struct Block7 : IBlock { public static int Size => 7; }

    private readonly struct Block8 : IBlock { public static int Size => 8; }

    private readonly struct Block9 : IBlock { public static int Size => 9; }

    private readonly struct Block10 : IBlock { public static int Size => 10; }

    private readonly struct Block11 : IBlock { public static int Size => 11; }

    private readonly struct Block12 : IBlock { public static int Size => 12; }
}
