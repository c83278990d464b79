using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Acquisition.Core;

/// <summary>Pixels of one volume in native memory, counted: whoever keeps it past a call retains it and releases it once.</summary>
/// <remarks>Rented from a <see cref="VolumePool"/> with a count of one. Planes are contiguous, row-major (y, x), little-endian.
/// Counting is thread-safe; writing pixels is not.</remarks>
public sealed unsafe class VolumeBuffer
{
    private readonly VolumePool _pool;
    private byte* _memory;
    private int _count = 1;

    internal VolumeBuffer(VolumePool pool, byte* memory, nuint capacity, VolumeShape shape, PixelType pixelType)
    {
        _pool = pool;
        _memory = memory;
        CapacityBytes = capacity;
        Shape = shape;
        PixelType = pixelType;
        PlaneBytes = checked(shape.PlaneVoxels * pixelType.Bytes());
    }

    public VolumeShape Shape { get; }

    public PixelType PixelType { get; }

    public int PlaneBytes { get; }

    public long Bytes => (long)PlaneBytes * Shape.Z;

    internal nuint CapacityBytes { get; }

    /// <summary>One z plane, (y, x). Valid until the last release.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="z"/> is not a plane of this volume.</exception>
    /// <exception cref="ObjectDisposedException">The buffer has gone back to its pool.</exception>
    public Span<byte> Plane(int z)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(z);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(z, Shape.Z);
        ObjectDisposedException.ThrowIf(_memory is null, this);
        return new Span<byte>(_memory + (nint)z * PlaneBytes, PlaneBytes);
    }

    /// <summary>One z plane as samples of <typeparamref name="T"/>, which must be as wide as <see cref="PixelType"/>.</summary>
    public Span<T> Plane<T>(int z) where T : unmanaged
    {
        Debug.Assert(sizeof(T) == PixelType.Bytes(), "The element type does not match the pixel type.");
        return MemoryMarshal.Cast<byte, T>(Plane(z));
    }

    /// <summary>Sets every sample to zero.</summary>
    public void Clear()
    {
        for (int z = 0; z < Shape.Z; z++) Plane(z).Clear();
    }

    /// <summary>Keeps the buffer beyond the call that lent it.</summary>
    /// <exception cref="ObjectDisposedException">The buffer has gone back to its pool.</exception>
    public void Retain()
    {
        int seen = Volatile.Read(ref _count);
        while (true)
        {
            ObjectDisposedException.ThrowIf(seen <= 0, this);
            int found = Interlocked.CompareExchange(ref _count, seen + 1, seen);
            if (found == seen) return;
            seen = found;
        }
    }

    /// <summary>Gives one reference back; the last one returns the memory to the pool.</summary>
    /// <exception cref="InvalidOperationException">Released more often than rented and retained.</exception>
    public void Release()
    {
        int left = Interlocked.Decrement(ref _count);
        if (left > 0) return;
        if (left < 0) throw new InvalidOperationException("A volume buffer was released more often than it was retained.");
        byte* memory = _memory;
        _memory = null;
        _pool.Return(memory, CapacityBytes);
    }
}
