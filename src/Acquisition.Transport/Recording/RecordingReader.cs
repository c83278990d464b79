using System.Buffers.Binary;
using Acquisition.Core;

namespace Acquisition.Transport.Recording;

/// <summary>Reads the messages of a recording in the order in which they came, also while it still grows. One thread.</summary>
public sealed class RecordingReader : IDisposable
{
    private readonly FileStream _file;

    private RecordingReader(FileStream file) => _file = file;

    /// <summary>The file; an absolute path.</summary>
    public string Location => _file.Name;

    /// <summary>What lies behind the last whole message and cannot be read, for people; <see langword="null"/> while nothing of the
    /// kind was met.</summary>
    public string? TornTail { get; private set; }

    /// <exception cref="StorageException">The file cannot be read.</exception>
    /// <exception cref="DataFormatException">It is no recording, or one of another version.</exception>
    public static RecordingReader Open(string path)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(Path.GetFullPath(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
            Span<byte> head = stackalloc byte[RecordingFormat.FileHeadBytes];
            if (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length || !head.StartsWith(RecordingFormat.Magic))
                throw new DataFormatException($"'{file.Name}' is no recording of 'acquisition record': it does not begin with '{System.Text.Encoding.ASCII.GetString(RecordingFormat.Magic)}'.");
            uint version = BinaryPrimitives.ReadUInt32LittleEndian(head[RecordingFormat.Magic.Length..]);
            if (version != RecordingFormat.Version)
                throw new DataFormatException($"'{file.Name}' is a recording of version {version}; this program reads version {RecordingFormat.Version}.");
            return new RecordingReader(file);
        }
        catch (Exception fault)
        {
            file?.Dispose();
            if (fault is IOException or UnauthorizedAccessException)
                throw new StorageException($"The recording '{path}' cannot be read: {fault.Message}", fault);
            throw;
        }
    }

    /// <summary>Reads the next message into memory of its own.</summary>
    /// <returns><see langword="null"/> at the end, and from a torn tail on; see <see cref="TornTail"/>.</returns>
    /// <exception cref="StorageException">The disk refused.</exception>
    public RecordedMessage? Next()
    {
        long start = _file.Position;
        if (TornTail is not null || start == _file.Length) return null;
        try
        {
            return Read(start) ?? Stop(start);
        }
        catch (IOException fault)
        {
            throw new StorageException($"The recording '{Location}' cannot be read at byte {start}: {fault.Message}", fault);
        }
    }

    public void Dispose() => _file.Dispose();

    private RecordedMessage? Read(long start)
    {
        if (Take(RecordingFormat.FixedBytes) is not { } head) return null;
        int parts = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(sizeof(long)));
        if (parts is < 1 or > RecordingFormat.MaxParts || Take(parts * sizeof(uint)) is not { } lengths) return null;

        // A length is believed only as far as the file goes, so that damage cannot ask for memory.
        uint checksum = Crc32C.Append(Crc32C.Compute(head), lengths);
        var bytes = new ReadOnlyMemory<byte>[parts];
        for (int i = 0; i < parts; i++)
        {
            if (Take(BinaryPrimitives.ReadUInt32LittleEndian(lengths.AsSpan(i * sizeof(uint)))) is not { } part) return null;
            checksum = Crc32C.Append(checksum, part);
            bytes[i] = part;
        }

        return Take(Crc32C.Bytes) is { } seal && BinaryPrimitives.ReadUInt32LittleEndian(seal) == checksum
            ? new RecordedMessage(BinaryPrimitives.ReadInt64LittleEndian(head), new WireMessage(bytes))
            : null;
    }

    private byte[]? Take(long count)
    {
        if (count > _file.Length - _file.Position || count > Array.MaxLength) return null;
        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)count);
        _file.ReadExactly(bytes);
        return bytes;
    }

    private RecordedMessage? Stop(long start)
    {
        TornTail = $"the last {_file.Length - start} bytes of '{Location}', from byte {start} on, are no whole message";
        return null;
    }
}
