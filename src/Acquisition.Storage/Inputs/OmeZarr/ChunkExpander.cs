using System.IO.Compression;
using Acquisition.Core;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage.Inputs.OmeZarr;

/// <summary>Expands what was compressed.</summary>
/// <exception cref="InvalidDataException"><paramref name="packed"/> does not expand to exactly <paramref name="raw"/>.</exception>
internal delegate void ChunkExpander(ReadOnlySpan<byte> packed, Span<byte> raw);

/// <summary>The compressions that are read, by the names that Zarr 2 and 3 give to them.</summary>
internal static unsafe class ChunkExpanders
{
    public const string Accepted = "blosc, gzip, zstd or none";

    /// <returns><see langword="null"/> where the name is none that is read.</returns>
    /// <exception cref="StorageException">The compression needs a library that is not installed.</exception>
    public static ChunkExpander? Find(string file, string name, PixelType type) => name switch
    {
        "gzip" => new GzipCodec().Decode,
        "zlib" => ExpandZlib,
        "blosc" when BloscNative.IsAvailable => new BloscCodec(type).Decode,
        "zstd" when ZstdNative.IsAvailable => ZstdNative.Expand,
        "blosc" => throw NotInstalled(file, "Blosc", "libblosc (C-Blosc 1.x)", "libblosc1"),
        "zstd" => throw NotInstalled(file, "Zstandard", "libzstd", "libzstd1"),
        _ => null,
    };

    internal static StorageException NotInstalled(string file, string compression, string library, string package) => new(
        $"'{file}': chunks are compressed with {compression}, which needs the library {library}. It is not installed; install it (Debian: {package}).");

    private static void ExpandZlib(ReadOnlySpan<byte> packed, Span<byte> raw)
    {
        fixed (byte* memory = packed)
        {
            using var source = new UnmanagedMemoryStream(memory, packed.Length);
            using var zlib = new ZLibStream(source, CompressionMode.Decompress);
            int found = zlib.ReadAtLeast(raw, raw.Length, throwOnEndOfStream: false);
            if (found < raw.Length || zlib.ReadByte() >= 0)
                throw new InvalidDataException($"it expands to {(found < raw.Length ? "less" : "more")} than {raw.Length} bytes");
        }
    }
}
