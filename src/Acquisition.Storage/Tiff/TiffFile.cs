using System.Buffers.Binary;
using Acquisition.Core;
using Acquisition.Storage.Files;
using Microsoft.Win32.SafeHandles;

namespace Acquisition.Storage.Tiff;

/// <summary>Bytes and numbers of a TIFF file in its own byte order; classic (TIFF 6.0) and BigTIFF. Thread-safe.</summary>
internal sealed class TiffFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    private TiffFile(string path, SafeFileHandle handle)
    {
        Path = path;
        _handle = handle;
        Length = RandomAccess.GetLength(handle);
    }

    public string Path { get; }

    public long Length { get; }

    public bool IsBigEndian { get; private set; }

    public bool IsBigTiff { get; private set; }

    /// <summary>Where the first page's directory lies.</summary>
    public long FirstDirectory { get; private set; }

    /// <summary>Bytes of an offset, and of the values that fit into a directory entry.</summary>
    public int OffsetBytes => IsBigTiff ? 8 : 4;

    /// <exception cref="StorageException">The file cannot be opened.</exception>
    /// <exception cref="DataFormatException">It is no TIFF.</exception>
    public static TiffFile Open(string path)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, options: FileOptions.RandomAccess);
            var file = new TiffFile(path, handle);
            file.ReadHeader();
            handle = null; // owned by the file from here
            return file;
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "open a TIFF", path);
        }
        finally
        {
            handle?.Dispose();
        }
    }

    public void Dispose() => _handle.Dispose();

    public ushort UInt16(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    public uint UInt32(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    public ulong UInt64(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    /// <summary>An offset or a directory's entry count, as wide as this kind of TIFF has it.</summary>
    /// <remarks>What does not fit a signed number is beyond any file, which the next read reports.</remarks>
    public long Offset(ReadOnlySpan<byte> bytes) => IsBigTiff ? (long)Math.Min(UInt64(bytes), long.MaxValue) : UInt32(bytes);

    /// <summary>Reads as much as there is, up to the length of <paramref name="destination"/>.</summary>
    /// <returns>Bytes read.</returns>
    /// <exception cref="StorageException">The disk refused.</exception>
    public int ReadUpTo(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset >= Length) return 0;
        try
        {
            int done = 0;
            while (done < destination.Length)
            {
                int got = RandomAccess.Read(_handle, destination[done..], offset + done);
                if (got == 0) break;
                done += got;
            }

            return done;
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "read a TIFF", Path);
        }
    }

    /// <exception cref="DataFormatException">The file ends before.</exception>
    public void Read(long offset, Span<byte> destination, int page, string what)
    {
        int got = ReadUpTo(offset, destination);
        if (got < destination.Length)
            throw Fault(page, $"{what} is cut off: expected {destination.Length} bytes at {offset}, got {got} of a file of {Length} bytes. "
                + "Copy the file again from its source");
    }

    public DataFormatException Fault(int page, string what, Exception? inner = null) =>
        new($"'{Path}', page {page} (counted from 0): {what}.", inner);

    private void ReadHeader()
    {
        Span<byte> header = stackalloc byte[16];
        int got = ReadUpTo(0, header);
        bool little = got >= 8 && header[0] == 'I' && header[1] == 'I';
        IsBigEndian = got >= 8 && header[0] == 'M' && header[1] == 'M';
        ushort version = little || IsBigEndian ? UInt16(header[2..]) : (ushort)0;
        IsBigTiff = version == 43;
        if (version != 42 && (version != 43 || got < 16 || UInt16(header[4..]) != 8))
            throw new DataFormatException(
                $"'{Path}' is not a TIFF: it begins with {Convert.ToHexString(header[..Math.Min(got, 8)])}; "
                + "accepted are II or MM followed by 42 (TIFF) or 43 (BigTIFF).");
        FirstDirectory = Offset(header[(IsBigTiff ? 8 : 4)..]);
    }
}
