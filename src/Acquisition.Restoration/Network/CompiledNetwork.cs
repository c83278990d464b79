using System.Runtime.InteropServices;
using Acquisition.Restoration.Kernels;

namespace Acquisition.Restoration.Network;

/// <summary>A network's parameters in the forms the kernels read. Loaded by one thread, then read by many.</summary>
internal sealed unsafe class CompiledNetwork : IDisposable
{
    /// <summary>Slopes below this are not divided by: their products may have lost digits.</summary>
    private const float SmallestSlope = 1e-4f;

    private readonly float[] _stored;
    private readonly float[] _executed;
    private readonly float[] _mirrored;
    private readonly Convolution[] _forms;
    private readonly Convolution[] _backwardForms;
    private readonly int[] _packedAt;
    private float* _parameters;
    private float* _forward;
    private float* _backward;
    private float* _zeros;

    /// <param name="planes">Of the volumes it is applied to. Decides the forms of the convolutions, and so the last bits.</param>
    public CompiledNetwork(NetworkLayout layout, KernelSet kernels, int planes)
    {
        Layout = layout;
        Kernels = kernels;
        _stored = new float[layout.StoredCount];
        _executed = new float[layout.ExecutedCount];
        _mirrored = new float[layout.Layers.Max(layer => layer.Executed.WeightCount)];
        _forms = [.. layout.Layers.Select(layer => kernels.Convolution(layer.Executed, planes))];
        _backwardForms = [.. layout.Layers.Select(layer => kernels.Convolution(layer.Executed.Transposed, planes))];
        _packedAt = new int[_forms.Length];
        int packed = 0;
        for (int i = 0; i < _packedAt.Length; i++)
        {
            _packedAt[i] = packed;
            int length = Math.Max(_forms[i].PackedLength, _backwardForms[i].PackedLength);
            packed += (length + Activations.Granule - 1) / Activations.Granule * Activations.Granule;
        }
        _parameters = Allocate(layout.ExecutedCount);
        _forward = Allocate(packed);
        _backward = Allocate(packed);
        _zeros = Allocate(layout.MaxChannels);
    }

    ~CompiledNetwork() => Free();

    public NetworkLayout Layout { get; }

    public KernelSet Kernels { get; }

    /// <summary>The bias that a <see cref="PhaseTail"/> adds.</summary>
    public float TailBias { get; private set; }

    /// <summary>Whether what went into a layer's rectifier follows, with all its digits, from what came out of it.</summary>
    public bool HasInvertibleRectifier(int index)
    {
        Layer layer = Layout.Layers[index];
        return layer.HasSlopes && !_executed.AsSpan(layer.ExecutedSlopeAt, layer.Executed.Out).ContainsAnyExceptInRange(SmallestSlope, float.MaxValue);
    }

    /// <summary>How a layer is computed.</summary>
    public Convolution Form(int index) => _forms[index];

    /// <summary>The parameters taken last.</summary>
    public ReadOnlySpan<float> Stored => _stored;

    /// <summary>Takes new parameters, as stored.</summary>
    public void Load(ReadOnlySpan<float> stored)
    {
        stored[.._stored.Length].CopyTo(_stored);
        for (int i = 0; i < Layout.Layers.Length; i++)
        {
            Layer layer = Layout.Layers[i];
            Span<float> weights = _executed.AsSpan(layer.ExecutedAt, layer.Executed.WeightCount);
            if (layer.Stored == layer.Executed)
            {
                stored.Slice(layer.StoredAt, layer.StoredCount).CopyTo(_executed.AsSpan(layer.ExecutedAt));
            }
            else
            {
                PhaseTail.ToPointwise(stored.Slice(layer.StoredAt, layer.Stored.WeightCount), weights);
                TailBias = stored[layer.StoredBiasAt];
            }
            _forms[i].Pack(weights, _forward + _packedAt[i]);
            if (i == 0) continue; // Nobody asks for the gradient of the network's input.
            Mirror(layer.Executed, weights, _mirrored);
            _backwardForms[i].Pack(_mirrored.AsSpan(0, weights.Length), _backward + _packedAt[i]);
        }
        _executed.CopyTo(new Span<float>(_parameters, _executed.Length));
    }

    /// <summary>Computes rows of a layer and its rectifier.</summary>
    /// <param name="before">Keeps the sums before the rectifier; <see langword="null"/> when nobody needs them.</param>
    public void Forward(
        int index, Activations input, Activations? before, Activations output, Box box, Scratch scratch)
    {
        Layer layer = Layout.Layers[index];
        float* slopes = layer.HasSlopes ? _parameters + layer.ExecutedSlopeAt : null;
        _forms[index].Forward(
            new(input, _parameters + layer.ExecutedBiasAt, slopes, before, output), _forward + _packedAt[index],
            box, scratch);
    }

    /// <summary>The gradient with respect to rows of a layer's input; not for the first layer.</summary>
    public void BackwardToInput(int index, Activations outputGradient, Activations inputGradient, Box box, Scratch scratch) =>
        _backwardForms[index].Forward(
            new(outputGradient, _zeros, null, null, inputGradient), _backward + _packedAt[index], box, scratch);

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
