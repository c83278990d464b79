using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Acquisition.Restoration.Kernels;

/// <content>The gradient with respect to weights is taken at the 36 positions and transformed back once a sample.</content>
internal sealed unsafe partial class WinogradConvolution<TLanes, TVector>
{
    /// <summary>Tiles transformed before they are multiplied: enough to pay for the sums over vectors at the end.</summary>
    private const int Batch = 8;

    /// <summary>With fewer products of channels the transforms cost more than they save.</summary>
    private const int FewestProducts = 64;

    private readonly DirectConvolution<TLanes, TVector> _direct;

    /// <summary>Input channels transformed at a time: as many as are multiplied at a time, so that they stay in the cache.</summary>
    private const int Pair = RowProducts<TLanes, TVector>.MaxOperands / 3;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddWeightGradient(
        Activations input, Activations outputGradient, int firstPlane, int endPlane, float* weightGradient, Scratch scratch)
    {
        Debug.Assert(firstPlane == 0 && endPlane == input.Z, "Tiles reach over planes.");
        if (Shape.In * Shape.Out < FewestProducts)
        {
            _direct.AddWeightGradient(input, outputGradient, firstPlane, endPlane, weightGradient, scratch);
            return;
        }
        var chunks = new Blocks(input.PaddedX / Activations.Granule, LongestChunk / Activations.Granule);
        int longest = Activations.Granule * ((input.PaddedX / Activations.Granule + chunks.Count - 1) / chunks.Count);
        Blocks outs = new(Shape.Out, RowProducts<TLanes, TVector>.MaxOuts), pairs = new(Shape.In, Pair);
        int tilesInY = (input.Y + Tile - 1) / Tile, tiles = (input.Z + Tile - 1) / Tile * tilesInY, batch = Math.Min(Batch, tiles);
        nint vChannel = longest + (chunks.Count == 1 ? 1 : 2) * Activations.Halo, vTile = Pair * vChannel + Activations.Halo;
        nint dChannel = longest, dTile = Shape.Out * dChannel;
        nint sumsLength = ((nint)outs.Count * pairs.Count * RowProducts<TLanes, TVector>.SumCount + Activations.Granule - 1)
            / Activations.Granule * Activations.Granule;
        nint zeros = Math.Max(input.RowStride, outputGradient.RowStride) + 2 * Activations.Halo;
        float* zeroRow = scratch.Take(zeros + Positions * (sumsLength + batch * (vTile + dTile)) + 18 * sumsLength) + Activations.Halo;
        float* v = zeroRow + zeros, d = v - Activations.Halo + Positions * batch * vTile;
        float* sums = d + Positions * batch * dTile, lines = sums + Positions * sumsLength;
        new Span<float>(zeroRow - Activations.Halo, checked((int)zeros)).Clear();
        new Span<float>(sums, checked((int)(Positions * sumsLength))).Clear();
        for (int t = 0; chunks.Count == 1 && t < batch; t++) ClearHalos(v + t * vTile, batch * vTile, vChannel, longest, Pair);

        float** rows = stackalloc float*[Batch * Positions];
        for (int chunk = 0; chunk < chunks.Count; chunk++)
        {
            int x = chunks.Start(chunk) * Activations.Granule, width = chunks.Size(chunk) * Activations.Granule;
            int before = chunks.Count == 1 ? 0 : Activations.Granule;
            for (int first = 0; first < tiles; first += batch)
            {
                int count = Math.Min(batch, tiles - first);
                for (int t = 0; t < count; t++)
                {
                    int z = (first + t) / tilesInY * Tile, y = (first + t) % tilesInY * Tile;
                    CollectOutputRows(outputGradient, z, y, zeroRow, rows);
                    TransformGradient(rows, outputGradient.ChannelStride, x, width, d + t * dTile, batch * dTile, dChannel);
                }
                for (int t = 0; t < count; t++)
                    CollectRows(input, (first + t) / tilesInY * Tile, (first + t) % tilesInY * Tile, zeroRow, rows + t * Positions);
                var products = new RowPairs(1, count, width, 0, dTile, dChannel, 0, vTile);
                for (int pair = 0; pair < pairs.Count; pair++)
                {
                    int ci = pairs.Start(pair), ins = pairs.Size(pair);
                    for (int t = 0; t < count; t++)
                    {
                        TransformInput(
                            rows + t * Positions, input.ChannelStride, ci, ins, x - before, width + 2 * before, v + t * vTile - before,
                            batch * vTile, vChannel);
                    }
                    AddPositions(products, batch, d, v - 1, vChannel, ins, outs, pair, pairs.Count, sums, sumsLength);
                }
            }
        }
        TransformBack(sums, sumsLength, lines);
        Scatter(sums, sumsLength, outs, pairs, weightGradient);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CollectOutputRows(Activations gradient, int z, int y, float* zeroRow, float** rows)
    {
        for (int i = 0; i < Tile; i++)
        {
            for (int j = 0; j < Tile; j++)
                rows[i * Tile + j] = z + i < gradient.Z && y + j < gradient.Y ? gradient.Row(z + i, y + j) : zeroRow;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TransformGradient(float** rows, nint channelStride, int x, int width, float* d, nint dPosition, nint dChannel)
    {
        for (int c = 0; c < Shape.Out; c++)
        {
            float* to = d + c * dChannel;
            nint at = c * channelStride + x;
            for (float* end = to + width; to < end; to += TLanes.Width, at += TLanes.Width)
            {
                for (int j = 0; j < Tile; j++)
                {
                    WinogradLines<TLanes, TVector>.Gradient(
                        TLanes.Load(rows[j] + at), TLanes.Load(rows[Tile + j] + at), TLanes.Load(rows[2 * Tile + j] + at),
                        TLanes.Load(rows[3 * Tile + j] + at), to + j * dPosition, Reach * dPosition);
                }
                for (int i = 0; i < Reach; i++)
                {
                    float* line = to + Reach * i * dPosition;
                    WinogradLines<TLanes, TVector>.Gradient(
                        TLanes.Load(line), TLanes.Load(line + dPosition), TLanes.Load(line + 2 * dPosition),
                        TLanes.Load(line + 3 * dPosition), line, dPosition);
                }
            }
        }
    }

    /// <param name="sums">[position][block of outputs][pair of inputs][operand][4]; added to.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddPositions(
        in RowPairs products, int batch, float* d, float* v, nint vChannel, int ins, Blocks outs, int pair, int pairs, float* sums, nint sumsLength)
    {
        nint* offsets = stackalloc nint[RowProducts<TLanes, TVector>.MaxOperands];
        for (int o = 0; o < 3 * ins; o++) offsets[o] = o / 3 * vChannel + o % 3;
        nint dPosition = batch * products.GradientRow, vPosition = batch * products.InputRow;
        for (int p = 0; p < Positions; p++)
        {
            for (int block = 0; block < outs.Count; block++)
            {
                RowProducts<TLanes, TVector>.Run(
                    products, d + p * dPosition + outs.Start(block) * products.GradientChannel, v + p * vPosition, outs.Size(block),
                    3 * ins, offsets, sums + p * sumsLength + (block * pairs + pair) * RowProducts<TLanes, TVector>.SumCount);
            }
        }
    }

    /// <summary>36 positions become 9 (kz, ky), in the place of the first nine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransformBack(float* sums, nint length, float* lines)
    {
        for (nint i = 0; i < length; i += TLanes.Width)
        {
            for (int py = 0; py < Reach; py++)
            {
                WinogradLines<TLanes, TVector>.WeightGradient(
                    sums + py * length + i, Reach * length, out TVector g0, out TVector g1, out TVector g2);
                TLanes.Store(g0, lines + py * length + i);
                TLanes.Store(g1, lines + (Reach + py) * length + i);
                TLanes.Store(g2, lines + (2 * Reach + py) * length + i);
            }
            for (int kz = 0; kz < 3; kz++)
            {
                WinogradLines<TLanes, TVector>.WeightGradient(
                    lines + kz * Reach * length + i, length, out TVector g0, out TVector g1, out TVector g2);
                float* to = sums + 3 * kz * length + i;
                TLanes.Store(g0, to);
                TLanes.Store(g1, to + length);
                TLanes.Store(g2, to + 2 * length);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Scatter(float* sums, nint length, Blocks outs, Blocks pairs, float* weightGradient)
    {
        for (int kzy = 0; kzy < 9; kzy++)
        {
            for (int block = 0; block < outs.Count; block++)
            {
                for (int pair = 0; pair < pairs.Count; pair++)
                {
                    float* from = sums + kzy * length + (block * pairs.Count + pair) * RowProducts<TLanes, TVector>.SumCount;
                    for (int o = 0; o < 3 * pairs.Size(pair); o++, from += 4)
                    {
                        float* to = weightGradient
                            + (outs.Start(block) * Shape.In + pairs.Start(pair) + o / 3) * Shape.Taps + 3 * kzy + o % 3;
                        for (int c = 0; c < outs.Size(block); c++) to[c * Shape.In * Shape.Taps] += from[c];
                    }
                }
            }
        }
    }
}
