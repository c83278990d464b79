using Acquisition.Core;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Threading;

namespace Acquisition.Restoration.Inference;

/// <summary>Applies a network to a whole volume, column after column.</summary>
internal sealed class NetworkInference : IDisposable
{
    private readonly CompiledNetwork _network;
    private readonly RestorationOptions _options;
    private readonly WorkTeam _team;
    private readonly NetworkStream _stream;

    public NetworkInference(CompiledNetwork network, RestorationOptions options)
    {
        (_network, _options) = (network, options);
        _team = new WorkTeam(options.Threads);
        _stream = new NetworkStream(network, _team);
    }

    /// <summary>Enlarges a volume: cubic enlargement plus the network's detail, averaged over orientations.</summary>
    public void Enlarge(FloatVolume volume, FloatVolume destination, bool ensemble, CancellationToken cancellation)
    {
        Factors factors = _network.Layout.Factors;
        if (destination.Shape != volume.Shape.Times(factors))
            throw new ArgumentException($"The destination is {destination.Shape}; a {volume.Shape} volume enlarged by {factors} is {volume.Shape.Times(factors)}.");
        Resampling.Enlarge(volume, factors, destination, _options.Threads, cancellation);
        AddDetail(volume, destination, ensemble, cancellation);
    }

    /// <summary>Adds the network's detail, averaged over orientations, to an enlarged volume.</summary>
    public void AddDetail(FloatVolume volume, FloatVolume destination, bool ensemble, CancellationToken cancellation)
    {
        Factors factors = _network.Layout.Factors;
        List<Orientation> orientations = ensemble
            ? Orientation.Ensemble(factors, _options.FlipZ && volume.Shape.Z > 1)
            : [default];
        ColumnSpan[] columns = Columns.Plan(volume.Shape, _network, _team.Threads, _options.ActivationBudgetBytes);
        float[] parameters = _network.Stored.ToArray();
        foreach (Orientation orientation in orientations)
        {
            if (orientations.Count > 1) _network.Load(TurnedParameters.Of(_network.Layout, parameters, orientation));
            foreach (ColumnSpan column in columns) AddColumn(volume, column, 1f / orientations.Count, destination, cancellation);
        }
        if (orientations.Count > 1) _network.Load(parameters);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _team.Dispose();
    }

    private unsafe void AddColumn(
        FloatVolume volume, ColumnSpan column, float share, FloatVolume destination, CancellationToken cancellation)
    {
        VolumeShape shape = new(volume.Shape.Z, volume.Shape.Y, column.ReadLength);
        _stream.Begin(shape, new ColumnSink(_network, column, share, destination));
        for (int z = 0; z < shape.Z; z += NetworkStream.MostPlanes)
        {
            int planes = Math.Min(NetworkStream.MostPlanes, shape.Z - z);
            for (int i = z; i < z + planes; i++)
            {
                for (int y = 0; y < shape.Y; y++)
                    new ReadOnlySpan<float>(volume.Row(i, y) + column.ReadStart, shape.X).CopyTo(new Span<float>(_stream.InputRow(i, y), shape.X));
            }
            _stream.Push(planes, cancellation);
        }
    }

    /// <summary>Adds a column's detail to the volume, without its halo.</summary>
    private sealed unsafe class ColumnSink(CompiledNetwork network, ColumnSpan column, float share, FloatVolume destination) : IPhaseSink
    {
        /// <summary>The voxel shuffle: channel (a·fy + b)·fx + d of a coarse voxel is the fine voxel (a, b, d) inside it.</summary>
        public void Accept(int z, int y, float* phases, nint phaseStride)
        {
            Factors factors = network.Layout.Factors;
            phases += column.Start - column.ReadStart;
            for (int a = 0; a < factors.Z; a++)
            {
                for (int b = 0; b < factors.Y; b++, phases += factors.X * phaseStride)
                {
                    float* fine = destination.Row(z * factors.Z + a, y * factors.Y + b) + column.Start * factors.X;
                    network.Kernels.AddFineRow(phases, phaseStride, factors.X, share, fine, column.End - column.Start);
                }
            }
        }
    }
}
