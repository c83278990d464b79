using Acquisition.Core;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Threading;

namespace Acquisition.Restoration.Inference;

/// <summary>Receives the network's detail row by row, from several threads at once.</summary>
internal interface IPhaseSink
{
    /// <param name="phases">First phase of the coarse row; a <paramref name="phaseStride"/> further on, the next.</param>
    unsafe void Accept(int z, int y, float* phases, nint phaseStride);
}

/// <summary>Applies a network to a volume while its planes come in, holding for each layer only what the next still needs.</summary>
/// <remarks>
/// A sweep takes four new planes through all layers, four rows at a time: layer after layer computes the same 4 × 4 rows, moved back in
/// z and y by as much as it sees beyond them, so that it finds all it reads just written, in the cache. What a sweep leaves for the next
/// one, the last planes of each layer, is carried over beside.
/// Tiles lie on a grid that depends on the layer alone, so the bits are the same however planes arrive, and for any cut in x.
/// Detail follows the acquired planes at a distance of the network's reach.
/// </remarks>
internal sealed unsafe class NetworkStream : IDisposable
{
    /// <summary>Planes of a sweep, and rows computed at a time.</summary>
    public const int Tile = 4;

    /// <summary>Planes that may be pushed at a time; as many sweeps as keep several threads busy between two meetings.</summary>
    public const int MostPlanes = 8 * Tile;

    private readonly WorkTeam _team;
    private readonly NetworkStep[] _steps;
    private readonly SemaphoreSlim[] _rowsDone;
    private readonly Activations _input = new();
    private readonly Action<int, int> _sweep;
    private VolumeShape _shape;
    private IPhaseSink? _sink;
    private CancellationToken _cancellation;
    private int _pushed;
    private int _sweeps;
    private int _end;

    /// <param name="team">Its threads run sweeps side by side, each some rows behind the one before.</param>
    public NetworkStream(CompiledNetwork network, WorkTeam team)
    {
        _team = team;
        _steps = [.. NetworkStep.Plan(network, team.Threads)];
        _sweep = Sweep;
        // At the end of a volume sweeps follow until the last step has passed the last plane.
        _rowsDone = [.. Enumerable.Range(0, MostPlanes / Tile + _steps[^1].OffsetZ / Tile + 2).Select(_ => new SemaphoreSlim(0))];
    }

    /// <summary>Planes by which detail stays behind the planes pushed, until the last one is.</summary>
    public int Lag => _steps[^1].OffsetZ;

    /// <summary>Bytes held for planes of this size.</summary>
    public static long Bytes(CompiledNetwork network, int y, int x, int threads)
    {
        NetworkStep[] steps = [.. NetworkStep.Plan(network, threads)];
        long bytes = Activations.Bytes(MostPlanes + 2 * steps[0].RadiusZ, y, 1, x) + steps.Sum(step => step.Bytes(y, x));
        foreach (NetworkStep step in steps) step.Dispose();
        return bytes;
    }

    /// <summary>Begins a volume.</summary>
    /// <param name="sink">Is given every row of detail once.</param>
    public void Begin(VolumeShape shape, IPhaseSink sink)
    {
        (_shape, _sink, _pushed, _sweeps) = (shape, sink, 0, 0);
        _input.Reshape(shape.Z, shape.Y, 1, shape.X, MostPlanes + 2 * _steps[0].RadiusZ, shape.Y);
        Func<int, Activations> inputs = _ => _input;
        for (int i = 0; i < _steps.Length; i++)
        {
            _steps[i].Begin(inputs, i + 1 < _steps.Length ? _steps[i + 1] : null);
            inputs = _steps[i].Output;
        }
    }

    /// <summary>Where the samples of a row of one of the next <see cref="MostPlanes"/> planes belong.</summary>
    public float* InputRow(int z, int y) => _input.Row(z, y);

    /// <summary>Takes up to <see cref="MostPlanes"/> planes whose rows have been filled in, and computes what they allow; after the last
    /// plane, all the rest.</summary>
    /// <remarks>Every push but the last brings a multiple of <see cref="Tile"/> planes.</remarks>
    public void Push(int planes, CancellationToken cancellation)
    {
        _team.Run(Accept(planes, cancellation), _sweep, cancellation);
        FinishSweeps();
    }

    /// <summary>The first part of <see cref="Push"/>, for who runs the sweeps of several streams side by side.</summary>
    /// <returns>How many sweeps there are to run.</returns>
    public int Accept(int planes, CancellationToken cancellation)
    {
        _pushed += planes;
        _cancellation = cancellation;
        _end = _pushed < _shape.Z ? _pushed / Tile : (_shape.Z + _steps[^1].OffsetZ + Tile - 1) / Tile;
        foreach (SemaphoreSlim rows in _rowsDone)
        {
            while (rows.Wait(0, CancellationToken.None)) { } // Nobody waits for the last sweep's rows.
        }
        return _end - _sweeps;
    }

    /// <summary>The last part of <see cref="Push"/>, when all sweeps have run.</summary>
    public void FinishSweeps() => _sweeps = _end;

    public void Dispose()
    {
        _input.Dispose();
        foreach (NetworkStep step in _steps) step.Dispose();
        foreach (SemaphoreSlim rows in _rowsDone) rows.Dispose();
    }

    /// <summary>Takes planes through all steps, staying behind the sweep before it, whose last planes it reads.</summary>
    /// <param name="index">Of those that <see cref="Accept"/> counted. A sweep may start once the one before it has.</param>
    /// <param name="thread">No two sweeps of a stream run on the same at a time.</param>
    public void Sweep(int index, int thread)
    {
        int z = (_sweeps + index) * Tile, rows = _shape.Y + _steps[^1].OffsetY;
        try
        {
            for (int y = 0; y < rows; y += Tile)
            {
                if (index > 0) _rowsDone[index - 1].Wait(_cancellation);
                foreach (NetworkStep step in _steps) step.Run(z, y, thread);
                Deliver(z, y, thread);
                _rowsDone[index].Release();
            }
        }
        catch
        {
            _rowsDone[index].Release(rows); // Nobody shall wait for what does not come.
            throw;
        }
    }

    private void Deliver(int z, int y, int thread)
    {
        NetworkStep last = _steps[^1];
        Activations detail = last.Output(thread);
        Box box = new Box(z - last.OffsetZ, z - last.OffsetZ + Tile, y - last.OffsetY, y - last.OffsetY + Tile).In(detail);
        for (int i = box.Z; i < box.EndZ; i++)
        {
            for (int j = box.Y; j < box.EndY; j++) _sink!.Accept(i, j, detail.Row(i, j), detail.ChannelStride);
        }
    }
}
