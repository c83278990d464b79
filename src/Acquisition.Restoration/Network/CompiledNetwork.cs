using System.Runtime.InteropServices;
using Acquisition.Restoration.Kernels;

namespace Acquisition.Restoration.Network;

/// <summary>A network's parameters in the forms the kernels read. Loaded by one thread, then read by many.</summary>
internal sealed unsafe class CompiledNetwork : IDisposable
{
    private readonly float[] _executed;
    private readonly float[] _mirrored;
    private readonly int[] _packedAt;
    private float* _parameters;
    private float* _forward;
    private float* _backward;
    private float* _zeros;

    public CompiledNetwork(NetworkLayout layout, IConvKernels kernels)
    {
        Layout = layout;
        Kernels = kernels;
        _executed = new float[layout.ExecutedCount];
        _mirrored = new float[layout.Layers.Max(layer => layer.Executed.WeightCount)];
        _packedAt = new int[layout.Layers.Length];
        int packed = 0;
        for (int i = 0; i < _packedAt.Length; i++)
        {
            ConvShape shape = layout.Layers[i].Executed;
            _packedAt[i] = packed;
            packed += Math.Max(kernels.PackedLength(shape), kernels.PackedLength(shape.Transposed));
        }
        _parameters = Allocate(layout.ExecutedCount);
        _forward = Allocate(packed);
        _backward = Allocate(packed);
        _zeros = Allocate(layout.MaxChannels);
    }

    ~CompiledNetwork() => Free();

    public NetworkLayout Layout { get; }

    public IConvKernels Kernels { get; }

    /// <summary>Takes new parameters, as stored.</summary>
    public void Load(ReadOnlySpan<float> stored)
    {
        for (int i = 0; i < Layout.Layers.Length; i++)
        {
            Layer layer = Layout.Layers[i];
            Span<float> weights = _executed.AsSpan(layer.ExecutedAt, layer.Executed.WeightCount);
            ReadOnlySpan<float> storedWeights = stored.Slice(layer.StoredAt, layer.Stored.WeightCount);
            if (layer.Stored == layer.Executed)
            {
                stored.Slice(layer.StoredAt, layer.StoredCount).CopyTo(_executed.AsSpan(layer.ExecutedAt));
            }
            else
            {
                PhaseWeights.Expand(Layout, storedWeights, weights);
                _executed.AsSpan(layer.ExecutedBiasAt, layer.Executed.Out).Fill(stored[layer.StoredBiasAt]);
            }
            Kernels.Pack(layer.Executed, weights, _forward + _packedAt[i]);
            if (i == 0) continue; // Nobody asks for the gradient of the network's input.
            Mirror(layer.Executed, weights, _mirrored);
            Kernels.Pack(layer.Executed.Transposed, _mirrored, _backward + _packedAt[i]);
        }
        _executed.CopyTo(new Span<float>(_parameters, _executed.Length));
    }

    public void Forward(int index, Activations input, Activations output, int firstRow, int endRow)
    {
        Layer layer = Layout.Layers[index];
        Kernels.Forward(
            layer.Executed, _forward + _packedAt[index], _parameters + layer.ExecutedBiasAt, input, output, firstRow, endRow);
    }

    /// <summary>The gradient with respect to a layer's input; not for the first layer.</summary>
    public void BackwardToInput(int index, Activations outputGradient, Activations inputGradient) => Kernels.Forward(
        Layout.Layers[index].Executed.Transposed, _backward + _packedAt[index], _zeros, outputGradient, inputGradient,
        0, inputGradient.Rows);

    public float* Slopes(int index) => _parameters + Layout.Layers[index].ExecutedSlopeAt;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Weights [out][in][tap] become [in][out][mirrored tap], each group for itself.</summary>
    private static void Mirror(ConvShape shape, ReadOnlySpan<float> weights, Span<float> mirrored)
    {
        int taps = shape.Taps, ins = shape.InPerGroup, outs = shape.OutPerGroup;
        for (int co = 0; co < shape.Out; co++)
        {
            int group = co / outs;
            for (int ci = 0; ci < ins; ci++)
            {
                ReadOnlySpan<float> from = weights.Slice((co * ins + ci) * taps, taps);
                Span<float> to = mirrored.Slice(((group * ins + ci) * outs + co % outs) * taps, taps);
                for (int t = 0; t < taps; t++) to[taps - 1 - t] = from[t];
            }
        }
    }

    private static float* Allocate(int floats)
    {
        float* memory = (float*)NativeMemory.AlignedAlloc((nuint)Math.Max(floats, 1) * sizeof(float), 64);
        new Span<float>(memory, floats).Clear();
        return memory;
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_parameters);
        NativeMemory.AlignedFree(_forward);
        NativeMemory.AlignedFree(_backward);
        NativeMemory.AlignedFree(_zeros);
        _parameters = _forward = _backward = _zeros = null;
    }
}
