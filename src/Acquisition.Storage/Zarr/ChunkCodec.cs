using System.Text.Json.Nodes;
using Acquisition.Core;

namespace Acquisition.Storage.Zarr;

/// <summary>Compresses and expands the bytes of one chunk. Thread-safe.</summary>
internal abstract class ChunkCodec
{
    /// <summary>Most bytes that <see cref="Encode"/> writes for so many raw bytes.</summary>
    public abstract int MaxPackedBytes(int rawBytes);

    /// <returns>Bytes written to <paramref name="packed"/>, which holds at least <see cref="MaxPackedBytes"/>.</returns>
    public abstract int Encode(ReadOnlySpan<byte> raw, Span<byte> packed);

    /// <exception cref="InvalidDataException"><paramref name="packed"/> does not expand to exactly <paramref name="raw"/>.</exception>
    public abstract void Decode(ReadOnlySpan<byte> packed, Span<byte> raw);

    /// <summary>The codec's entry in Zarr metadata; <see langword="null"/> for none.</summary>
    public abstract JsonObject? Metadata { get; }

    /// <exception cref="StorageException">Blosc is asked for and not installed.</exception>
    public static ChunkCodec Choose(Compression compression, PixelType pixelType) =>
        Choose(compression, pixelType, BloscNative.IsAvailable);

    internal static ChunkCodec Choose(Compression compression, PixelType pixelType, bool bloscIsAvailable) => compression switch
    {
        Compression.Auto => Choose(bloscIsAvailable ? Compression.Blosc : Compression.Gzip, pixelType, bloscIsAvailable),
        Compression.Blosc when bloscIsAvailable => new BloscCodec(pixelType),
        Compression.Blosc => throw new StorageException(
            "Blosc compression needs the library libblosc (C-Blosc 1.x), which is not installed. "
            + "Install it (Debian: libblosc1), or write with compression 'gzip'."),
        Compression.Gzip => new GzipCodec(),
        Compression.None => new PlainCodec(),
        _ => throw new ArgumentOutOfRangeException(nameof(compression), compression, "Not a compression."),
    };
}
