using System.Runtime.CompilerServices;
using Acquisition.Restoration.Kernels.Lanes;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Kernels;

/// <summary>A 3³ convolution by Winograd's F(4×4, 3×3) over (z, y), direct in x: 36 products where the definition takes 144, and no
/// shuffles, because neighbours in z and y are whole rows.</summary>
/// <remarks>Lavin and Gray 2016. A tile is 4 planes × 4 rows of output and reads 6 × 6 rows; rows outside the volume count as zeros.
/// Long rows are cut into chunks so that a transformed tile stays in the second-level cache.</remarks>
internal sealed unsafe partial class WinogradConvolution<TLanes, TVector> : Convolution
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int Tile = 4;
    private const int Reach = Tile + 2;
    private const int Positions = Reach * Reach;
    private const int LongestChunk = 128;

    private readonly Blocks _outs;

    public WinogradConvolution(ConvShape shape) : base(shape)
    {
        if (shape.Kernel != 3 || shape.Groups != 1) throw new ArgumentException($"{shape} is not an ungrouped 3³ convolution.");
        _outs = new(shape.Out, RowSums<TLanes, TVector>.MaxBlock);
        _direct = new(shape);
    }

    public override string Form => "Winograd F(4×4, 3×3)";

    /// <summary>Positions, then room for the weights in three and six lines on the way there.</summary>
    public override int PackedLength => (Positions + 9 + 18) * RowWeights;

    public override double FlopsPerVoxel => 2.0 * RowWeights * Positions / (Tile * Tile);

    /// <summary>Weights of one position, or of one (kz, ky).</summary>
    private int RowWeights => 3 * Shape.In * Shape.Out;

    /// <summary>Packed: [position in z][position in y][block of outputs][in][kx][out in block].</summary>
    public override void Pack(ReadOnlySpan<float> weights, float* packed)
    {
        float* taps = packed + Positions * RowWeights, lines = taps + 9 * RowWeights;
        for (int kzy = 0; kzy < 9; kzy++) DirectConvolution<TLanes, TVector>.PackRows(Shape, _outs, weights, kzy, taps + kzy * RowWeights);
        for (int ky = 0; ky < 3; ky++) TransformWeights(taps + ky * RowWeights, 3 * RowWeights, lines + ky * RowWeights, 3 * RowWeights);
        for (int pz = 0; pz < Reach; pz++)
            TransformWeights(lines + 3 * pz * RowWeights, RowWeights, packed + Reach * pz * RowWeights, RowWeights);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Forward(in ForwardMaps maps, float* packed, Box box, Scratch scratch)
    {
        Activations input = maps.Input;
        var chunks = new Blocks(input.PaddedX / Activations.Granule, LongestChunk / Activations.Granule);
        int longest = Activations.Granule * ((input.PaddedX / Activations.Granule + chunks.Count - 1) / chunks.Count);
        // One chunk has zeros on both sides, which channels may share; several have samples there.
        nint vChannel = longest + (chunks.Count == 1 ? 1 : 2) * Activations.Halo, vPosition = Shape.In * vChannel + Activations.Halo;
        nint mPosition = (nint)Shape.Out * longest, zeros = input.RowStride + 2 * Activations.Halo;
        // Outputs below the last plane or row land behind the products, where nobody reads them.
        nint trashed = Shape.Out * maps.Output.ChannelStride;
        float* zeroRow = scratch.Take(
            zeros + Positions * (vPosition + mPosition) + trashed, this, input.PaddedX, out bool isClean) + Activations.Halo;
        float* v = zeroRow + zeros, m = v + Positions * vPosition - Activations.Halo;
        if (!isClean) new Span<float>(zeroRow - Activations.Halo, (int)zeros).Clear();
        if (!isClean && chunks.Count == 1) ClearHalos(v, vPosition, vChannel, longest, Shape.In);

        float** rows = stackalloc float*[Positions];
        for (int z = box.Z; z < Math.Min(box.EndZ, input.Z); z += Tile)
        {
            for (int y = box.Y; y < Math.Min(box.EndY, input.Y); y += Tile)
            {
                CollectRows(input, z, y, zeroRow, rows);
                for (int chunk = 0; chunk < chunks.Count; chunk++)
                {
                    int x = chunks.Start(chunk) * Activations.Granule, width = chunks.Size(chunk) * Activations.Granule;
                    int before = chunks.Count == 1 ? 0 : Activations.Granule;
                    TransformInput(
                        rows, input.ChannelStride, 0, Shape.In, x - before, width + 2 * before, v - before, vPosition, vChannel);
                    Multiply(v, vPosition, vChannel, packed, m, mPosition, longest, width);
                    TransformOutput(m, mPosition, longest, width, maps, z, y, x, m + Positions * mPosition);
                }
                ClearPadding(maps, new Box(z, z + Tile, y, y + Tile).In(maps.Output));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CollectRows(Activations input, int z, int y, float* zeroRow, float** rows)
    {
        for (int i = 0; i < Reach; i++)
        {
            for (int j = 0; j < Reach; j++)
            {
                int iz = z + i - 1, iy = y + j - 1;
                rows[i * Reach + j] = (uint)iz < (uint)input.Z && (uint)iy < (uint)input.Y ? input.Row(iz, iy) : zeroRow;
            }
        }
    }

    private static void ClearHalos(float* v, nint vPosition, nint vChannel, int width, int channels)
    {
        for (int p = 0; p < Positions; p++)
        {
            new Span<float>(v + p * vPosition - Activations.Halo, Activations.Halo).Clear();
            for (int c = 0; c < channels; c++)
                new Span<float>(v + p * vPosition + c * vChannel + width, Activations.Halo).Clear();
        }
    }

    /// <summary>Writes samples [x, x + width) of some channels at all positions.</summary>
    /// <param name="v">Receives sample x of the first of them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransformInput(
        float** rows, nint channelStride, int firstChannel, int channels, int x, int width, float* v, nint vPosition, nint vChannel)
    {
        for (int c = 0; c < channels; c++)
        {
            float* to = v + c * vChannel;
            nint at = (firstChannel + c) * channelStride + x;
            for (float* end = to + width; to < end; to += TLanes.Width, at += TLanes.Width)
            {
                for (int j = 0; j < Reach; j++)
                {
                    WinogradLines<TLanes, TVector>.Input(
                        TLanes.Load(rows[j] + at), TLanes.Load(rows[Reach + j] + at), TLanes.Load(rows[2 * Reach + j] + at),
                        TLanes.Load(rows[3 * Reach + j] + at), TLanes.Load(rows[4 * Reach + j] + at), TLanes.Load(rows[5 * Reach + j] + at),
                        to + j * vPosition, Reach * vPosition);
                }
                for (int i = 0; i < Reach; i++)
                {
                    float* line = to + Reach * i * vPosition;
                    WinogradLines<TLanes, TVector>.Input(
                        TLanes.Load(line), TLanes.Load(line + vPosition), TLanes.Load(line + 2 * vPosition),
                        TLanes.Load(line + 3 * vPosition), TLanes.Load(line + 4 * vPosition), TLanes.Load(line + 5 * vPosition),
                        line, vPosition);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply(
        float* v, nint vPosition, nint vChannel, float* packed, float* m, nint mPosition, nint mChannel, int width)
    {
        float* noBias = stackalloc float[12];
        new Span<float>(noBias, 12).Clear();
        int lastStart = width - RowSums<TLanes, TVector>.Width;
        for (int p = 0; p < Positions; p++)
        {
            var tap = new RowTap(v + p * vPosition - 1, packed + p * RowWeights);
            for (int block = 0; block < _outs.Count; block++)
            {
                int first = _outs.Start(block), size = _outs.Size(block);
                for (int start = 0; start < width; start += RowSums<TLanes, TVector>.Width)
                {
                    int x = Math.Min(start, lastStart);
                    RowSums<TLanes, TVector>.Run(
                        size, &tap, &tap + 1, x, 3 * first * Shape.In, Shape.In, vChannel, 3, noBias,
                        m + p * mPosition + first * mChannel + x, mChannel);
                }
            }
        }
    }

    /// <summary>Writes samples [x, x + width) of a tile's output rows; rows outside the volume go to <paramref name="trash"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private void TransformOutput(
        float* m, nint mPosition, nint mChannel, int width, in ForwardMaps maps, int z, int y, int x, float* trash)
    {
        Activations output = maps.Output;
        float** rows = stackalloc float*[Tile * Tile], sums = stackalloc float*[Tile * Tile];
        for (int i = 0; i < Tile * Tile; i++)
        {
            bool isInside = (uint)(z + i / Tile) < (uint)output.Z && (uint)(y + i % Tile) < (uint)output.Y;
            rows[i] = isInside ? output.Row(z + i / Tile, y + i % Tile) + x : trash;
            sums[i] = !isInside ? trash : maps.Before is null ? rows[i] : maps.Before.Row(z + i / Tile, y + i % Tile) + x;
        }
        nint channelStride = output.ChannelStride;
        if (maps.Slopes == null) Output<Linear>(m, mPosition, mChannel, width, maps.Bias, null, rows, rows, channelStride);
        else if (maps.Before is null) Output<Rectified>(m, mPosition, mChannel, width, maps.Bias, maps.Slopes, rows, rows, channelStride);
        else Output<Both>(m, mPosition, mChannel, width, maps.Bias, maps.Slopes, sums, rows, channelStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private void Output<TEnd>(
        float* m, nint mPosition, nint mChannel, int width, float* biases, float* slopes, float** sums, float** rows, nint channelStride)
        where TEnd : struct, IEnd
    {
        float* lines = stackalloc float[Tile * Reach * TLanes.Width];
        for (int c = 0; c < Shape.Out; c++)
        {
            TVector bias = TLanes.Fill(biases[c]), slope = TEnd.Rectifies ? TLanes.Fill(slopes[c]) : default;
            nint at = c * channelStride;
            float* from = m + c * mChannel;
            for (float* end = from + width; from < end; from += TLanes.Width, at += TLanes.Width)
            {
                for (int j = 0; j < Reach; j++)
                {
                    WinogradLines<TLanes, TVector>.Output(
                        from + j * mPosition, Reach * mPosition, out TVector e0, out TVector e1, out TVector e2, out TVector e3);
                    float* to = lines + j * TLanes.Width;
                    TLanes.Store(e0, to);
                    TLanes.Store(e1, to + Reach * TLanes.Width);
                    TLanes.Store(e2, to + 2 * Reach * TLanes.Width);
                    TLanes.Store(e3, to + 3 * Reach * TLanes.Width);
                }
                for (int i = 0; i < Tile; i++)
                {
                    WinogradLines<TLanes, TVector>.Output(
                        lines + i * Reach * TLanes.Width, TLanes.Width, out TVector y0, out TVector y1, out TVector y2, out TVector y3);
                    Finish<TEnd>(TLanes.Add(y0, bias), slope, sums[Tile * i] + at, rows[Tile * i] + at);
                    Finish<TEnd>(TLanes.Add(y1, bias), slope, sums[Tile * i + 1] + at, rows[Tile * i + 1] + at);
                    Finish<TEnd>(TLanes.Add(y2, bias), slope, sums[Tile * i + 2] + at, rows[Tile * i + 2] + at);
                    Finish<TEnd>(TLanes.Add(y3, bias), slope, sums[Tile * i + 3] + at, rows[Tile * i + 3] + at);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TEnd>(TVector sum, TVector slope, float* before, float* after)
        where TEnd : struct, IEnd
    {
        if (!TEnd.Rectifies || TEnd.KeepsSums) TLanes.Store(sum, before);
        if (TEnd.Rectifies) TLanes.Store(Rectifier<TLanes, TVector>.Apply(sum, slope), after);
    }

    /// <summary>What happens to an output, known when the transform is compiled.</summary>
    private interface IEnd
    {
        static abstract bool Rectifies { get; }

        static abstract bool KeepsSums { get; }
    }

    private readonly struct Linear : IEnd
    {
        public static bool Rectifies => false;

        public static bool KeepsSums => true;
    }

    private readonly struct Rectified : IEnd
    {
        public static bool Rectifies => true;

        public static bool KeepsSums => false;
    }

    private readonly struct Both : IEnd
    {
        public static bool Rectifies => true;

        public static bool KeepsSums => true;
    }

    private static void ClearPadding(in ForwardMaps maps, Box box)
    {
        for (int z = box.Z; z < box.EndZ; z++)
        {
            for (int y = box.Y; y < box.EndY; y++)
            {
                maps.Output.ClearPadding(maps.Output.Row(z, y));
                maps.Before?.ClearPadding(maps.Before.Row(z, y));
            }
        }
    }

    private void TransformWeights(float* from, int fromStep, float* to, int toStep)
    {
        int i = 0;
        for (; i <= RowWeights - TLanes.Width; i += TLanes.Width)
        {
            WinogradLines<TLanes, TVector>.Weights(
                TLanes.Load(from + i), TLanes.Load(from + fromStep + i), TLanes.Load(from + 2 * fromStep + i), to + i, toStep);
        }
        for (; i < RowWeights; i++)
            WinogradLines<LanesScalar, float>.Weights(from[i], from[fromStep + i], from[2 * fromStep + i], to + i, toStep);
    }
}
