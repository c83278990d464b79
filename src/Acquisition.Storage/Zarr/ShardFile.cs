using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using Acquisition.Core;
using Acquisition.Storage.Files;
using Microsoft.Win32.SafeHandles;

namespace Acquisition.Storage.Zarr;

/// <summary>One volume in one file: chunks in C order, then per chunk its offset and length (two little-endian uint64),
/// then the CRC-32C of that index (Zarr 3, sharding_indexed with the index at the end).</summary>
/// <remarks>Chunks carry a CRC-32C each. Chunks that are zero throughout take no bytes. Memory stays at two chunks, and 4 MiB while
/// writing.</remarks>
internal sealed class ShardFile(string arrayPath, ZarrLayout layout, ChunkCodec codec, bool chunksSealed)
{
    private const int EntryBytes = 2 * sizeof(ulong);
    private const ulong Empty = ulong.MaxValue;

    private readonly int _indexBytes = checked(layout.ChunkCount * EntryBytes + Crc32C.Bytes);
    private readonly int _sealBytes = chunksSealed ? Crc32C.Bytes : 0;

    /// <summary>Most bytes a volume can take on disk.</summary>
    public long MaxBytes =>
        checked((long)layout.ChunkCount * (codec.MaxPackedBytes(layout.ChunkBytes) + _sealBytes) + _indexBytes);

    public string PathOf(VolumeIndex index) => PathOf(arrayPath, index);

    public static string PathOf(string arrayPath, VolumeIndex index) => Path.Combine(
        arrayPath, "c", index.T.ToString(CultureInfo.InvariantCulture), index.C.ToString(CultureInfo.InvariantCulture), "0", "0", "0");

    /// <param name="replaces">Whether a volume that is already there may be replaced.</param>
    /// <exception cref="StorageException">The disk refused, or the volume is already there.</exception>
    public void Write(VolumeIndex index, VolumeBuffer volume, bool replaces = false)
    {
        string path = PathOf(index);
        if (!replaces && File.Exists(path))
            throw new StorageException($"Volume {index} is already stored at '{path}'; a stored volume is never changed.");

        byte[] raw = ArrayPool<byte>.Shared.Rent(layout.ChunkBytes);
        try
        {
            // Below the array only: where its disk has vanished, the same path would grow on the disk underneath.
            if (!Directory.Exists(arrayPath)) throw new DirectoryNotFoundException(arrayPath);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using AtomicFile file = AtomicFile.Create(path);
            using (var writer = new BlockWriter(file.Handle, MaxBytes, Math.Max(_indexBytes, codec.MaxPackedBytes(layout.ChunkBytes) + _sealBytes)))
                WriteChunks(writer, volume, raw.AsSpan(0, layout.ChunkBytes));
            file.Commit(replaces);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, $"store volume {index}", path, MaxBytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(raw);
        }
    }

    /// <summary>Volumes whose file is there, by time point and channel.</summary>
    /// <exception cref="StorageException">The disk refused.</exception>
    public ImmutableArray<VolumeIndex> List(int channels)
    {
        string volumes = Path.Combine(arrayPath, "c");
        try
        {
            if (!Directory.Exists(volumes)) return [];
            return
            [
                .. from folder in Directory.EnumerateDirectories(volumes)
                   let name = Path.GetFileName(folder)
                   where int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                   let t = int.Parse(name, CultureInfo.InvariantCulture)
                   orderby t
                   from c in Enumerable.Range(0, channels)
                   let index = new VolumeIndex(t, c)
                   where File.Exists(PathOf(index))
                   select index,
            ];
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "list volumes", volumes);
        }
    }

    /// <summary>Deletes a volume; none is no fault.</summary>
    /// <exception cref="StorageException">The disk refused.</exception>
    public void Remove(VolumeIndex index) => Change(index, "remove", File.Delete);

    /// <summary>Adds to the name of a volume's file.</summary>
    /// <exception cref="StorageException">The disk refused.</exception>
    public void PutAside(VolumeIndex index, string suffix) => Change(index, "put aside", path => File.Move(path, path + suffix, overwrite: true));

    /// <summary>Reads a volume, or a part of it, from the chunks that it touches.</summary>
    /// <param name="from">First sample of the part.</param>
    /// <param name="destination">As large as the part, which lies inside the volume.</param>
    /// <exception cref="StorageException">The volume was never written, is damaged, or cannot be read.</exception>
    public void Read(VolumeIndex index, SamplePoint from, VolumeBuffer destination)
    {
        string path = PathOf(index);
        if (!File.Exists(path))
            throw new StorageException($"Volume {index} was never stored: there is no '{path}'.");

        byte[] raw = ArrayPool<byte>.Shared.Rent(layout.ChunkBytes);
        byte[] packed = ArrayPool<byte>.Shared.Rent(codec.MaxPackedBytes(layout.ChunkBytes) + Crc32C.Bytes);
        byte[] shardIndex = ArrayPool<byte>.Shared.Rent(_indexBytes);
        try
        {
            using SafeFileHandle handle = File.OpenHandle(path);
            ReadChunks(handle, from, destination, raw.AsSpan(0, layout.ChunkBytes), packed, shardIndex.AsSpan(0, _indexBytes));
        }
        catch (InvalidDataException damage)
        {
            throw new StorageException(
                $"Volume {index} is damaged: '{path}': {damage.Message}. Other volumes are unaffected; copy this file again from a backup.", damage);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, $"read volume {index}", path);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(raw);
            ArrayPool<byte>.Shared.Return(packed);
            ArrayPool<byte>.Shared.Return(shardIndex);
        }
    }

    private void Change(VolumeIndex index, string action, Action<string> change)
    {
        string path = PathOf(index);
        try
        {
            if (File.Exists(path)) change(path);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, $"{action} volume {index}", path);
        }
    }

    private void WriteChunks(BlockWriter writer, VolumeBuffer volume, Span<byte> raw)
    {
        var shardIndex = new byte[_indexBytes];
        for (int chunk = 0; chunk < layout.ChunkCount; chunk++)
        {
            ChunkCopy.Gather(volume, layout, chunk, raw);
            bool empty = raw.IndexOfAnyExcept((byte)0) < 0;
            ulong offset = (ulong)writer.Position;
            int length = 0;
            if (!empty)
            {
                Span<byte> packed = writer.Room(codec.MaxPackedBytes(layout.ChunkBytes) + _sealBytes);
                length = codec.Encode(raw, packed) + _sealBytes;
                if (chunksSealed) Crc32C.Seal(packed[..length]);
                writer.Advance(length);
            }

            Span<byte> entry = shardIndex.AsSpan(chunk * EntryBytes, EntryBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(entry, empty ? Empty : offset);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[sizeof(ulong)..], empty ? Empty : (ulong)length);
        }

        Crc32C.Seal(shardIndex);
        shardIndex.CopyTo(writer.Room(shardIndex.Length));
        writer.Advance(shardIndex.Length);
        writer.Finish();
    }

    private void ReadChunks(SafeFileHandle handle, SamplePoint from, VolumeBuffer part, Span<byte> raw, Span<byte> packed, Span<byte> shardIndex)
    {
        long dataBytes = RandomAccess.GetLength(handle) - _indexBytes;
        if (dataBytes < 0)
            throw new InvalidDataException($"it has {dataBytes + _indexBytes} bytes, fewer than the {_indexBytes} of its chunk index");

        ReadExactly(handle, shardIndex, dataBytes);
        if (!Crc32C.IsSealed(shardIndex)) throw new InvalidDataException("the checksum of its chunk index does not match");

        for (int chunk = 0; chunk < layout.ChunkCount; chunk++)
        {
            if (!ChunkCopy.Touches(layout, chunk, from, part.Shape)) continue;
            ReadOnlySpan<byte> entry = shardIndex.Slice(chunk * EntryBytes, EntryBytes);
            ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(entry);
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(entry[sizeof(ulong)..]);
            if (offset == Empty && length == Empty)
            {
                raw.Clear();
            }
            else
            {
                // Compared in this order, nothing can overflow.
                if (length > (ulong)packed.Length || length < (ulong)_sealBytes || offset > (ulong)dataBytes || length > (ulong)dataBytes - offset)
                    throw new InvalidDataException(
                        $"chunk {chunk} claims {length} bytes at {offset}, outside the {dataBytes} bytes before the index");
                Span<byte> found = packed[..(int)length];
                ReadExactly(handle, found, (long)offset);
                Unpack(chunk, found, raw);
            }

            ChunkCopy.Scatter(raw, layout, chunk, from, part);
        }
    }

    private void Unpack(int chunk, ReadOnlySpan<byte> packed, Span<byte> raw)
    {
        if (chunksSealed && !Crc32C.IsSealed(packed)) throw new InvalidDataException($"the checksum of chunk {chunk} does not match");
        try
        {
            codec.Decode(packed[..^_sealBytes], raw);
        }
        catch (InvalidDataException damage)
        {
            throw new InvalidDataException($"chunk {chunk}: {damage.Message}", damage);
        }
    }

    private static void ReadExactly(SafeFileHandle handle, Span<byte> destination, long offset)
    {
        for (int done = 0; done < destination.Length;)
        {
            int got = RandomAccess.Read(handle, destination[done..], offset + done);
            if (got == 0) throw new InvalidDataException("it ends early");
            done += got;
        }
    }
}
