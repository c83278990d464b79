using System.Runtime.InteropServices;

namespace Acquisition.Restoration.Streaming;

/// <summary>The newest planes of a sequence, in native memory: plane z stands where plane z − capacity stood.</summary>
internal sealed unsafe class PlaneRing : IDisposable
{
    private readonly bool _owns;
    private readonly int _capacity;
    private readonly int _planeVoxels;
    private float* _memory;

    public PlaneRing(int capacity, int planeVoxels)
    {
        (_owns, _capacity, _planeVoxels) = (true, capacity, planeVoxels);
        _memory = (float*)NativeMemory.AlignedAlloc(checked((nuint)capacity * (nuint)planeVoxels * sizeof(float)), 64);
    }

    /// <summary>All planes of a volume, which stays its owner's and must outlive the ring.</summary>
    public PlaneRing(FloatVolume volume)
    {
        (_capacity, _planeVoxels) = (volume.Shape.Z, volume.Shape.PlaneVoxels);
        _memory = volume.Memory;
    }

    ~PlaneRing() => Free();

    public int Capacity => _capacity;

    public float* Plane(int z) => _memory + (nint)(z % _capacity) * _planeVoxels;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_owns) NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
