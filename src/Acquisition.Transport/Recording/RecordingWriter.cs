using System.Buffers.Binary;
using Acquisition.Core;

namespace Acquisition.Transport.Recording;

/// <summary>Appends messages to a new recording. One thread.</summary>
/// <remarks><inheritdoc cref="RecordingFormat" path="/remarks"/> A message that was appended survives the end of this program at
/// once, and the loss of power after <see cref="Complete"/>.</remarks>
public sealed class RecordingWriter : IDisposable
{
    private const int BufferBytes = 1 << 16;

    private readonly FileStream _file;

    /// <param name="path">A file that does not exist yet.</param>
    /// <exception cref="StorageException">It exists, or cannot be made.</exception>
    public RecordingWriter(string path)
    {
        Location = Path.GetFullPath(path);
        try
        {
            _file = new FileStream(Location, FileMode.CreateNew, FileAccess.Write, FileShare.Read, BufferBytes);
        }
        catch (IOException) when (Path.Exists(Location))
        {
            throw new StorageException($"'{Location}' exists already; a recording is never overwritten. Choose another name.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The recording '{Location}' cannot be made: {fault.Message}", fault);
        }

        Span<byte> head = stackalloc byte[RecordingFormat.FileHeadBytes];
        RecordingFormat.Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(head[RecordingFormat.Magic.Length..], RecordingFormat.Version);
        try
        {
            _file.Write(head);
            _file.Flush();
        }
        catch (IOException fault)
        {
            Close();
            throw Refusal(fault);
        }
    }

    /// <summary>The file; an absolute path.</summary>
    public string Location { get; }

    public long Messages { get; private set; }

    /// <summary>Length of the file.</summary>
    public long Bytes { get; private set; } = RecordingFormat.FileHeadBytes;

    /// <param name="arrivedUnixNs">When the message came; Unix nanoseconds.</param>
    /// <param name="parts">How many parts it has, at least one.</param>
    /// <param name="part">Shows each part, twice; what it shows is not kept.</param>
    /// <exception cref="StorageException">The disk refused; the messages before this one stay readable.</exception>
    public void Append(long arrivedUnixNs, int parts, Func<int, ReadOnlySpan<byte>> part)
    {
        ArgumentNullException.ThrowIfNull(part);
        Require.InRange(parts, 1, RecordingFormat.MaxParts);
        byte[] head = new byte[RecordingFormat.FixedBytes + parts * sizeof(uint)];
        BinaryPrimitives.WriteInt64LittleEndian(head, arrivedUnixNs);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(sizeof(long)), parts);
        long length = head.Length + Crc32C.Bytes;
        for (int i = 0; i < parts; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(RecordingFormat.FixedBytes + i * sizeof(uint)), part(i).Length);
            length += part(i).Length;
        }

        try
        {
            uint checksum = Crc32C.Compute(head);
            _file.Write(head);
            for (int i = 0; i < parts; i++)
            {
                ReadOnlySpan<byte> bytes = part(i);
                checksum = Crc32C.Append(checksum, bytes);
                _file.Write(bytes);
            }

            Span<byte> seal = stackalloc byte[Crc32C.Bytes];
            BinaryPrimitives.WriteUInt32LittleEndian(seal, checksum);
            _file.Write(seal);
            _file.Flush();
        }
        catch (IOException fault)
        {
            throw Refusal(fault);
        }

        Messages++;
        Bytes += length;
    }

    /// <summary>Makes sure that the disk has everything.</summary>
    /// <exception cref="StorageException">The disk refused.</exception>
    public void Complete()
    {
        try
        {
            _file.Flush(flushToDisk: true);
        }
        catch (IOException fault)
        {
            throw Refusal(fault);
        }
    }

    public void Dispose() => Close();

    private void Close()
    {
        try
        {
            _file.Dispose();
        }
        catch (IOException)
        {
            // What is left in the buffer belongs to a message that was refused, and has been reported.
        }
    }

    private StorageException Refusal(IOException fault) => new(
        $"The recording '{Location}' cannot go on: {fault.Message.TrimEnd('.')}. Its first {Messages} message(s) can be read; make room or choose another disk.",
        fault);
}
