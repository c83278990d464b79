using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Acquisition.Restoration.Kernels;

/// <summary>Feature maps of one sample, [z][y][channel][x] in native memory.</summary>
/// <remarks>Every row of x is followed by zeros: up to the padded width, then a halo that also serves as the left halo of the next
/// row. So a kernel may read <see cref="Halo"/> floats beyond either end of a row and write whole vectors up to the padded width,
/// which it zeroes again behind the last sample. In y and z there is no halo: kernels clip their taps. A map may hold fewer planes
/// or rows than it has; they then take turns, so that a volume streams through a map of a few planes.</remarks>
internal sealed unsafe class Activations : IDisposable
{
    /// <summary>Zeros between two rows, floats: one vector of 512 bits, more than any kernel reaches.</summary>
    public const int Halo = 16;

    /// <summary>Padded widths are multiples of this, floats: the widest vector.</summary>
    public const int Granule = 16;

    /// <summary>Kernels write two vectors at a time, the last two overlapping the ones before.</summary>
    private const int MinWidth = 2 * Granule;

    private float* _memory;
    private nuint _capacity;

    ~Activations() => Free();

    public int Z { get; private set; }

    public int Y { get; private set; }

    public int Channels { get; private set; }

    public int X { get; private set; }

    /// <summary>Planes held: plane z lies where plane z modulo this lies.</summary>
    public int HeldZ { get; private set; }

    /// <summary>Rows of a plane held.</summary>
    public int HeldY { get; private set; }

    /// <summary>Floats of a row that kernels may write: X rounded up to whole vectors, at least two.</summary>
    public int PaddedX { get; private set; }

    public nint ChannelStride { get; private set; }

    public nint RowStride { get; private set; }

    public nint PlaneStride { get; private set; }

    public int Rows => Z * Y;

    /// <summary>Bytes a sample of this shape takes.</summary>
    public static long Bytes(int z, int y, int channels, int x) => sizeof(float) * (long)Floats(z, y, channels, x);

    /// <summary>Takes a shape. Samples become undefined, zeros around them are restored; memory grows when it must.</summary>
    public void Reshape(int z, int y, int channels, int x) => Reshape(z, y, channels, x, z, y);

    /// <inheritdoc cref="Reshape(int, int, int, int)"/>
    public void Reshape(int z, int y, int channels, int x, int heldZ, int heldY)
    {
        heldZ = Math.Min(z, heldZ);
        heldY = Math.Min(y, heldY);
        if ((z, y, channels, x, heldZ, heldY) == (Z, Y, Channels, X, HeldZ, HeldY)) return;
        nuint needed = Floats(heldZ, heldY, channels, x);
        if (needed > _capacity)
        {
            Free();
            _memory = (float*)NativeMemory.AlignedAlloc(checked(needed * sizeof(float)), 64);
            _capacity = needed;
        }
        (Z, Y, Channels, X, HeldZ, HeldY) = (z, y, channels, x, heldZ, heldY);
        PaddedX = PaddedWidth(x);
        ChannelStride = PaddedX + Halo;
        RowStride = channels * ChannelStride;
        PlaneStride = heldY * RowStride;
        new Span<float>(_memory, Halo).Clear();
        float* row = _memory + Halo;
        nint stride = ChannelStride;
        for (long i = 0; i < (long)heldZ * heldY * channels; i++, row += stride) new Span<float>(row + x, (int)stride - x).Clear();
    }

    /// <summary>First sample of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Row(int z, int y, int channel = 0)
    {
        Debug.Assert((uint)z < (uint)Z && (uint)y < (uint)Y && (uint)channel < (uint)Channels, "The row lies outside.");
        if (z >= HeldZ) z %= HeldZ;
        if (y >= HeldY) y %= HeldY;
        return _memory + Halo + z * PlaneStride + y * RowStride + channel * ChannelStride;
    }

    /// <summary>Restores the zeros behind the last sample of all channels of one row.</summary>
    public void ClearPadding(float* row)
    {
        int padding = PaddedX - X;
        if (padding == 0) return;
        for (int c = 0; c < Channels; c++) new Span<float>(row + c * ChannelStride + X, padding).Clear();
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static int PaddedWidth(int x) => Math.Max(MinWidth, (x + Granule - 1) / Granule * Granule);

    private static nuint Floats(int z, int y, int channels, int x) =>
        checked((nuint)((long)z * y * channels * (PaddedWidth(x) + Halo) + Halo));

    private void Free()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
        _capacity = 0;
        (Z, Y, Channels, X, HeldZ, HeldY) = (0, 0, 0, 0, 0, 0);
    }
}
