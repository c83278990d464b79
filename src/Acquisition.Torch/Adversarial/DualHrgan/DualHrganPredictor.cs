using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Torch.Tiling;
using TorchSharp;
using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>Predicts fine volumes tile by tile. A tile reads what its results depend on, so that tiles give what the whole would, to rounding.</summary>
internal sealed class DualHrganPredictor : Predictor
{
    /// <summary>Coarse voxels across a tile, without what it reads beyond.</summary>
    private const int TileEdge = 48;

    private readonly Device _device;
    private readonly PredictorOptions _options;
    private readonly FineGenerator _restore;
    private readonly CoarseGenerator _degrade;
    private readonly int _halo;
    private readonly long _bytesPerVoxel;

    public DualHrganPredictor(OfflineModel model, PredictorOptions options)
    {
        DualHrganNetworks.RequireMethod(model);
        DualHrganSettings settings = DualHrganSettings.FromCard(model.Card);
        (_options, _device) = (options, TorchDevice.Open(options.Device));
        _restore = new FineGenerator(settings);
        _degrade = new CoarseGenerator(settings);
        NetworkState.Load(model, DualHrganNetworks.Generator, _restore);
        NetworkState.Load(model, DualHrganNetworks.Degradation, _degrade);
        _restore.to(_device);
        _degrade.to(_device);
        _halo = FineGenerator.Radius(settings) + CoarseGenerator.Radius(settings);
        _bytesPerVoxel = BytesPerVoxel(settings);
    }

    /// <param name="doubt">Receives |acquired − predicted taken back| of a coarse voxel on all 27 fine ones: it is measured there, and anything between would
    /// be made up.</param>
    /// <inheritdoc/>
    public override double Predict(FloatVolume acquired, FloatVolume predicted, FloatVolume? doubt, CancellationToken cancellation)
    {
        RequireFiner(acquired, predicted);
        if (doubt is not null) RequireFiner(acquired, doubt);
        return DeviceException.Final($"libtorch on {_options.Device}", "Close other programs, or set restoration.activation_budget_mib to less.", () =>
        {
            TorchThreads.Use(_options.Threads);
            double sum = 0;
            foreach (Tile tile in Tiles(acquired.Shape))
            {
                cancellation.ThrowIfCancellationRequested();
                sum += Predict(acquired, tile, predicted, doubt);
            }

            return sum;
        });
    }

    public override long BytesNeeded(VolumeShape acquired) => Tiles(acquired).Max(tile => tile.Read.Voxels) * _bytesPerVoxel;

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        _restore.Dispose();
        _degrade.Dispose();
    }

    private static void RequireFiner(FloatVolume acquired, FloatVolume fine)
    {
        if (fine.Shape != acquired.Shape.Times(new Factors(FineGrid.Finer, FineGrid.Finer, FineGrid.Finer)))
            throw new ArgumentException($"The volume is {fine.Shape}, and {FineGrid.Finer} times {acquired.Shape} is expected.", nameof(fine));
    }

    /// <summary>Either a block has many channels, or both grids have what lies between the networks.</summary>
    private static long BytesPerVoxel(DualHrganSettings settings)
    {
        long restoring = 3L * settings.Features + 2L * settings.Expanded + settings.Reduced;
        long degrading = 2L * settings.CoarseFeatures * (settings.StridesFirst ? 1 : FineGrid.Phases) + 3 * FineGrid.Phases;
        // Libraries hold some of it twice, in an order of their own.
        return 2 * sizeof(float) * Math.Max(restoring, degrading);
    }

    private IEnumerable<Tile> Tiles(VolumeShape acquired)
    {
        long edge = TileEdge + 2 * _halo;
        return Tile.Plan(acquired, _halo, Math.Min(edge * edge * edge, _options.MemoryBudgetBytes / _bytesPerVoxel));
    }

    private double Predict(FloatVolume acquired, Tile tile, FloatVolume predicted, FloatVolume? doubt)
    {
        using var scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        Tensor input = Read(acquired, tile).to(_device);
        Tensor restored = _restore.call(input), residual = (input - _degrade.call(restored)).abs();
        Tensor core = Core(residual, tile, 1);
        Write(Core(restored, tile, FineGrid.Finer), tile, predicted);
        if (doubt is not null) Write(FineGrid.Repeated(core), tile, doubt);
        return core.to_type(ScalarType.Float64).square().sum().item<double>();
    }

    private static Tensor Read(FloatVolume volume, Tile tile)
    {
        VolumeShape read = tile.Read;
        Tensor host = empty([1, 1, read.Z, read.Y, read.X]);
        Span<float> samples = HostTensors.Samples(host);
        for (int z = 0; z < read.Z; z++)
        {
            ReadOnlySpan<float> plane = volume.Plane(tile.Z.ReadStart + z);
            for (int y = 0; y < read.Y; y++, samples = samples[read.X..])
                plane.Slice((tile.Y.ReadStart + y) * volume.Shape.X + tile.X.ReadStart, read.X).CopyTo(samples);
        }

        return host;
    }

    private static Tensor Core(Tensor read, Tile tile, int finer) => read
        .narrow(2, (tile.Z.Start - tile.Z.ReadStart) * finer, tile.Core.Z * finer)
        .narrow(3, (tile.Y.Start - tile.Y.ReadStart) * finer, tile.Core.Y * finer)
        .narrow(4, (tile.X.Start - tile.X.ReadStart) * finer, tile.Core.X * finer);

    private static void Write(Tensor fine, Tile tile, FloatVolume volume)
    {
        int depth = tile.Core.Z * FineGrid.Finer, height = tile.Core.Y * FineGrid.Finer, width = tile.Core.X * FineGrid.Finer;
        ReadOnlySpan<float> samples = HostTensors.Samples(fine.cpu().contiguous());
        for (int z = 0; z < depth; z++)
        {
            Span<float> plane = volume.Plane(tile.Z.Start * FineGrid.Finer + z);
            for (int y = 0; y < height; y++, samples = samples[width..])
                samples[..width].CopyTo(plane[((tile.Y.Start * FineGrid.Finer + y) * volume.Shape.X + tile.X.Start * FineGrid.Finer)..]);
        }
    }
}
