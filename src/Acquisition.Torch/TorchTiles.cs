using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Inference;
using Acquisition.Restoration.Network;
using Acquisition.Torch.Tiling;
using TorchSharp;
using static TorchSharp.torch;

namespace Acquisition.Torch;

/// <summary>Applies a network to tiles on a device. Orientations are summed there.</summary>
internal sealed class TorchTiles : ITileRunner, IDisposable
{
    private readonly NetworkLayout _layout;
    private readonly Device _device;
    private readonly TorchLayers _layers;
    private readonly float[] _stored;
    private readonly Dictionary<(Orientation, bool IsHalf), LayerTensors[]> _turned = [];

    public TorchTiles(NetworkLayout layout, Device device)
    {
        (_layout, _device) = (layout, device);
        _layers = new TorchLayers(layout, device);
        _stored = new float[layout.StoredCount];
    }

    public void Load(ReadOnlySpan<float> stored)
    {
        Forget();
        stored[.._stored.Length].CopyTo(_stored);
    }

    public ITileRun Start(FloatVolume volume, Tile tile, bool ensemble, bool flipZ, bool isHalf) => DeviceException.Guard<ITileRun>(() =>
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradients = no_grad();
        List<Orientation> orientations = ensemble ? Orientation.Ensemble(_layout.Factors, flipZ && volume.Shape.Z > 1) : [default];
        Tensor host = Read(volume, tile), input = host.to(_device, non_blocking: true);
        if (isHalf) input = input.half();
        Tensor? sum = null;
        foreach (Orientation orientation in orientations)
        {
            Tensor core = Core(TorchLayers.Forward(Turned(orientation, isHalf), input), tile);
            if (isHalf) core = core.@float();
            if (sum is null) sum = orientations.Count > 1 ? core.contiguous() : core;
            else sum.add_(core);
            if (!ReferenceEquals(core, sum)) core.Dispose();
        }
        if (orientations.Count > 1) sum!.mul_(1f / orientations.Count);
        if (_device.type == DeviceType.CPU) return new Run(scope.Detach(sum!.contiguous()), null, _device);

        Tensor result = HostTensors.Empty([.. sum!.shape], _device);
        result.copy_(sum, nonBlocking: true);
        return new Run(scope.Detach(result), scope.Detach(host), _device);
    });

    public void Dispose()
    {
        Forget();
        _layers.Dispose();
    }

    private static Tensor Core(Tensor phases, Tile tile)
    {
        VolumeShape core = tile.Core;
        return phases
            .narrow(2, tile.Z.Start - tile.Z.ReadStart, core.Z)
            .narrow(3, tile.Y.Start - tile.Y.ReadStart, core.Y)
            .narrow(4, tile.X.Start - tile.X.ReadStart, core.X);
    }

    private unsafe Tensor Read(FloatVolume volume, Tile tile)
    {
        VolumeShape read = tile.Read;
        Tensor host = HostTensors.Empty([1, 1, read.Z, read.Y, read.X], _device);
        Span<float> samples = HostTensors.Samples(host);
        for (int z = 0; z < read.Z; z++)
        {
            for (int y = 0; y < read.Y; y++, samples = samples[read.X..])
                new ReadOnlySpan<float>(volume.Row(tile.Z.ReadStart + z, tile.Y.ReadStart + y) + tile.X.ReadStart, read.X).CopyTo(samples);
        }
        return host;
    }

    /// <summary>The network for an orientation: its kernels are turned instead of the volume.</summary>
    private LayerTensors[] Turned(Orientation orientation, bool isHalf)
    {
        if (_turned.TryGetValue((orientation, isHalf), out LayerTensors[]? layers)) return layers;
        using DisposeScope scope = NewDisposeScope();
        Tensor stored = tensor(TurnedParameters.Of(_layout, _stored, orientation), device: _device);
        layers = [.. _layers.Of(stored).Select(layer => layer.Kept(isHalf ? ScalarType.Float16 : ScalarType.Float32))];
        _turned.Add((orientation, isHalf), layers);
        return layers;
    }

    private void Forget()
    {
        foreach (LayerTensors layer in _turned.Values.SelectMany(layers => layers)) layer.Release();
        _turned.Clear();
    }

    /// <param name="result">In the processor's memory, once the device has done what it was given.</param>
    /// <param name="host">What the device reads meanwhile.</param>
    private sealed class Run(Tensor result, Tensor? host, Device device) : ITileRun
    {
        private bool _isDone = host is null;

        public ReadOnlySpan<float> Wait()
        {
            if (!_isDone)
            {
                DeviceException.Guard(() =>
                {
                    cuda.synchronize(device);
                    return 0;
                });
            }
            _isDone = true;
            return HostTensors.Samples(result);
        }

        public void Dispose()
        {
            result.Dispose();
            host?.Dispose();
        }
    }
}
