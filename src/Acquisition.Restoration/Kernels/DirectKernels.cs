using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Acquisition.Restoration.Network;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Acquisition.Restoration.Kernels;

/// <summary>Direct convolutions on vectors of 512 bits, which narrower processors run as two or four.</summary>
/// <remarks>Forward: blocks of 4, 2 or 1 output channels times two vectors of x, summed in registers over all taps. Sums run over
/// (kz, ky, in, kx) in this order for every output, fused where the processor can, so that a row's bits do not depend on its place.</remarks>
internal sealed unsafe partial class DirectKernels : IConvKernels
{
    private const int Lanes = 16;
    private const int BlockWidth = 2 * Lanes;

    public static DirectKernels Instance { get; } = new();

    public string Name => Vector512.IsHardwareAccelerated ? "direct, 512 bits" : "direct";

    public int PackedLength(ConvShape shape) => shape.WeightCount;

    /// <summary>Packed: for each block of output channels [kz][ky][in][kx][out in block].</summary>
    public void Pack(ConvShape shape, ReadOnlySpan<float> weights, float* packed)
    {
        int perOut = shape.InPerGroup * shape.Taps, k = shape.Kernel;
        for (int first = 0; first < shape.Out;)
        {
            int block = BlockSize(shape, first);
            for (int kzy = 0; kzy < k * k; kzy++)
            {
                for (int ci = 0; ci < shape.InPerGroup; ci++)
                {
                    for (int kx = 0; kx < k; kx++)
                    {
                        for (int co = first; co < first + block; co++) *packed++ = weights[co * perOut + (ci * k * k + kzy) * k + kx];
                    }
                }
            }
            first += block;
        }
    }

    public void Forward(
        ConvShape shape, float* packed, float* bias, Activations input, Activations output, int firstRow, int endRow)
    {
        int radius = shape.Radius, k = shape.Kernel;
        nint channelStride = input.ChannelStride, outputStride = output.ChannelStride;
        int lastStart = output.PaddedX - BlockWidth;
        for (int row = firstRow; row < endRow; row++)
        {
            int z = row / input.Y, y = row % input.Y;
            var taps = new TapRange(
                Math.Max(0, radius - z), Math.Min(k, input.Z + radius - z),
                Math.Max(0, radius - y), Math.Min(k, input.Y + radius - y),
                k, shape.InPerGroup, input.PlaneStride, input.RowStride, channelStride);
            float* to = output.Row(z, y);
            float* centre = input.Row(z, y);
            for (int first = 0; first < shape.Out;)
            {
                int block = BlockSize(shape, first);
                int group = first / shape.OutPerGroup;
                float* from = centre + group * shape.InPerGroup * channelStride
                    - radius * (input.PlaneStride + input.RowStride + 1);
                float* w = packed + (nint)first * shape.InPerGroup * shape.Taps;
                for (int start = 0; start < output.PaddedX; start += BlockWidth)
                {
                    // The last two vectors may overlap the two before; they are computed twice, to the same bits.
                    int x = Math.Min(start, lastStart);
                    float* o = to + first * outputStride + x;
                    if (block == 4) Forward4(from + x, taps, w, bias + first, o, outputStride);
                    else if (block == 2) Forward2(from + x, taps, w, bias + first, o, outputStride);
                    else Forward1(from + x, taps, w, bias + first, o);
                }
                first += block;
            }
            output.ClearPadding(to);
        }
    }

    /// <summary>Output channels computed together from channel <paramref name="first"/> on; blocks do not straddle groups.</summary>
    private static int BlockSize(ConvShape shape, int first)
    {
        int left = shape.OutPerGroup - first % shape.OutPerGroup;
        return left >= 4 ? 4 : left >= 2 ? 2 : 1;
    }

    /// <summary>The taps of a row that lie inside the volume, and the way between them.</summary>
    private readonly record struct TapRange(
        int FirstZ, int EndZ, int FirstY, int EndY, int Kernel, int Channels, nint PlaneStride, nint RowStride, nint ChannelStride);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Forward4(float* input, in TapRange taps, float* weights, float* bias, float* output, nint outputStride)
    {
        V a0 = Vector512.Create(bias[0]), a1 = Vector512.Create(bias[1]), a2 = Vector512.Create(bias[2]), a3 = Vector512.Create(bias[3]);
        V b0 = a0, b1 = a1, b2 = a2, b3 = a3;
        int k = taps.Kernel;
        nint channelStride = taps.ChannelStride, rowWeights = (nint)taps.Channels * k * 4;
        for (int kz = taps.FirstZ; kz < taps.EndZ; kz++)
        {
            for (int ky = taps.FirstY; ky < taps.EndY; ky++)
            {
                float* row = input + kz * taps.PlaneStride + ky * taps.RowStride;
                float* w = weights + (kz * k + ky) * rowWeights;
                float* end = w + rowWeights;
                for (; w < end; row += channelStride)
                {
                    float* x = row;
                    for (float* rowEnd = w + 4 * k; w < rowEnd; w += 4, x++)
                    {
                        V left = Vector512.Load(x), right = Vector512.Load(x + Lanes), s;
                        s = Vector512.Create(w[0]);
                        a0 = Vector512.MultiplyAddEstimate(s, left, a0);
                        b0 = Vector512.MultiplyAddEstimate(s, right, b0);
                        s = Vector512.Create(w[1]);
                        a1 = Vector512.MultiplyAddEstimate(s, left, a1);
                        b1 = Vector512.MultiplyAddEstimate(s, right, b1);
                        s = Vector512.Create(w[2]);
                        a2 = Vector512.MultiplyAddEstimate(s, left, a2);
                        b2 = Vector512.MultiplyAddEstimate(s, right, b2);
                        s = Vector512.Create(w[3]);
                        a3 = Vector512.MultiplyAddEstimate(s, left, a3);
                        b3 = Vector512.MultiplyAddEstimate(s, right, b3);
                    }
                }
            }
        }
        a0.Store(output);
        b0.Store(output + Lanes);
        output += outputStride;
        a1.Store(output);
        b1.Store(output + Lanes);
        output += outputStride;
        a2.Store(output);
        b2.Store(output + Lanes);
        output += outputStride;
        a3.Store(output);
        b3.Store(output + Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Forward2(float* input, in TapRange taps, float* weights, float* bias, float* output, nint outputStride)
    {
        V a0 = Vector512.Create(bias[0]), a1 = Vector512.Create(bias[1]), b0 = a0, b1 = a1;
        int k = taps.Kernel;
        nint channelStride = taps.ChannelStride, rowWeights = (nint)taps.Channels * k * 2;
        for (int kz = taps.FirstZ; kz < taps.EndZ; kz++)
        {
            for (int ky = taps.FirstY; ky < taps.EndY; ky++)
            {
                float* row = input + kz * taps.PlaneStride + ky * taps.RowStride;
                float* w = weights + (kz * k + ky) * rowWeights;
                float* end = w + rowWeights;
                for (; w < end; row += channelStride)
                {
                    float* x = row;
                    for (float* rowEnd = w + 2 * k; w < rowEnd; w += 2, x++)
                    {
                        V left = Vector512.Load(x), right = Vector512.Load(x + Lanes), s;
                        s = Vector512.Create(w[0]);
                        a0 = Vector512.MultiplyAddEstimate(s, left, a0);
                        b0 = Vector512.MultiplyAddEstimate(s, right, b0);
                        s = Vector512.Create(w[1]);
                        a1 = Vector512.MultiplyAddEstimate(s, left, a1);
                        b1 = Vector512.MultiplyAddEstimate(s, right, b1);
                    }
                }
            }
        }
        a0.Store(output);
        b0.Store(output + Lanes);
        a1.Store(output + outputStride);
        b1.Store(output + outputStride + Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Forward1(float* input, in TapRange taps, float* weights, float* bias, float* output)
    {
        V a = Vector512.Create(bias[0]), b = a;
        int k = taps.Kernel;
        nint channelStride = taps.ChannelStride, rowWeights = (nint)taps.Channels * k;
        for (int kz = taps.FirstZ; kz < taps.EndZ; kz++)
        {
            for (int ky = taps.FirstY; ky < taps.EndY; ky++)
            {
                float* row = input + kz * taps.PlaneStride + ky * taps.RowStride;
                float* w = weights + (kz * k + ky) * rowWeights;
                float* end = w + rowWeights;
                for (; w < end; row += channelStride)
                {
                    float* x = row;
                    for (float* rowEnd = w + k; w < rowEnd; w++, x++)
                    {
                        V s = Vector512.Create(w[0]);
                        a = Vector512.MultiplyAddEstimate(s, Vector512.Load(x), a);
                        b = Vector512.MultiplyAddEstimate(s, Vector512.Load(x + Lanes), b);
                    }
                }
            }
        }
        a.Store(output);
        b.Store(output + Lanes);
    }
}
