using Acquisition.Core;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Sampling;

namespace Acquisition.Restoration.Inference;

/// <summary>Applies a network to a whole volume, tile by tile. Holds two feature maps of a tile.</summary>
internal sealed class NetworkInference : IDisposable
{
    /// <summary>Rows a thread takes at a time: enough to pay for the hand-over, few enough to share a small tile.</summary>
    private const int RowsPerPiece = 8;

    private readonly CompiledNetwork _network;
    private readonly RestorationOptions _options;
    private readonly Activations _input = new();
    private readonly Activations _even = new();
    private readonly Activations _odd = new();

    private readonly PhaseTail? _tail;
    private readonly Scratch _scratch = new();

    public NetworkInference(CompiledNetwork network, RestorationOptions options)
    {
        (_network, _options) = (network, options);
        _tail = network.Layout.HasPhaseTail ? new PhaseTail(network.Layout.Factors, network.Kernels) : null;
    }

    /// <summary>Enlarges a volume: cubic enlargement plus the network's detail, averaged over orientations.</summary>
    /// <remarks>Holds one turned copy of the volume beside the tile.</remarks>
    public void Enlarge(FloatVolume volume, FloatVolume destination, bool ensemble, CancellationToken cancellation)
    {
        Factors factors = _network.Layout.Factors;
        if (destination.Shape != volume.Shape.Times(factors))
            throw new ArgumentException($"The destination is {destination.Shape}; a {volume.Shape} volume enlarged by {factors} is {volume.Shape.Times(factors)}.");
        Resampling.Enlarge(volume, factors, destination, _options.Threads, cancellation);
        List<Orientation> orientations = ensemble
            ? Orientation.Ensemble(factors, _options.FlipZ && volume.Shape.Z > 1)
            : [default];
        foreach (Orientation orientation in orientations)
        {
            if (orientation.IsIdentity)
            {
                AddDetail(volume, orientation, 1f / orientations.Count, destination, cancellation);
                continue;
            }
            using var turned = new FloatVolume(orientation.Turned(volume.Shape));
            orientation.Apply(volume, turned);
            AddDetail(turned, orientation, 1f / orientations.Count, destination, cancellation);
        }
    }

    public void Dispose()
    {
        _input.Dispose();
        _even.Dispose();
        _odd.Dispose();
        _tail?.Dispose();
        _scratch.Dispose();
    }

    private void AddDetail(
        FloatVolume turned, Orientation orientation, float share, FloatVolume destination, CancellationToken cancellation)
    {
        Tiling tiling = Tiling.Plan(turned.Shape, _network, _options.ActivationBudgetBytes);
        foreach (TileSpan z in tiling.Z)
        {
            foreach (TileSpan y in tiling.Y)
            {
                foreach (TileSpan x in tiling.X)
                {
                    Read(turned, z, y, x);
                    Activations detail = Run(cancellation);
                    AddTile(detail, z, y, x, orientation, share, destination, cancellation);
                }
            }
        }
    }

    private unsafe void Read(FloatVolume volume, TileSpan z, TileSpan y, TileSpan x)
    {
        _input.Reshape(z.ReadLength, y.ReadLength, 1, x.ReadLength);
        for (int iz = 0; iz < _input.Z; iz++)
        {
            for (int iy = 0; iy < _input.Y; iy++)
            {
                new ReadOnlySpan<float>(volume.Row(z.ReadStart + iz, y.ReadStart + iy) + x.ReadStart, _input.X)
                    .CopyTo(new Span<float>(_input.Row(iz, iy), _input.X));
            }
        }
    }

    private Activations Run(CancellationToken cancellation)
    {
        Activations from = _input;
        for (int i = 0; i < _network.Layout.Layers.Length; i++)
        {
            Layer layer = _network.Layout.Layers[i];
            Activations output = i % 2 == 0 ? _even : _odd;
            output.Reshape(from.Z, from.Y, layer.Executed.Out, from.X);
            _network.Forward(i, from, null, output, 0, _network.Form(i).Tiles(from.Z, from.Y), _scratch);
            from = output;
        }
        return _tail?.Forward(from, _network.TailBias) ?? from;
    }

    /// <summary>The voxel shuffle: channel (a·fy + b)·fx + d of a coarse voxel is the fine voxel (a, b, d) inside it.</summary>
    private unsafe void AddTile(
        Activations detail, TileSpan z, TileSpan y, TileSpan x, Orientation orientation, float share, FloatVolume destination,
        CancellationToken cancellation)
    {
        Factors factors = _network.Layout.Factors;
        Workers.Run(z.End - z.Start, _options.Threads, piece =>
        {
            int cz = z.Start + piece;
            for (int cy = y.Start; cy < y.End; cy++)
            {
                for (int phase = 0; phase < factors.Product; phase++)
                {
                    int fz = cz * factors.Z + phase / (factors.Y * factors.X);
                    int fy = cy * factors.Y + phase / factors.X % factors.Y;
                    var (start, step) = orientation.Row(destination.Shape, fz, fy);
                    float* to = destination.Memory + start + step * (x.Start * factors.X + phase % factors.X);
                    float* from = detail.Row(cz - z.ReadStart, cy - y.ReadStart, phase) + (x.Start - x.ReadStart);
                    step *= factors.X;
                    for (int i = x.End - x.Start; i > 0; i--, from++, to += step) *to += share * *from;
                }
            }
        }, cancellation);
    }
}
