using System.Runtime.InteropServices;

namespace Acquisition.Restoration.Kernels;

/// <summary>Working memory of one thread; grows to the largest request and stays.</summary>
internal sealed unsafe class Scratch : IDisposable
{
    private float* _memory;
    private nuint _capacity;

    ~Scratch() => Free();

    private (object? User, long Layout) _last;

    /// <summary>Undefined floats, valid until the next call.</summary>
    public float* Take(nint floats)
    {
        _last = default;
        return Reserve(floats);
    }

    /// <summary>Floats that are as the same user left them when it last asked for the same layout and nobody asked since.</summary>
    /// <param name="isKept">Whether they are; else they are undefined.</param>
    public float* Take(nint floats, object user, long layout, out bool isKept)
    {
        isKept = _last == (user, layout);
        _last = (user, layout);
        return Reserve(floats);
    }

    private float* Reserve(nint floats)
    {
        if ((nuint)floats > _capacity)
        {
            Free();
            _memory = (float*)NativeMemory.AlignedAlloc(checked((nuint)floats * sizeof(float)), 64);
            _capacity = (nuint)floats;
        }
        return _memory;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
        _capacity = 0;
    }
}
