using Acquisition.Core;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Training;

/// <summary>Loss and gradient of one sample. Holds every feature map of the sample; reused from sample to sample by one thread.</summary>
internal sealed class GradientPass : IDisposable
{
    /// <summary>A Winograd tile.</summary>
    private const int PlanesAtOnce = 4;

    private const int RowsAtOnce = 8;

    private readonly CompiledNetwork _network;
    private readonly PhaseTail? _tail;
    private readonly Scratch _scratch = new();
    private readonly Activations _input = new();
    private readonly Activations[] _before;
    private readonly Activations[] _after;
    private readonly Activations _evenGradient = new();
    private readonly Activations _oddGradient = new();
    private readonly Activations _phaseGradient = new();

    public GradientPass(CompiledNetwork network)
    {
        _network = network;
        NetworkLayout layout = network.Layout;
        _tail = layout.HasPhaseTail ? new PhaseTail(layout.Factors, network.Kernels) : null;
        _before = [.. Enumerable.Range(0, layout.Layers.Length - 1).Select(_ => new Activations())];
        _after = [.. layout.Layers.Select(_ => new Activations())];
    }

    /// <summary>Loss = scale · Σ weight · (network − target)² and its gradient.</summary>
    /// <param name="coarse">The network's input.</param>
    /// <param name="target">What the network should add to the cubic enlargement; on the fine grid.</param>
    /// <param name="weights">Of each fine voxel; <see langword="null"/> counts all as 1.</param>
    /// <param name="gradient">Overwritten; the executed parameters' order.</param>
    public double Run(FloatVolume coarse, FloatVolume target, FloatVolume? weights, double scale, Span<float> gradient)
    {
        gradient.Clear();
        Activations phases = Forward(coarse);
        _phaseGradient.Reshape(phases.Z, phases.Y, phases.Channels, phases.X);
        double loss = OutputGradient(phases, target, weights, scale, _phaseGradient);
        Backward(gradient);
        return loss;
    }

    /// <summary>The network's detail for an input, before the shuffle.</summary>
    internal unsafe Activations Forward(FloatVolume coarse)
    {
        VolumeShape shape = coarse.Shape;
        _input.Reshape(shape.Z, shape.Y, 1, shape.X);
        for (int z = 0; z < shape.Z; z++)
        {
            for (int y = 0; y < shape.Y; y++)
                new ReadOnlySpan<float>(coarse.Row(z, y), shape.X).CopyTo(new Span<float>(_input.Row(z, y), shape.X));
        }
        int whole = _tail is null ? _after.Length : _after.Length - 1;
        for (int i = 0; i < whole; i++)
        {
            Layer layer = _network.Layout.Layers[i];
            _after[i].Reshape(shape.Z, shape.Y, layer.Executed.Out, shape.X);
            // Memory is what limits this: maps that can be told from others are not kept.
            Activations? before = layer.HasSlopes && !_network.HasInvertibleRectifier(i) ? _before[i] : null;
            before?.Reshape(shape.Z, shape.Y, layer.Executed.Out, shape.X);
            _network.Forward(i, InputOf(i), before, _after[i], Box.All(_after[i]), _scratch);
        }
        if (_tail is null) return _after[^1];
        _tail.Begin(shape.Z, shape.Y, shape.X);
        for (int z = 0; z < shape.Z; z++)
        {
            _network.Forward(whole, InputOf(whole), null, _tail.Products, new Box(z, z + 1, 0, shape.Y), _scratch);
            _tail.ForwardPlane(z);
        }
        return _tail.Forward(_network.TailBias);
    }

    public void Dispose()
    {
        foreach (Activations map in (Activations[])[_input, .. _before, .. _after, _evenGradient, _oddGradient, _phaseGradient]) map.Dispose();
        _tail?.Dispose();
        _scratch.Dispose();
    }

    private Activations InputOf(int layer) => layer == 0 ? _input : _after[layer - 1];

    private unsafe double OutputGradient(
        Activations output, FloatVolume target, FloatVolume? weights, double scale, Activations gradient)
    {
        Factors factors = _network.Layout.Factors;
        double sum = 0;
        for (int fz = 0; fz < target.Shape.Z; fz++)
        {
            for (int fy = 0; fy < target.Shape.Y; fy++)
            {
                int z = fz / factors.Z, y = fy / factors.Y, phase = (fz % factors.Z * factors.Y + fy % factors.Y) * factors.X;
                sum += _network.Kernels.CompareFineRow(
                    output.Row(z, y, phase), output.ChannelStride, factors.X, target.Row(fz, fy), weights is null ? null : weights.Row(fz, fy),
                    (float)(2 * scale), gradient.Row(z, y, phase), gradient.ChannelStride, output.X);
            }
        }
        return sum * scale;
    }

    private unsafe void Backward(Span<float> gradient)
    {
        KernelSet kernels = _network.Kernels;
        int last = _after.Length - 1;
        fixed (float* sums = gradient)
        {
            Layer layer = _network.Layout.Layers[last];
            Activations outer = _phaseGradient;
            if (_tail is null)
            {
                kernels.AddBiasGradient(outer, sums + layer.ExecutedBiasAt);
                _network.Form(last).AddWeightGradient(InputOf(last), outer, 0, outer.Z, sums + layer.ExecutedAt, _scratch);
                outer = BackwardToInput(last, outer, 0, outer.Z, sums);
            }
            else
            {
                float* phaseBiases = stackalloc float[outer.Channels];
                new Span<float>(phaseBiases, outer.Channels).Clear();
                kernels.AddBiasGradient(outer, phaseBiases);
                for (int phase = 0; phase < outer.Channels; phase++) sums[layer.ExecutedBiasAt + PhaseTail.CentreTap] += phaseBiases[phase];
                _tail.Backward(outer);
                for (int z = 0; z < outer.Z; z++)
                {
                    _tail.BackwardPlane(z);
                    _network.Form(last).AddWeightGradient(InputOf(last), _tail.Products, z, z + 1, sums + layer.ExecutedAt, _scratch);
                    BackwardToInput(last, _tail.Products, z, z + 1, sums);
                }
                outer = GradientBefore(last);
            }
            for (int i = last - 1; i >= 0; i--)
            {
                _network.Form(i).AddWeightGradient(
                    InputOf(i), outer, 0, outer.Z, sums + _network.Layout.Layers[i].ExecutedAt, _scratch);
                if (i > 0) outer = BackwardToInput(i, outer, 0, outer.Z, sums);
            }
        }
    }

    /// <summary>Where the gradient with respect to a layer's input is kept.</summary>
    private Activations GradientBefore(int layer) => layer % 2 == 0 ? _evenGradient : _oddGradient;

    /// <summary>Carries gradients through a convolution and the rectifier before it, some rows at a time so that they stay in the cache
    /// between the two.</summary>
    private unsafe Activations BackwardToInput(int layer, Activations outer, int firstPlane, int endPlane, float* sums)
    {
        Layer before = _network.Layout.Layers[layer - 1];
        Activations input = InputOf(layer), inner = GradientBefore(layer);
        inner.Reshape(input.Z, input.Y, input.Channels, input.X);
        bool fromOutput = _network.HasInvertibleRectifier(layer - 1);
        Activations map = fromOutput ? input : _before[layer - 1];
        for (int z = firstPlane; z < endPlane; z += PlanesAtOnce)
        {
            for (int y = 0; y < inner.Y; y += RowsAtOnce)
            {
                var box = new Box(z, Math.Min(endPlane, z + PlanesAtOnce), y, Math.Min(inner.Y, y + RowsAtOnce));
                _network.BackwardToInput(layer, outer, inner, box, _scratch);
                _network.Kernels.RectifierBackward(
                    _network.Slopes(layer - 1), map, fromOutput, inner, box, sums + before.ExecutedSlopeAt, sums + before.ExecutedBiasAt);
            }
        }
        return inner;
    }
}
