using System.Runtime.InteropServices;

namespace Acquisition.Restoration.Kernels;

/// <summary>Working memory of one thread; grows to the largest request and stays.</summary>
internal sealed unsafe class Scratch : IDisposable
{
    private float* _memory;
    private nuint _capacity;

    ~Scratch() => Free();

    /// <summary>Undefined floats, valid until the next call.</summary>
    public float* Take(nint floats)
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
