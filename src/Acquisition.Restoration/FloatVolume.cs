using System.Runtime.InteropServices;
using Acquisition.Core;

namespace Acquisition.Restoration;

/// <summary>A volume of float32 samples, (z, y, x) without gaps, in native memory aligned to 64 bytes.</summary>
/// <remarks>May exceed 2³¹ bytes, so pixels are reached plane by plane. Owned by whoever made it; not thread-safe to dispose.</remarks>
public sealed unsafe class FloatVolume : IDisposable
{
    private float* _memory;

    /// <summary>Allocates a volume of zeros.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An extent is not greater than zero.</exception>
    /// <exception cref="OutOfMemoryException">The machine cannot hold it.</exception>
    public FloatVolume(VolumeShape shape)
    {
        Require.Positive(shape.Z);
        Require.Positive(shape.Y);
        Require.Positive(shape.X);
        Shape = shape;
        _memory = (float*)NativeMemory.AlignedAlloc(checked((nuint)shape.Voxels * sizeof(float)), 64);
        for (int z = 0; z < shape.Z; z++) Plane(z).Clear();
    }

    ~FloatVolume() => Free();

    public VolumeShape Shape { get; }

    /// <summary>First sample; valid until disposal.</summary>
    internal float* Memory => _memory;

    /// <summary>One z plane, (y, x). Valid until disposal.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="z"/> is not a plane of this volume.</exception>
    /// <exception cref="ObjectDisposedException">The volume is disposed.</exception>
    public Span<float> Plane(int z)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(z);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(z, Shape.Z);
        ObjectDisposedException.ThrowIf(_memory is null, this);
        return new Span<float>(_memory + (nint)z * Shape.PlaneVoxels, Shape.PlaneVoxels);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Copies every sample of a volume of the same shape.</summary>
    internal void CopyFrom(FloatVolume source)
    {
        for (int z = 0; z < Shape.Z; z++) source.Plane(z).CopyTo(Plane(z));
    }

    internal float* Row(int z, int y) => _memory + ((nint)z * Shape.Y + y) * Shape.X;

    private void Free()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
