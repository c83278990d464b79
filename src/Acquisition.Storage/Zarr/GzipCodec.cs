using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Acquisition.Storage.Zarr;

/// <summary>Deflate in a gzip wrapper (RFC 1951, 1952), from the base library.</summary>
internal sealed unsafe class GzipCodec : ChunkCodec
{
    public override JsonObject? Metadata =>
        new() { ["name"] = "gzip", ["configuration"] = new JsonObject { ["level"] = 1 } };

    // Deflate's own bound for data that does not compress is a few bytes per 16 KiB block; an eighth is far above it.
    public override int MaxPackedBytes(int rawBytes) => checked(rawBytes + rawBytes / 8 + 256);

    public override int Encode(ReadOnlySpan<byte> raw, Span<byte> packed)
    {
        fixed (byte* memory = packed)
        {
            using var target = new UnmanagedMemoryStream(memory, 0, packed.Length, FileAccess.Write);
            using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(raw);
            return (int)target.Position;
        }
    }

    public override void Decode(ReadOnlySpan<byte> packed, Span<byte> raw)
    {
        fixed (byte* memory = packed)
        {
            using var source = new UnmanagedMemoryStream(memory, packed.Length);
            using var gzip = new GZipStream(source, CompressionMode.Decompress);
            int found = gzip.ReadAtLeast(raw, raw.Length, throwOnEndOfStream: false);
            if (found < raw.Length || gzip.ReadByte() >= 0)
                throw new InvalidDataException($"it expands to {(found < raw.Length ? "less" : "more")} than {raw.Length} bytes");
        }
    }
}
