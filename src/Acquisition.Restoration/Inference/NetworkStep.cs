using Acquisition.Core;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Inference;

/// <summary>Part of a <see cref="NetworkStream"/>: a layer that sees neighbours and what follows it pointwise, or one of the sums at the
/// end of the public network. Computes 4 × 4 rows at a time.</summary>
internal abstract unsafe class NetworkStep : IDisposable
{
    private const int Tile = NetworkStream.Tile;

    private readonly Activations _carried = new();
    private readonly Activations[] _inputs;
    private readonly Activations[] _outputs;
    private int _carriedPlanes;

    private NetworkStep(int radiusZ, int radiusY, int offsetZ, int offsetY, int outChannels, int threads)
    {
        (RadiusZ, RadiusY, OffsetZ, OffsetY, OutChannels) = (radiusZ, radiusY, offsetZ + radiusZ, offsetY + radiusY, outChannels);
        _inputs = new Activations[threads];
        _outputs = [.. Enumerable.Range(0, threads).Select(_ => new Activations())];
    }

    /// <summary>How far it sees beyond what it computes.</summary>
    public int RadiusZ { get; }

    /// <inheritdoc cref="RadiusZ"/>
    public int RadiusY { get; }

    /// <summary>How far its tiles lie behind those of the input.</summary>
    public int OffsetZ { get; }

    /// <inheritdoc cref="OffsetZ"/>
    public int OffsetY { get; }

    public int OutChannels { get; }

    protected abstract int InChannels { get; }

    /// <param name="threads">Sweeps that run side by side; each has its own maps.</param>
    public static IEnumerable<NetworkStep> Plan(CompiledNetwork network, int threads)
    {
        NetworkLayout layout = network.Layout;
        int layers = layout.Layers.Length, offset = 0;
        for (int first = 0; first < layers;)
        {
            int end = first + 1;
            while (end < layers && layout.Layers[end].Executed.Kernel == 1) end++;
            bool hasTail = end == layers && layout.HasPhaseTail;
            var step = new Layers(network, first, end, hasTail, offset, threads);
            offset = step.OffsetZ;
            yield return step;
            if (hasTail)
            {
                yield return new Sums(network, 1, offset, offset, threads);
                yield return new Sums(network, 0, offset, offset + 1, threads);
            }
            first = end;
        }
    }

    /// <summary>What a thread computed last: as many planes and rows as the next step reads for a tile.</summary>
    public Activations Output(int thread) => _outputs[thread];

    /// <summary>Bytes held for planes of this size.</summary>
    public virtual long Bytes(int y, int x) =>
        _outputs.Length * Activations.Bytes(Tile + 2, Tile + 2, OutChannels, x) + Activations.Bytes(2 * RadiusZ, y, InChannels, x);

    /// <param name="inputs">Of each thread.</param>
    /// <param name="next">Reads what this step computes; <see langword="null"/> behind the last.</param>
    public virtual void Begin(Func<int, Activations> inputs, NetworkStep? next)
    {
        _carriedPlanes = 2 * (next?.RadiusZ ?? 0);
        for (int thread = 0; thread < _outputs.Length; thread++)
        {
            Activations input = _inputs[thread] = inputs(thread);
            _outputs[thread].Reshape(
                input.Z, input.Y, OutChannels, input.X, Tile + _carriedPlanes, Tile + 2 * (next?.RadiusY ?? 0));
        }
        _carried.Reshape(_carriedPlanes, _inputs[0].Y, OutChannels, _inputs[0].X);
    }

    /// <summary>Computes its rows of the tile at (z, y) of the first step's input.</summary>
    public void Run(int z, int y, int thread)
    {
        z -= OffsetZ;
        y -= OffsetY;
        Activations output = _outputs[thread];
        var tile = new Box(z, z + Tile, y, y + Tile);
        if (!tile.In(output).IsEmpty) Compute(tile, _inputs[thread], output, thread);
        for (int row = Math.Max(0, y); row < Math.Min(output.Y, y + Tile); row++)
        {
            for (int i = 0; i < _carriedPlanes; i++)
            {
                Copy(_carried, i, output, z - _carriedPlanes + i, row);
                Copy(output, z + Tile - _carriedPlanes + i, _carried, i, row);
            }
        }
    }

    public virtual void Dispose()
    {
        foreach (Activations output in _outputs) output.Dispose();
        _carried.Dispose();
    }

    /// <param name="tile">May reach beyond the volume.</param>
    protected abstract void Compute(Box tile, Activations input, Activations output, int thread);

    /// <summary>Copies all channels of a row; nothing where the plane lies outside the volume.</summary>
    private static void Copy(Activations from, int fromZ, Activations to, int toZ, int row)
    {
        if ((uint)fromZ >= (uint)from.Z || (uint)toZ >= (uint)to.Z) return;
        int length = (int)from.RowStride;
        new ReadOnlySpan<float>(from.Row(fromZ, row), length).CopyTo(new Span<float>(to.Row(toZ, row), length));
    }

    /// <summary>A convolution, the pointwise ones behind it and, at the end of the public network, sums along x.</summary>
    private sealed class Layers : NetworkStep
    {
        private readonly CompiledNetwork _network;
        private readonly int _first;
        private readonly int _end;
        private readonly bool _hasTail;
        private readonly Activations[][] _between;
        private readonly Scratch[] _scratch;

        public Layers(CompiledNetwork network, int first, int end, bool hasTail, int offset, int threads)
            : base(
                network.Form(first).Shape.Radius, network.Form(first).Shape.Radius, offset, offset,
                hasTail ? 9 * network.Layout.Factors.X : network.Layout.Layers[end - 1].Executed.Out, threads)
        {
            (_network, _first, _end, _hasTail) = (network, first, end, hasTail);
            int between = hasTail ? end - first : end - first - 1;
            _between = [.. Enumerable.Range(0, threads).Select(_ => Enumerable.Range(0, between).Select(_ => new Activations()).ToArray())];
            _scratch = [.. Enumerable.Range(0, threads).Select(_ => new Scratch())];
        }

        protected override int InChannels => _network.Layout.Layers[_first].Executed.In;

        public override long Bytes(int y, int x) => base.Bytes(y, x) + _between.Length
            * Enumerable.Range(_first, _between[0].Length).Sum(i => Activations.Bytes(Tile, Tile, _network.Layout.Layers[i].Executed.Out, x));

        public override void Begin(Func<int, Activations> inputs, NetworkStep? next)
        {
            base.Begin(inputs, next);
            Activations input = inputs(0);
            foreach (Activations[] maps in _between)
            {
                for (int i = 0; i < maps.Length; i++)
                    maps[i].Reshape(input.Z, input.Y, _network.Layout.Layers[_first + i].Executed.Out, input.X, Tile, Tile);
            }
        }

        public override void Dispose()
        {
            base.Dispose();
            foreach (Activations map in _between.SelectMany(maps => maps)) map.Dispose();
            foreach (Scratch scratch in _scratch) scratch.Dispose();
        }

        protected override void Compute(Box tile, Activations input, Activations output, int thread)
        {
            Activations[] between = _between[thread];
            for (int i = _first; i < _end; i++)
            {
                Activations to = i - _first < between.Length ? between[i - _first] : output;
                _network.Forward(i, input, null, to, tile, _scratch[thread]);
                input = to;
            }
            if (_hasTail) _network.Kernels.GatherPhases(2, _network.Layout.Factors.X, 1, 0, input, output, tile, null);
        }
    }

    /// <summary>Sums along y or z at the end of the public network.</summary>
    private sealed class Sums : NetworkStep
    {
        private readonly CompiledNetwork _network;
        private readonly int _axis;
        private readonly Scratch _zeros = new();
        private float* _zeroRow;

        /// <param name="axis">0 for z, 1 for y.</param>
        public Sums(CompiledNetwork network, int axis, int offsetZ, int offsetY, int threads)
            : base(
                1 - axis, axis, offsetZ, offsetY,
                (axis == 0 ? network.Layout.Factors.Z : 3) * network.Layout.Factors.Y * network.Layout.Factors.X, threads) =>
            (_network, _axis) = (network, axis);

        protected override int InChannels => (_axis == 0 ? 3 * _network.Layout.Factors.Y : 9) * _network.Layout.Factors.X;

        public override void Begin(Func<int, Activations> inputs, NetworkStep? next)
        {
            base.Begin(inputs, next);
            int length = checked((int)inputs(0).RowStride);
            _zeroRow = _zeros.Take(length);
            new Span<float>(_zeroRow, length).Clear();
        }

        public override void Dispose()
        {
            base.Dispose();
            _zeros.Dispose();
        }

        protected override void Compute(Box tile, Activations input, Activations output, int thread)
        {
            Factors factors = _network.Layout.Factors;
            if (_axis == 0)
                _network.Kernels.GatherPhases(0, factors.Z, factors.Y * factors.X, _network.TailBias, input, output, tile, _zeroRow);
            else
                _network.Kernels.GatherPhases(1, factors.Y, factors.X, 0, input, output, tile, _zeroRow);
        }
    }
}
