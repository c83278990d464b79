using Acquisition.Core;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Training;

/// <summary>Loss and gradient of one sample. Holds every feature map of the sample; reused from sample to sample by one thread.</summary>
internal sealed class GradientPass : IDisposable
{
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
        Backward(_tail?.Backward(_phaseGradient) ?? _phaseGradient, gradient);
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
        for (int i = 0; i < _after.Length; i++)
        {
            Layer layer = _network.Layout.Layers[i];
            _after[i].Reshape(shape.Z, shape.Y, layer.Executed.Out, shape.X);
            // Memory is what limits this: maps that can be told from others are not kept.
            Activations? before = layer.HasSlopes && !_network.HasInvertibleRectifier(i) ? _before[i] : null;
            before?.Reshape(shape.Z, shape.Y, layer.Executed.Out, shape.X);
            _network.Forward(i, InputOf(i), before, _after[i], Box.All(_after[i]), _scratch);
        }
        return _tail?.Forward(_after[^1], _network.TailBias) ?? _after[^1];
    }

    public void Dispose()
    {
        foreach (Activations map in (Activations[])[_input, .. _before, .. _after, _evenGradient, _oddGradient, _phaseGradient]) map.Dispose();
        _tail?.Dispose();
        _scratch.Dispose();
    }

    private Activations InputOf(int layer) => layer == 0 ? _input : _after[layer - 1];

    private static unsafe double OutputGradientRow(
        float* found, float* wanted, float* weight, float* slope, int length, int step, float gain)
    {
        double sum = 0;
        for (int x = 0; x < length; x++)
        {
            float error = found[x] - wanted[x * step];
            float weighted = weight is null ? error : error * weight[x * step];
            sum += weighted * error;
            slope[x] = gain * weighted;
        }
        return sum;
    }

    private unsafe double OutputGradient(
        Activations output, FloatVolume target, FloatVolume? weights, double scale, Activations gradient)
    {
        Factors factors = _network.Layout.Factors;
        float gain = (float)(2 * scale);
        double sum = 0;
        for (int row = 0; row < output.Rows; row++)
        {
            int z = row / output.Y, y = row % output.Y;
            for (int phase = 0; phase < output.Channels; phase++)
            {
                int fz = z * factors.Z + phase / (factors.Y * factors.X), fy = y * factors.Y + phase / factors.X % factors.Y;
                int fx = phase % factors.X;
                sum += OutputGradientRow(
                    output.Row(z, y, phase), target.Row(fz, fy) + fx, weights is null ? null : weights.Row(fz, fy) + fx,
                    gradient.Row(z, y, phase), output.X, factors.X, gain);
            }
        }
        return sum * scale;
    }

    private unsafe void Backward(Activations outer, Span<float> gradient)
    {
        KernelSet kernels = _network.Kernels;
        fixed (float* sums = gradient)
        {
            for (int i = _after.Length - 1; i >= 0; i--)
            {
                Layer layer = _network.Layout.Layers[i];
                Activations input = InputOf(i);
                bool fromOutput = _network.HasInvertibleRectifier(i);
                if (layer.HasSlopes)
                    kernels.RectifierBackward(
                        _network.Slopes(i), fromOutput ? _after[i] : _before[i], fromOutput, outer,
                        sums + layer.ExecutedSlopeAt, sums + layer.ExecutedBiasAt);
                else
                    kernels.AddBiasGradient(outer, sums + layer.ExecutedBiasAt);
                _network.Form(i).AddWeightGradient(input, outer, sums + layer.ExecutedAt, _scratch);
                if (i == 0) break;
                Activations inner = i % 2 == 0 ? _evenGradient : _oddGradient;
                inner.Reshape(input.Z, input.Y, input.Channels, input.X);
                _network.BackwardToInput(i, outer, inner, _scratch);
                outer = inner;
            }
        }
    }
}
