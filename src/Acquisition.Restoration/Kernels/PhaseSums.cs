using System.Runtime.CompilerServices;
using Acquisition.Restoration.Kernels.Lanes;

namespace Acquisition.Restoration.Kernels;

/// <summary>A 3³ convolution behind nearest enlargement, computed on the coarse grid: a pointwise convolution gives the product of
/// each tap (27 channels), and sums of three neighbours along x, then y, then z give the phases of the fine grid.</summary>
/// <remarks>Fine sample (phase p) sees, through tap t of an axis, the coarse neighbour at offset floor((p + t − 1) / factor). With a
/// factor of 2: p = 0 sees −1, 0, 0 and p = 1 sees 0, 0, 1. Channels are [outer][3][inner] before a pass and [outer][factor][inner] after it.</remarks>
internal static unsafe class PhaseSums<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>One pass for the rows of a box.</summary>
    /// <param name="axis">0, 1, 2 for z, y, x.</param>
    /// <param name="factor">1 or 2.</param>
    /// <param name="inner">Channels that lie between two taps.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(
        int axis, int factor, int inner, float bias, Activations from, Activations to, Box box, float* zeroRow)
    {
        int outer = from.Channels / (3 * inner), width = to.PaddedX;
        nint fromStride = from.ChannelStride, toStride = to.ChannelStride;
        box = box.In(to);
        for (int row = 0, rows = box.EndY - box.Y; row < (box.EndZ - box.Z) * rows; row++)
        {
            int z = box.Z + row / rows, y = box.Y + row % rows;
            float* middle = from.Row(z, y), below = Neighbour(axis, from, z, y, -1, zeroRow), above = Neighbour(axis, from, z, y, 1, zeroRow);
            float* output = to.Row(z, y);
            for (int o = 0; o < outer; o++)
            {
                for (int i = 0; i < inner; i++)
                {
                    nint t0 = (o * 3 * inner + i) * fromStride, t1 = t0 + inner * fromStride, t2 = t1 + inner * fromStride;
                    float* p0 = output + (o * factor * inner + i) * toStride;
                    if (factor == 1)
                    {
                        Sum(below + t0, middle + t1, above + t2, bias, p0, width);
                        continue;
                    }
                    Sum(below + t0, middle + t1, middle + t2, bias, p0, width);
                    Sum(middle + t0, middle + t1, above + t2, bias, p0 + inner * toStride, width);
                }
            }
            to.ClearPadding(output);
        }
    }

    /// <summary>The adjoint of <see cref="Gather"/>: gradients of phases become those of taps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter(
        int axis, int factor, int inner, Activations from, Activations to, Box box, float* zeroRow)
    {
        int outer = to.Channels / (3 * inner), width = to.PaddedX;
        nint fromStride = from.ChannelStride, toStride = to.ChannelStride;
        box = box.In(to);
        for (int row = 0, rows = box.EndY - box.Y; row < (box.EndZ - box.Z) * rows; row++)
        {
            int z = box.Z + row / rows, y = box.Y + row % rows;
            float* middle = from.Row(z, y), below = Neighbour(axis, from, z, y, -1, zeroRow), above = Neighbour(axis, from, z, y, 1, zeroRow);
            float* output = to.Row(z, y);
            for (int o = 0; o < outer; o++)
            {
                for (int i = 0; i < inner; i++)
                {
                    nint p0 = (o * factor * inner + i) * fromStride, p1 = p0 + (factor - 1) * inner * fromStride;
                    float* t0 = output + (o * 3 * inner + i) * toStride;
                    float* t1 = t0 + inner * toStride, t2 = t1 + inner * toStride;
                    if (factor == 1)
                    {
                        Sum(above + p0, zeroRow, zeroRow, 0, t0, width);
                        Sum(middle + p0, zeroRow, zeroRow, 0, t1, width);
                        Sum(below + p0, zeroRow, zeroRow, 0, t2, width);
                        continue;
                    }
                    Sum(above + p0, middle + p1, zeroRow, 0, t0, width);
                    Sum(middle + p0, middle + p1, zeroRow, 0, t1, width);
                    Sum(middle + p0, below + p1, zeroRow, 0, t2, width);
                }
            }
            to.ClearPadding(output);
        }
    }

    /// <summary>The row one step away; along x the same row one sample on, where the halo is zero.</summary>
    private static float* Neighbour(int axis, Activations map, int z, int y, int step, float* zeroRow)
    {
        if (axis == 2) return map.Row(z, y) + step;
        if (axis == 1) y += step;
        else z += step;
        return (uint)z < (uint)map.Z && (uint)y < (uint)map.Y ? map.Row(z, y) : zeroRow;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sum(float* a, float* b, float* c, float bias, float* to, int width)
    {
        TVector start = TLanes.Fill(bias);
        for (float* end = to + width; to < end; to += TLanes.Width, a += TLanes.Width, b += TLanes.Width, c += TLanes.Width)
            TLanes.Store(TLanes.Add(TLanes.Add(TLanes.Add(TLanes.Load(a), TLanes.Load(b)), TLanes.Load(c)), start), to);
    }
}
