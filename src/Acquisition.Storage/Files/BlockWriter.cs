using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Acquisition.Storage.Files;

/// <summary>Fills a new file from its beginning in large pieces, past the page cache where the system allows that: a stream of
/// volumes passes the cache without use, and flushing it from there takes time and a processor.</summary>
/// <remarks>Throws what the file system throws. One thread at a time.</remarks>
internal sealed unsafe class BlockWriter : IDisposable
{
    /// <summary>Bytes collected before they are written.</summary>
    private const int BlockBytes = 4 << 20;

    /// <summary>Small files are written by the time that a disk without cache would take for them.</summary>
    private const long MinDirectBytes = 1 << 20;

    /// <summary>What disks and file systems want memory and offsets to be multiples of, at most.</summary>
    private const int Alignment = 4096;

    private readonly SafeFileHandle _file;
    private readonly int _capacity;
    private byte* _memory;
    private int _filled;
    private long _written;
    private bool _isDirect;

    /// <param name="file">Open for writing and empty; outlives the writer.</param>
    /// <param name="mostBytes">Most bytes that the file will have.</param>
    /// <param name="mostAtOnce">Most bytes that are ever put in at once.</param>
    public BlockWriter(SafeFileHandle file, long mostBytes, int mostAtOnce)
    {
        _file = file;
        _capacity = checked((int)Math.Min(mostBytes, BlockBytes) + mostAtOnce + 2 * Alignment) & -Alignment;
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)_capacity, Alignment);
        _isDirect = mostBytes >= MinDirectBytes && DirectAccess.TrySet(file, isDirect: true);
    }

    ~BlockWriter() => Free();

    /// <summary>Bytes put in so far.</summary>
    public long Position => _written + _filled;

    /// <summary>Where the next bytes are to be put. They count once <see cref="Advance"/> is called.</summary>
    /// <param name="bytes">How many may come; there is room for at least as many.</param>
    public Span<byte> Room(int bytes)
    {
        if (_capacity - _filled < bytes) Drain();
        return new Span<byte>(_memory + _filled, _capacity - _filled);
    }

    public void Advance(int bytes) => _filled += bytes;

    /// <summary>Writes what is still held. The file is whole then, though not yet on the disk.</summary>
    public void Finish()
    {
        Drain();
        if (_isDirect) DirectAccess.TrySet(_file, _isDirect = false); // the last piece has any length
        Write(_filled);
        _filled = 0;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Drain()
    {
        int whole = _filled & -Alignment;
        Write(whole);
        _filled -= whole;
        new ReadOnlySpan<byte>(_memory + whole, _filled).CopyTo(new Span<byte>(_memory, _filled));
    }

    private void Write(int bytes)
    {
        var piece = new ReadOnlySpan<byte>(_memory, bytes);
        try
        {
            RandomAccess.Write(_file, piece, _written);
        }
        catch (IOException fault) when (_isDirect && fault.HResult == DirectAccess.InvalidArgument)
        {
            // Some file systems take the wish and refuse the deed.
            DirectAccess.TrySet(_file, _isDirect = false);
            RandomAccess.Write(_file, piece, _written);
        }

        _written += bytes;
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
