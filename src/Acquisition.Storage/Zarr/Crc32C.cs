using System.Buffers.Binary;
using System.Numerics;

namespace Acquisition.Storage.Zarr;

/// <summary>Cyclic redundancy check with the Castagnoli polynomial (RFC 3720, appendix B.4), as Zarr's crc32c codec uses it.</summary>
internal static class Crc32C
{
    public const int Bytes = sizeof(uint);

    public static uint Compute(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
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
