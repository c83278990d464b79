using System.Text.Json.Nodes;

namespace Acquisition.Storage.Zarr;

/// <summary>Stores chunks as they are.</summary>
internal sealed class PlainCodec : ChunkCodec
{
    public override JsonObject? Metadata => null;

    public override int MaxPackedBytes(int rawBytes) => rawBytes;

    public override int Encode(ReadOnlySpan<byte> raw, Span<byte> packed)
    {
        raw.CopyTo(packed);
        return raw.Length;
    }

    public override void Decode(ReadOnlySpan<byte> packed, Span<byte> raw)
    {
        if (packed.Length != raw.Length)
            throw new InvalidDataException($"it holds {packed.Length} bytes instead of {raw.Length}");
        packed.CopyTo(raw);
    }
}
