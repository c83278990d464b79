using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Restoration.Kernels;

namespace Acquisition.Restoration.Network;

/// <summary>What follows the public network's last layer: products of its 27 taps on the coarse grid become phases of the fine one.</summary>
/// <remarks>The products are many and short-lived, so they pass plane by plane. Used by one thread at a time.</remarks>
internal sealed unsafe class PhaseTail(Factors factors, KernelSet kernels) : IDisposable
{
    public const int Taps = 27;

    /// <summary>The pointwise layer keeps the gradient of the one bias where this tap has its own.</summary>
    public const int CentreTap = Taps / 2;

    private readonly Activations _afterX = new();
    private readonly Activations _afterY = new();
    private readonly Activations _phases = new();
    private readonly Activations _products = new();
    private float* _zeros;
    private nint _zeroCount;

    ~PhaseTail() => NativeMemory.AlignedFree(_zeros);

    /// <summary>The stored kernel [1][in][tap] as weights of the pointwise layer [tap][in].</summary>
    public static void ToPointwise(ReadOnlySpan<float> stored, Span<float> pointwise)
    {
        int ins = stored.Length / Taps;
        for (int i = 0; i < stored.Length; i++) pointwise[i % Taps * ins + i / Taps] = stored[i];
    }

    /// <summary>Gradients of the pointwise layer as those of the stored kernel.</summary>
    public static void ToStored(ReadOnlySpan<float> pointwise, Span<float> stored)
    {
        int ins = stored.Length / Taps;
        for (int i = 0; i < stored.Length; i++) stored[i] = pointwise[i % Taps * ins + i / Taps];
    }

    /// <summary>Products of the taps, or their gradients; 27 channels, [kz][ky][kx]. Holds one plane at a time.</summary>
    public Activations Products => _products;

    /// <summary>Begins a volume.</summary>
    public void Begin(int z, int y, int x)
    {
        _products.Reshape(z, y, Taps, x, 1, y);
        _afterX.Reshape(z, y, 9 * factors.X, x, 1, y);
        _afterY.Reshape(z, y, 3 * factors.Y * factors.X, x);
        _phases.Reshape(z, y, factors.Product, x);
        if (_products.RowStride <= _zeroCount) return;
        NativeMemory.AlignedFree(_zeros);
        _zeroCount = _products.RowStride;
        _zeros = (float*)NativeMemory.AlignedAlloc((nuint)_zeroCount * sizeof(float), 64);
        new Span<float>(_zeros, checked((int)_zeroCount)).Clear();
    }

    /// <summary>Takes one plane of <see cref="Products"/>.</summary>
    public void ForwardPlane(int z)
    {
        var plane = new Box(z, z + 1, 0, _products.Y);
        kernels.GatherPhases(2, factors.X, 1, 0, _products, _afterX, plane, _zeros);
        kernels.GatherPhases(1, factors.Y, factors.X, 0, _afterX, _afterY, plane, _zeros);
    }

    /// <summary>Finishes the forward pass.</summary>
    /// <returns>A channel for each phase; overwritten by the next volume.</returns>
    public Activations Forward(float bias)
    {
        kernels.GatherPhases(0, factors.Z, factors.Y * factors.X, bias, _afterY, _phases, Box.All(_phases), _zeros);
        return _phases;
    }

    /// <summary>Begins the backward pass.</summary>
    /// <param name="phases">Gradient with respect to what <see cref="Forward"/> returned.</param>
    public void Backward(Activations phases) =>
        kernels.ScatterPhases(0, factors.Z, factors.Y * factors.X, phases, _afterY, Box.All(phases), _zeros);

    /// <summary>Makes one plane of <see cref="Products"/>.</summary>
    public void BackwardPlane(int z)
    {
        var plane = new Box(z, z + 1, 0, _products.Y);
        kernels.ScatterPhases(1, factors.Y, factors.X, _afterY, _afterX, plane, _zeros);
        kernels.ScatterPhases(2, factors.X, 1, _afterX, _products, plane, _zeros);
    }

    public void Dispose()
    {
        _afterX.Dispose();
        _afterY.Dispose();
        _phases.Dispose();
        _products.Dispose();
        NativeMemory.AlignedFree(_zeros);
        _zeros = null;
        GC.SuppressFinalize(this);
    }
}
