using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>One convolution on feature maps of noise, ready to run again and again. The only benchmark that calls kernels directly.</summary>
internal sealed unsafe class KernelProbe : IDisposable
{
    private readonly Convolution _convolution;
    private readonly Convolution _adjoint;
    private readonly Scratch _scratch = new();
    private readonly Activations _input = new();
    private readonly Activations _output = new();
    private readonly Activations _inputGradient = new();
    private readonly Activations _outputGradient = new();
    private float* _forward;
    private float* _backward;
    private float* _bias;
    private float* _weightGradient;

    public KernelProbe(LayerShape layer, VolumeShape extent)
    {
        var random = new Random(1);
        (_convolution, _adjoint) = (layer.Forward, layer.Backward);
        ConvShape shape = _convolution.Shape;
        // Gradients flow back through a convolution of the transposed shape; which weights they meet does not matter for the time.
        var weights = new float[shape.WeightCount];
        foreach (ref float weight in weights.AsSpan()) weight = random.NextSingle() - 0.5f;
        _forward = Pack(_convolution, weights);
        _backward = Pack(_adjoint, weights);
        _bias = Allocate(Math.Max(shape.In, shape.Out));
        _weightGradient = Allocate(shape.WeightCount);
        Fill(_input, extent, shape.In, random);
        Fill(_outputGradient, extent, shape.Out, random);
        _output.Reshape(extent.Z, extent.Y, shape.Out, extent.X);
        _inputGradient.Reshape(extent.Z, extent.Y, shape.In, extent.X);
    }

    ~KernelProbe() => Free();

    public void Run(KernelPass pass)
    {
        switch (pass)
        {
            case KernelPass.Forward:
                Apply(_convolution, _forward, _input, _output);
                break;
            case KernelPass.InputGradient:
                Apply(_adjoint, _backward, _outputGradient, _inputGradient);
                break;
            default:
                _convolution.AddWeightGradient(_input, _outputGradient, 0, _outputGradient.Z, _weightGradient, _scratch);
                break;
        }
    }

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
        _inputGradient.Dispose();
        _outputGradient.Dispose();
        _scratch.Dispose();
        Free();
        GC.SuppressFinalize(this);
    }

    private static void Fill(Activations map, VolumeShape extent, int channels, Random random)
    {
        map.Reshape(extent.Z, extent.Y, channels, extent.X);
        for (int z = 0; z < extent.Z; z++)
        {
            for (int y = 0; y < extent.Y; y++)
            {
                for (int c = 0; c < channels; c++)
                {
                    foreach (ref float sample in new Span<float>(map.Row(z, y, c), extent.X)) sample = random.NextSingle() - 0.5f;
                }
            }
        }
    }

    private static float* Allocate(int floats)
    {
        float* memory = (float*)NativeMemory.AlignedAlloc((nuint)floats * sizeof(float), 64);
        new Span<float>(memory, floats).Clear();
        return memory;
    }

    private static float* Pack(Convolution convolution, ReadOnlySpan<float> weights)
    {
        float* packed = Allocate(convolution.PackedLength);
        convolution.Pack(weights, packed);
        return packed;
    }

    private void Apply(Convolution convolution, float* packed, Activations from, Activations to) => convolution.Forward(
        new(from, _bias, null, null, to), packed, Box.All(to), _scratch);

    private void Free()
    {
        NativeMemory.AlignedFree(_forward);
        NativeMemory.AlignedFree(_backward);
        NativeMemory.AlignedFree(_bias);
        NativeMemory.AlignedFree(_weightGradient);
        _forward = _backward = _bias = _weightGradient = null;
    }
}
