using System.Buffers.Binary;
using System.Numerics;

namespace Acquisition.Core;

/// <summary>Cyclic redundancy check with the Castagnoli polynomial (RFC 3720, appendix B.4): Zarr's crc32c, and that of recordings.</summary>
public static class Crc32C
{
    public const int Bytes = sizeof(uint);

    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>Goes on where another call ended.</summary>
    /// <param name="checksum">Of all bytes before; 0 for none.</param>
    public static uint Append(uint checksum, ReadOnlySpan<byte> data)
    {
        uint crc = ~checksum;
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (byte value in data) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }

    /// <summary>Writes the checksum of all but the last four bytes into the last four.</summary>
    public static void Seal(Span<byte> data) =>
        BinaryPrimitives.WriteUInt32LittleEndian(data[^Bytes..], Compute(data[..^Bytes]));

    /// <summary>Whether the last four bytes are the checksum of the bytes before them.</summary>
    public static bool IsSealed(ReadOnlySpan<byte> data) =>
        BinaryPrimitives.ReadUInt32LittleEndian(data[^Bytes..]) == Compute(data[..^Bytes]);
}
