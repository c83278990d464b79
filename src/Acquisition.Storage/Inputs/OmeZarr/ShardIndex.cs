using System.Buffers.Binary;
using Acquisition.Core;
using Microsoft.Win32.SafeHandles;

namespace Acquisition.Storage.Inputs.OmeZarr;

/// <summary>Where a shard says which bytes of it are which chunk: offset and length (two uint64) a chunk, in C order.</summary>
internal sealed record ShardIndex(bool AtEnd, bool BigEndian, int Seals)
{
    private const int EntryBytes = 2 * sizeof(ulong);

    /// <exception cref="DataFormatException">The index is stored in a way that is not accepted.</exception>
    public static ShardIndex Parse(JsonPlace configuration)
    {
        JsonPlace codecs = configuration["index_codecs"];
        JsonPlace[] items = [.. codecs.Items];
        if (items.Length == 0 || ChunkPipeline.NameOf(items[0]) != "bytes" || items[1..].Any(codec => ChunkPipeline.NameOf(codec) != "crc32c"))
            throw codecs.Fault("bytes, then crc32c or nothing");
        bool atEnd = configuration.Find("index_location") is not { IsNull: false } place || place.Text switch
        {
            "end" => true,
            "start" => false,
            _ => throw place.Fault("\"end\" or \"start\""),
        };
        return new(atEnd, ChunkPipeline.IsBigEndian(items[0], sizeof(ulong)), items.Length - 1);
    }

    /// <param name="chunks">How many chunks a shard has; at most <see cref="InputLimits.MaxPieces"/>.</param>
    /// <returns>Offset and length in turn; both all ones for a chunk that is not stored.</returns>
    /// <exception cref="InvalidDataException">The file is too short, or a checksum does not match.</exception>
    public ulong[] Read(SafeFileHandle file, int chunks)
    {
        var bytes = new byte[chunks * EntryBytes + Seals * Crc32C.Bytes];
        long length = RandomAccess.GetLength(file);
        if (length < bytes.Length) throw new InvalidDataException($"it has {length} bytes, fewer than the {bytes.Length} of its chunk index");
        ChunkReader.ReadExactly(file, bytes, AtEnd ? length - bytes.Length : 0);
        ReadOnlySpan<byte> body = bytes;
        for (int seal = 0; seal < Seals; seal++)
        {
            if (!Crc32C.IsSealed(body)) throw new InvalidDataException("the checksum of its chunk index does not match");
            body = body[..^Crc32C.Bytes];
        }

        var entries = new ulong[2 * chunks];
        for (int i = 0; i < entries.Length; i++)
        {
            ReadOnlySpan<byte> entry = body.Slice(i * sizeof(ulong), sizeof(ulong));
            entries[i] = BigEndian ? BinaryPrimitives.ReadUInt64BigEndian(entry) : BinaryPrimitives.ReadUInt64LittleEndian(entry);
        }

        return entries;
    }
}
