using System.Runtime.InteropServices;

namespace Acquisition.Core;

/// <summary>Lends native memory for volumes within a budget in bytes, and keeps what comes back for the next volume.</summary>
/// <remarks>Thread-safe. Memory stays resident after return, so a scan in steady state neither allocates nor touches the
/// collector. Disposing frees what has come back; what is still lent is freed on its return.</remarks>
public sealed unsafe class VolumePool : IDisposable
{
    private const nuint Alignment = 64;
    private const nuint Granule = 1 << 16;

    private readonly object _gate = new();
    private readonly List<(nint Memory, nuint Capacity)> _idle = [];
    private readonly long _budgetBytes;
    private long _lentBytes;
    private long _idleBytes;
    private long _highWaterBytes;
    private bool _disposed;

    /// <param name="budgetBytes">Most bytes lent at any moment, idle memory included; greater than zero.</param>
    public VolumePool(long budgetBytes) => _budgetBytes = Require.Positive(budgetBytes);

    public long BudgetBytes => _budgetBytes;

    public long LentBytes { get { lock (_gate) return _lentBytes; } }

    public long HighWaterBytes { get { lock (_gate) return _highWaterBytes; } }

    /// <summary>Lends a buffer whose pixels are undefined, or <see langword="null"/> when the budget does not allow it now.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The volume is empty.</exception>
    public VolumeBuffer? TryRent(VolumeShape shape, PixelType pixelType)
    {
        nuint wanted = Capacity(shape, pixelType);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            int best = -1;
            for (int i = 0; i < _idle.Count; i++)
            {
                // A buffer more than twice too large serves another size better.
                if (_idle[i].Capacity >= wanted && _idle[i].Capacity <= 2 * wanted
                    && (best < 0 || _idle[i].Capacity < _idle[best].Capacity)) best = i;
            }

            if (best >= 0)
            {
                var (memory, capacity) = _idle[best];
                _idle.RemoveAt(best);
                _idleBytes -= (long)capacity;
                return Lend((byte*)memory, capacity, shape, pixelType);
            }

            while (_lentBytes + _idleBytes + (long)wanted > _budgetBytes && _idle.Count > 0) FreeIdle(_idle.Count - 1);
            return _lentBytes + (long)wanted > _budgetBytes
                ? null
                : Lend((byte*)NativeMemory.AlignedAlloc(wanted, Alignment), wanted, shape, pixelType);
        }
    }

    /// <summary>Waits for memory to come back and lends a buffer, or returns <see langword="null"/> after <paramref name="patience"/>.</summary>
    public VolumeBuffer? Rent(VolumeShape shape, PixelType pixelType, TimeSpan patience)
    {
        long deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        lock (_gate)
        {
            while (true)
            {
                if (TryRent(shape, pixelType) is { } buffer) return buffer;
                long left = deadline - Environment.TickCount64;
                if (left <= 0 || !Monitor.Wait(_gate, (int)Math.Min(left, int.MaxValue))) return null;
            }
        }
    }

    /// <summary>Bytes a volume takes from the budget.</summary>
    public static long CostBytes(VolumeShape shape, PixelType pixelType) => (long)Capacity(shape, pixelType);

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            while (_idle.Count > 0) FreeIdle(_idle.Count - 1);
        }
    }

    internal void Return(byte* memory, nuint capacity)
    {
        lock (_gate)
        {
            _lentBytes -= (long)capacity;
            _idle.Add(((nint)memory, capacity));
            _idleBytes += (long)capacity;
            if (_disposed) FreeIdle(_idle.Count - 1);
            Monitor.PulseAll(_gate);
        }
    }

    private static nuint Capacity(VolumeShape shape, PixelType pixelType)
    {
        nuint bytes = checked((nuint)(Require.Positive(shape.Voxels) * pixelType.Bytes()));
        return (bytes + Granule - 1) / Granule * Granule;
    }

    private VolumeBuffer Lend(byte* memory, nuint capacity, VolumeShape shape, PixelType pixelType)
    {
        _lentBytes += (long)capacity;
        _highWaterBytes = Math.Max(_highWaterBytes, _lentBytes);
        return new VolumeBuffer(this, memory, capacity, shape, pixelType);
    }

    private void FreeIdle(int index)
    {
        var (memory, capacity) = _idle[index];
        _idle.RemoveAt(index);
        _idleBytes -= (long)capacity;
        NativeMemory.AlignedFree((void*)memory);
    }
}
