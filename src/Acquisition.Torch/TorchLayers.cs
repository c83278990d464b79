using Acquisition.Core;
using Acquisition.Restoration.Network;
using static TorchSharp.torch;

namespace Acquisition.Torch;

/// <summary>A Self-Vision network as operations on tensors: from [n, 1, z, y, x] to a channel for each phase of a coarse voxel.</summary>
/// <remarks>Parameters are one tensor, so that they reach a device, and their gradient leaves it, in one piece. The public network's end,
/// nearest enlargement and a convolution on the fine grid, is computed as a convolution on the coarse one with a kernel for each phase:
/// the same sums, an eighth of the memory.</remarks>
internal sealed class TorchLayers : IDisposable
{
    private readonly NetworkLayout _layout;
    private readonly long[] _sizes;
    private readonly long[][] _shapes;
    private readonly Tensor? _phaseTaps;

    public TorchLayers(NetworkLayout layout, Device device)
    {
        _layout = layout;
        _shapes = [.. layout.Tensors().Select(tensor => tensor.Shape.Select(extent => (long)extent).ToArray())];
        _sizes = [.. _shapes.Select(shape => shape.Aggregate(1L, (all, extent) => all * extent))];
        if (layout.HasPhaseTail) _phaseTaps = tensor(PhaseTaps(layout.Factors), [layout.Factors.Product * PhaseTail.Taps, PhaseTail.Taps], device: device).DetachFromDisposeScope();
    }

    /// <summary>Kernels, biases and slopes of all layers, as views of the parameters, which gradients pass through.</summary>
    /// <param name="stored">All parameters in one dimension.</param>
    public LayerTensors[] Of(Tensor stored)
    {
        Tensor[] parts = stored.split(_sizes);
        var layers = new LayerTensors[_layout.Layers.Length];
        for (int i = 0, part = 0; i < layers.Length; i++)
        {
            Tensor weight = parts[part].view(_shapes[part++]), bias = parts[part++];
            Tensor? slopes = _layout.Layers[i].HasSlopes ? parts[part++] : null;
            layers[i] = new(weight, bias, slopes, _layout.Layers[i].Stored);
        }
        if (_phaseTaps is not null) layers[^1] = OfPhases(layers[^1]);
        return layers;
    }

    /// <summary>The detail of a batch, before the shuffle.</summary>
    public static Tensor Forward(LayerTensors[] layers, Tensor input)
    {
        Tensor map = input;
        foreach (LayerTensors layer in layers)
        {
            long radius = layer.Shape.Radius;
            Tensor sums = nn.functional.conv3d(map, layer.Weight, layer.Bias, padding: [radius, radius, radius], groups: layer.Shape.Groups);
            // What a gradient needs of them it holds itself, and gives back in the middle of its work.
            if (!ReferenceEquals(map, input)) map.Dispose();
            map = layer.Slopes is null ? sums : nn.functional.prelu(sums, layer.Slopes);
            if (!ReferenceEquals(map, sums)) sums.Dispose();
        }
        return map;
    }

    public void Dispose() => _phaseTaps?.Dispose();

    private LayerTensors OfPhases(LayerTensors last)
    {
        long ins = last.Shape.In, phases = _layout.Factors.Product;
        Tensor taps = last.Weight.view(ins, PhaseTail.Taps).t();
        Tensor weight = _phaseTaps!.matmul(taps).view(phases, PhaseTail.Taps, ins).permute(0, 2, 1).reshape(phases, ins, 3, 3, 3);
        return last with { Weight = weight, Bias = last.Bias.expand(phases) };
    }

    /// <summary>1 where a tap on the fine grid, seen from a phase, falls onto a tap on the coarse grid: [phase][coarse tap][fine tap].</summary>
    private static float[] PhaseTaps(Factors factors)
    {
        var taps = new float[factors.Product * PhaseTail.Taps * PhaseTail.Taps];
        for (int phase = 0; phase < factors.Product; phase++)
        {
            int a = phase / (factors.Y * factors.X), b = phase / factors.X % factors.Y, d = phase % factors.X;
            for (int fine = 0; fine < PhaseTail.Taps; fine++)
            {
                int z = Coarse(a, fine / 9, factors.Z), y = Coarse(b, fine / 3 % 3, factors.Y), x = Coarse(d, fine % 3, factors.X);
                taps[(phase * PhaseTail.Taps + (z * 3 + y) * 3 + x) * PhaseTail.Taps + fine] = 1;
            }
        }
        return taps;

        // Shifted by a factor, so that the division rounds down also left of the voxel.
        static int Coarse(int phase, int tap, int factor) => (phase + tap - 1 + factor) / factor;
    }
}
