using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Restoration.Kernels;

namespace Acquisition.Restoration.Network;

/// <summary>What follows the public network's last layer: products of its 27 taps on the coarse grid become phases of the fine one.</summary>
/// <remarks>Holds the maps between the three passes. Used by one thread at a time, except that threads may share the rows of a pass.</remarks>
internal sealed unsafe class PhaseTail(Factors factors, KernelSet kernels) : IDisposable
{
    public const int Taps = 27;

    private const int CentreTap = Taps / 2;

    private readonly Activations _afterX = new();
    private readonly Activations _afterY = new();
    private readonly Activations _phases = new();
    private readonly Activations _taps = new();
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

    /// <summary>The gradient of the one bias: every fine sample sees one product of the centre tap.</summary>
    public static float BiasToStored(ReadOnlySpan<float> pointwise) => pointwise[CentreTap];

    /// <param name="taps">27 channels, [kz][ky][kx].</param>
    /// <returns>A channel for each phase; overwritten by the next call.</returns>
    public Activations Forward(Activations taps, float bias)
    {
        Prepare(taps);
        kernels.GatherPhases(2, factors.X, 1, 0, taps, _afterX, Box.All(taps), _zeros);
        kernels.GatherPhases(1, factors.Y, factors.X, 0, _afterX, _afterY, Box.All(taps), _zeros);
        kernels.GatherPhases(0, factors.Z, factors.Y * factors.X, bias, _afterY, _phases, Box.All(taps), _zeros);
        return _phases;
    }

    /// <param name="phases">Gradient with respect to what <see cref="Forward"/> returned.</param>
    /// <returns>Gradient with respect to the taps; overwritten by the next call.</returns>
    public Activations Backward(Activations phases)
    {
        _taps.Reshape(phases.Z, phases.Y, Taps, phases.X);
        Prepare(_taps);
        kernels.ScatterPhases(0, factors.Z, factors.Y * factors.X, phases, _afterY, Box.All(phases), _zeros);
        kernels.ScatterPhases(1, factors.Y, factors.X, _afterY, _afterX, Box.All(phases), _zeros);
        kernels.ScatterPhases(2, factors.X, 1, _afterX, _taps, Box.All(phases), _zeros);
        return _taps;
    }

    public void Dispose()
    {
        _afterX.Dispose();
        _afterY.Dispose();
        _phases.Dispose();
        _taps.Dispose();
        NativeMemory.AlignedFree(_zeros);
        _zeros = null;
        GC.SuppressFinalize(this);
    }

    private void Prepare(Activations taps)
    {
        _afterX.Reshape(taps.Z, taps.Y, 9 * factors.X, taps.X);
        _afterY.Reshape(taps.Z, taps.Y, 3 * factors.Y * factors.X, taps.X);
        _phases.Reshape(taps.Z, taps.Y, factors.Product, taps.X);
        if (taps.RowStride <= _zeroCount) return;
        NativeMemory.AlignedFree(_zeros);
        _zeroCount = taps.RowStride;
        _zeros = (float*)NativeMemory.AlignedAlloc((nuint)_zeroCount * sizeof(float), 64);
        new Span<float>(_zeros, checked((int)_zeroCount)).Clear();
    }
}
