using Acquisition.Core;
using Acquisition.Restoration.Inference;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Threading;

namespace Acquisition.Restoration.Streaming;

/// <summary>Applies a network to the planes as they come: all orientations and columns side by side, each with its own activations.
/// Gives the bits of <see cref="WholeVolumeDetail"/>.</summary>
internal sealed unsafe class StreamedDetail : IDetailStream
{
    /// <summary>Sweeps of a thread between two meetings, when that many planes are at hand.</summary>
    private const int SweepsPerThread = 2;

    private readonly VolumeShape _shape;
    private readonly PlaneReceiver _receiver;
    private readonly CompiledNetwork[] _networks;
    private readonly Part[] _parts;
    private readonly WorkTeam _team;
    private readonly Action<int, int> _sweep;
    private readonly int _columns;
    private readonly PlaneRing _detail;
    private readonly int _finePlaneVoxels;
    private readonly int _factorZ;
    private readonly int _lag;
    private readonly int _batch;
    private int _pushed;
    private int _waiting;
    private int _delivered;
    private int _firstPart;

    private StreamedDetail(
        CompiledNetwork[] networks, VolumeShape shape, ColumnSpan[] columns, WorkTeam team, PlaneReceiver receiver)
    {
        (_networks, _shape, _receiver, _team, _columns) = (networks, shape, receiver, team, columns.Length);
        _sweep = Sweep;
        Factors factors = networks[0].Layout.Factors;
        VolumeShape fine = shape.Times(factors);
        (_finePlaneVoxels, _factorZ) = (fine.PlaneVoxels, factors.Z);
        _batch = Math.Min(NetworkStream.MostPlanes, SweepsPerThread * team.Threads * NetworkStream.Tile);
        _parts = [.. networks.SelectMany(network => columns.Select(column => new Part(
            network, new NetworkStream(network, team), column, 1f / networks.Length, this, fine.X)))];
        _lag = _parts[0].Stream.Lag;
        _detail = new PlaneRing(factors.Z * Math.Min(shape.Z, _batch + _lag + NetworkStream.Tile), fine.PlaneVoxels);
        Reset();
    }

    /// <returns><see langword="null"/> when the activations of all orientations exceed the budget.</returns>
    public static StreamedDetail? TryOpen(
        NetworkVariant variant, TunedStage stage, KernelSet kernels, VolumeShape shape, RestorationOptions options, WorkTeam team,
        PlaneReceiver receiver)
    {
        List<Orientation> orientations = options.Ensemble
            ? Orientation.Ensemble(stage.Factors, options.FlipZ && shape.Z > 1)
            : [default];
        var layout = new NetworkLayout(variant, stage.Factors);
        CompiledNetwork[] networks = [.. orientations.Select(orientation =>
        {
            var network = new CompiledNetwork(layout, kernels, shape.Z);
            network.Load(TurnedParameters.Of(layout, stage.Weights.AsSpan(), orientation));
            return network;
        })];
        ColumnSpan[] columns = Columns.Plan(shape, networks[0], team.Threads, options.ActivationBudgetBytes);
        long bytes = networks.Length * columns.Sum(column => NetworkStream.Bytes(networks[0], shape.Y, column.ReadLength, team.Threads));
        if (bytes <= options.ActivationBudgetBytes) return new StreamedDetail(networks, shape, columns, team, receiver);
        foreach (CompiledNetwork network in networks) network.Dispose();
        return null;
    }

    public void Push(ReadOnlySpan<float> plane, bool nextAtHand, CancellationToken cancellation)
    {
        int z = _pushed + _waiting++;
        foreach (Part part in _parts)
        {
            for (int y = 0; y < _shape.Y; y++)
            {
                plane.Slice(y * _shape.X + part.Column.ReadStart, part.Column.ReadLength)
                    .CopyTo(new Span<float>(part.Stream.InputRow(z, y), part.Column.ReadLength));
            }
        }
        bool isLast = z == _shape.Z - 1;
        if (!isLast && (_waiting % NetworkStream.Tile > 0 || (nextAtHand && _waiting < _batch))) return;

        // Orientations one after the other: the order in which a voxel gets its parts decides its last bits.
        // Columns do not meet, so they are computed side by side: a few planes at a time would leave threads idle otherwise.
        for (_firstPart = 0; _firstPart < _parts.Length; _firstPart += _columns)
        {
            Span<Part> columns = _parts.AsSpan(_firstPart, _columns);
            int sweeps = 0;
            foreach (Part part in columns) sweeps = part.Stream.Accept(_waiting, cancellation);
            _team.Run(sweeps * _columns, _sweep, cancellation);
            foreach (Part part in columns) part.Stream.FinishSweeps();
        }
        _pushed += _waiting;
        _waiting = 0;
        for (int end = isLast ? _shape.Z : _pushed - _lag; _delivered < end; _delivered++)
        {
            for (int a = 0; a < _factorZ; a++)
            {
                int fineZ = _delivered * _factorZ + a;
                var detail = new Span<float>(_detail.Plane(fineZ), _finePlaneVoxels);
                _receiver(fineZ, detail);
                detail.Clear();
            }
        }
    }

    /// <summary>Pieces go in order, so each sweep starts after the one of its column that it follows.</summary>
    private void Sweep(int piece, int thread) => _parts[_firstPart + piece % _columns].Stream.Sweep(piece / _columns, thread);

    public void Reset()
    {
        (_pushed, _waiting, _delivered) = (0, 0, 0);
        for (int z = 0; z < _detail.Capacity; z++) new Span<float>(_detail.Plane(z), _finePlaneVoxels).Clear();
        foreach (Part part in _parts) part.Stream.Begin(_shape with { X = part.Column.ReadLength }, part);
    }

    public void Dispose()
    {
        foreach (Part part in _parts) part.Stream.Dispose();
        foreach (CompiledNetwork network in _networks) network.Dispose();
        _detail.Dispose();
    }

    /// <summary>One orientation and column: adds its share of the detail, without the column's halo.</summary>
    private sealed class Part(
        CompiledNetwork network, NetworkStream stream, ColumnSpan column, float share, StreamedDetail owner, int fineX) : IPhaseSink
    {
        public NetworkStream Stream => stream;

        public ColumnSpan Column => column;

        public void Accept(int z, int y, float* phases, nint phaseStride)
        {
            Factors factors = network.Layout.Factors;
            phases += column.Start - column.ReadStart;
            for (int a = 0; a < factors.Z; a++)
            {
                float* plane = owner._detail.Plane(z * factors.Z + a);
                for (int b = 0; b < factors.Y; b++, phases += factors.X * phaseStride)
                {
                    float* fine = plane + (nint)(y * factors.Y + b) * fineX + column.Start * factors.X;
                    network.Kernels.AddFineRow(phases, phaseStride, factors.X, share, fine, column.End - column.Start);
                }
            }
        }
    }
}
