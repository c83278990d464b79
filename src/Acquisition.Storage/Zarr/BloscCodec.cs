using System.Text.Json.Nodes;
using Acquisition.Core;

namespace Acquisition.Storage.Zarr;

/// <summary>Byte shuffle and LZ4 through the system's C-Blosc, which must be there.</summary>
internal sealed unsafe class BloscCodec(PixelType pixelType) : ChunkCodec
{
    private const int Level = 5;
    private const int ByteShuffle = 1;

    private readonly int _typeBytes = pixelType.Bytes();

    public override JsonObject? Metadata => new()
    {
        ["name"] = "blosc",
        ["configuration"] = new JsonObject
        {
            ["cname"] = "lz4",
            ["clevel"] = Level,
            ["shuffle"] = "shuffle",
            ["typesize"] = _typeBytes,
            ["blocksize"] = 0,
        },
    };

    public override int MaxPackedBytes(int rawBytes) => checked(rawBytes + BloscNative.Overhead);

    public override int Encode(ReadOnlySpan<byte> raw, Span<byte> packed)
    {
        fixed (byte* source = raw, target = packed)
        {
            // One thread: volumes are written side by side with restoration, which owns the other cores.
            int written = BloscNative.Compress(
                Level, ByteShuffle, (nuint)_typeBytes, (nuint)raw.Length, source, target, (nuint)packed.Length, "lz4", 0, threads: 1);
            return written > 0
                ? written
                : throw new InvalidOperationException($"Blosc failed with {written} on {raw.Length} bytes.");
        }
    }

    public override void Decode(ReadOnlySpan<byte> packed, Span<byte> raw)
    {
        fixed (byte* source = packed, target = raw)
        {
            if (packed.Length < BloscNative.Overhead
                || BloscNative.Validate(source, (nuint)packed.Length, out nuint rawBytes) != 0
                || rawBytes != (nuint)raw.Length
                || BloscNative.Decompress(source, target, rawBytes, threads: 1) != raw.Length)
                throw new InvalidDataException($"its Blosc data does not expand to {raw.Length} bytes");
        }
    }
}
