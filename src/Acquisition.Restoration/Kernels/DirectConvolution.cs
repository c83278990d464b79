using System.Runtime.CompilerServices;
using Acquisition.Restoration.Kernels.Lanes;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Kernels;

/// <summary>A convolution as its definition says, row by row.</summary>
/// <remarks>Sums run over (kz, ky, in, kx) in this order; rows outside the volume are left out.</remarks>
internal sealed unsafe class DirectConvolution<TLanes, TVector>(ConvShape shape) : Convolution(shape)
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private readonly Blocks _outs = new(shape.OutPerGroup, RowSums<TLanes, TVector>.MaxBlock);

    public override string Form => "direct";

    public override int PackedLength => Shape.WeightCount;

    public override double FlopsPerVoxel => 2.0 * Shape.WeightCount;

    /// <summary>Packed: [kz][ky][block of outputs][in][kx][out in block].</summary>
    public override void Pack(ReadOnlySpan<float> weights, float* packed)
    {
        int k = Shape.Kernel;
        for (int kzy = 0; kzy < k * k; kzy++) packed = PackRows(Shape, _outs, weights, kzy, packed);
    }

    /// <summary>Writes the weights of one (kz, ky); returns what lies behind them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float* PackRows(ConvShape shape, Blocks outs, ReadOnlySpan<float> weights, int kzy, float* packed)
    {
        int k = shape.Kernel, perOut = shape.InPerGroup * shape.Taps;
        for (int group = 0; group < shape.Groups; group++)
        {
            for (int block = 0; block < outs.Count; block++)
            {
                int first = group * shape.OutPerGroup + outs.Start(block), end = first + outs.Size(block);
                for (int ci = 0; ci < shape.InPerGroup; ci++)
                {
                    for (int kx = 0; kx < k; kx++)
                    {
                        for (int co = first; co < end; co++) *packed++ = weights[co * perOut + ci * shape.Taps + kzy * k + kx];
                    }
                }
            }
        }
        return packed;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Forward(in ForwardMaps maps, float* packed, Box box, Scratch scratch)
    {
        Activations input = maps.Input, sums = maps.Before ?? maps.Output;
        int k = Shape.Kernel, radius = Shape.Radius;
        RowTap* taps = stackalloc RowTap[k * k], others = stackalloc RowTap[k * k];
        box = box.In(maps.Output);
        for (int z = box.Z; z < box.EndZ; z++)
        {
            for (int y = box.Y; y < box.EndY;)
            {
                int count = CollectTaps(input, z, y, packed, taps), rows = 1;
                bool pairs = _outs.Size(0) <= RowSums<TLanes, TVector>.MaxPairBlock && y + 1 < box.EndY;
                // At the borders in y the two rows see different numbers of rows.
                if (pairs && CollectTaps(input, z, y + 1, packed, others) == count && y >= radius && y + 1 + radius < input.Y) rows = 2;
                Rows(taps, count, rows == 2 ? others : null, input.ChannelStride, maps.Bias, sums, z, y);
                for (int i = 0; i < rows; i++, y++) Finish(maps, sums, z, y);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int CollectTaps(Activations input, int z, int y, float* packed, RowTap* taps)
    {
        int k = Shape.Kernel, radius = Shape.Radius, rowWeights = Shape.Out * Shape.InPerGroup * k, count = 0;
        for (int kz = Math.Max(0, radius - z); kz < Math.Min(k, input.Z + radius - z); kz++)
        {
            for (int ky = Math.Max(0, radius - y); ky < Math.Min(k, input.Y + radius - y); ky++)
                taps[count++] = new(input.Row(z + kz - radius, y + ky - radius) - radius, packed + (kz * k + ky) * rowWeights);
        }
        return count;
    }

    private void Finish(in ForwardMaps maps, Activations sums, int z, int y)
    {
        float* row = sums.Row(z, y);
        sums.ClearPadding(row);
        if (maps.Slopes == null) return;
        float* rectified = maps.Output.Row(z, y);
        for (int co = 0; co < Shape.Out; co++)
        {
            nint at = co * sums.ChannelStride;
            Rectifier<TLanes, TVector>.Row(row + at, rectified + at, sums.PaddedX, maps.Slopes[co]);
        }
    }

    /// <param name="others">The taps of the row behind, computed as well; <see langword="null"/> for one row alone.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Rows(RowTap* taps, int count, RowTap* others, nint inputChannel, float* bias, Activations sums, int z, int y)
    {
        int k = Shape.Kernel, ins = Shape.InPerGroup, width = sums.PaddedX, lastStart = width - RowSums<TLanes, TVector>.Width;
        nint toChannel = sums.ChannelStride;
        float* to = sums.Row(z, y), otherTo = others == null ? null : sums.Row(z, y + 1);
        for (int group = 0; group < Shape.Groups; group++)
        {
            for (int block = 0; block < _outs.Count; block++)
            {
                int first = group * Shape.OutPerGroup + _outs.Start(block), size = _outs.Size(block);
                for (int start = 0; start < width; start += RowSums<TLanes, TVector>.Width)
                {
                    // The last samples may overlap the ones before; they are computed twice, to the same bits.
                    int x = Math.Min(start, lastStart);
                    nint offset = group * ins * inputChannel + x, at = first * toChannel + x;
                    if (others == null)
                    {
                        RowSums<TLanes, TVector>.Run(
                            size, taps, taps + count, offset, first * ins * k, ins, inputChannel, k, bias + first, to + at, toChannel);
                    }
                    else
                    {
                        RowSums<TLanes, TVector>.RunPair(
                            size, taps, taps + count, others, offset, first * ins * k, ins, inputChannel, k, bias + first, to + at,
                            otherTo + at, toChannel);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddWeightGradient(
        Activations input, Activations outputGradient, int firstPlane, int endPlane, float* weightGradient, Scratch scratch)
    {
        int k = Shape.Kernel, radius = Shape.Radius;
        for (int kz = 0; kz < k; kz++)
        {
            for (int ky = 0; ky < k; ky++)
            {
                int firstZ = Math.Max(firstPlane, radius - kz), endZ = Math.Min(endPlane, input.Z + radius - kz);
                int firstY = Math.Max(0, radius - ky), endY = Math.Min(input.Y, input.Y + radius - ky);
                if (endZ <= firstZ || endY <= firstY) continue;
                var rows = new RowPairs(
                    endZ - firstZ, endY - firstY, (input.X + Activations.Granule - 1) / Activations.Granule * Activations.Granule,
                    outputGradient.PlaneStride, outputGradient.RowStride, outputGradient.ChannelStride,
                    input.PlaneStride, input.RowStride);
                float* from = input.Row(firstZ + kz - radius, firstY + ky - radius) - radius;
                AddRows(rows, outputGradient.Row(firstZ, firstY), from, input.ChannelStride, weightGradient + (kz * k + ky) * k);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRows(in RowPairs rows, float* gradient, float* input, nint inputChannel, float* weightGradient)
    {
        int k = Shape.Kernel, ins = Shape.InPerGroup;
        float* sums = stackalloc float[RowProducts<TLanes, TVector>.SumCount];
        nint* offsets = stackalloc nint[RowProducts<TLanes, TVector>.MaxOperands];
        var outs = new Blocks(Shape.OutPerGroup, RowProducts<TLanes, TVector>.MaxOuts);
        var operands = new Blocks(ins * k, RowProducts<TLanes, TVector>.MaxOperands);
        for (int group = 0; group < Shape.Groups; group++)
        {
            for (int block = 0; block < outs.Count; block++)
            {
                int co = group * Shape.OutPerGroup + outs.Start(block);
                for (int chunk = 0; chunk < operands.Count; chunk++)
                {
                    int first = operands.Start(chunk), count = operands.Size(chunk);
                    for (int o = 0; o < count; o++)
                        offsets[o] = (group * ins + (first + o) / k) * inputChannel + (first + o) % k;
                    new Span<float>(sums, RowProducts<TLanes, TVector>.SumCount).Clear();
                    RowProducts<TLanes, TVector>.Run(
                        rows, gradient + co * rows.GradientChannel, input, outs.Size(block), count, offsets, sums);
                    for (int o = 0; o < count; o++)
                    {
                        float* to = weightGradient + (co * ins + (first + o) / k) * Shape.Taps + (first + o) % k;
                        for (int c = 0; c < outs.Size(block); c++) to[c * ins * Shape.Taps] += sums[4 * o + c];
                    }
                }
            }
        }
    }
}
