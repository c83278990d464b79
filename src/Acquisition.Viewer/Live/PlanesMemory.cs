using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Acquisition.Core;

namespace Acquisition.Viewer.Live;

/// <summary>Consecutive planes of a volume as memory that can be awaited on, without a copy. The volume must stay retained meanwhile.</summary>
internal sealed unsafe class PlanesMemory : MemoryManager<byte>
{
    private readonly byte* _start;
    private readonly int _length;

    /// <param name="from">First plane.</param>
    /// <param name="to">The plane after the last; more than <paramref name="from"/>. At most 2 GiB in all.</param>
    public PlanesMemory(VolumeBuffer volume, int from, int to)
    {
        // Planes are contiguous in native memory, which does not move.
        _start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(volume.Plane(from)));
        _length = checked((to - from) * volume.PlaneBytes);
    }

    public override Span<byte> GetSpan() => new(_start, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin() { }

    protected override void Dispose(bool disposing) { }
}
