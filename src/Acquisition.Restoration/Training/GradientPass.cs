using Acquisition.Core;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Training;

/// <summary>Loss and gradient of one sample. Holds every feature map of the sample; reused from sample to sample by one thread.</summary>
internal sealed class GradientPass : IDisposable
{
    private readonly CompiledNetwork _network;
    private readonly Activations _input = new();
    private readonly Activations[] _before;
    private readonly Activations[] _after;
    private readonly Activations _evenGradient = new();
    private readonly Activations _oddGradient = new();

    public GradientPass(CompiledNetwork network)
    {
        _network = network;
        int layers = network.Layout.Layers.Length;
        _before = [.. Enumerable.Range(0, layers).Select(_ => new Activations())];
        _after = [.. Enumerable.Range(0, layers - 1).Select(_ => new Activations())];
    }

    /// <summary>Loss = scale · Σ weight · (network − target)² and its gradient.</summary>
    /// <param name="coarse">The network's input.</param>
    /// <param name="target">What the network should add to the cubic enlargement; on the fine grid.</param>
    /// <param name="weights">Of each fine voxel; <see langword="null"/> counts all as 1.</param>
    /// <param name="gradient">Overwritten; the executed parameters' order.</param>
    public double Run(FloatVolume coarse, FloatVolume target, FloatVolume? weights, double scale, Span<float> gradient)
    {
        gradient.Clear();
        Forward(coarse);
        Activations last = _before[^1], lastGradient = GradientOf(_before.Length - 1);
        lastGradient.Reshape(last.Z, last.Y, last.Channels, last.X);
        double loss = OutputGradient(last, target, weights, scale, lastGradient);
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
        for (int i = 0; i < _before.Length; i++)
        {
            int channels = _network.Layout.Layers[i].Executed.Out;
            _before[i].Reshape(shape.Z, shape.Y, channels, shape.X);
            _network.Forward(i, InputOf(i), _before[i], 0, _before[i].Rows);
            if (i == _after.Length) break;
            _after[i].Reshape(shape.Z, shape.Y, channels, shape.X);
            Prelu.Forward(_network.Slopes(i), _before[i], _after[i], 0, _before[i].Rows);
        }
        return _before[^1];
    }

    public void Dispose()
    {
        foreach (Activations map in (Activations[])[_input, .. _before, .. _after, _evenGradient, _oddGradient]) map.Dispose();
    }

    private Activations InputOf(int layer) => layer == 0 ? _input : _after[layer - 1];

    private Activations GradientOf(int layer) => layer % 2 == 0 ? _evenGradient : _oddGradient;

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
                float* wanted = target.Row(fz, fy) + fx;
                float* weight = weights is null ? null : weights.Row(fz, fy) + fx;
                float* found = output.Row(z, y, phase), slope = gradient.Row(z, y, phase);
                for (int x = 0; x < output.X; x++)
                {
                    float error = found[x] - wanted[x * factors.X];
                    float weighted = weight is null ? error : error * weight[x * factors.X];
                    sum += weighted * error;
                    slope[x] = gain * weighted;
                }
            }
        }
        return sum * scale;
    }

    private unsafe void Backward(Span<float> gradient)
    {
        fixed (float* sums = gradient)
        {
            for (int i = _before.Length - 1; i >= 0; i--)
            {
                Layer layer = _network.Layout.Layers[i];
                Activations outer = GradientOf(i), input = InputOf(i);
                if (layer.HasSlopes)
                    Prelu.Backward(_network.Slopes(i), _before[i], outer, sums + layer.ExecutedSlopeAt, sums + layer.ExecutedBiasAt);
                else
                    Prelu.AddBiasGradient(outer, sums + layer.ExecutedBiasAt);
                _network.Kernels.AddWeightGradient(layer.Executed, input, outer, sums + layer.ExecutedAt);
                if (i == 0) break;
                Activations inner = GradientOf(i - 1);
                inner.Reshape(input.Z, input.Y, input.Channels, input.X);
                _network.BackwardToInput(i, outer, inner);
            }
        }
    }
}
