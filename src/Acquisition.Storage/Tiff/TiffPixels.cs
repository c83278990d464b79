using System.Buffers;
using System.IO.Compression;
using Acquisition.Core;

namespace Acquisition.Storage.Tiff;

/// <summary>Reads the pixels of one page. Thread-safe.</summary>
internal static class TiffPixels
{
    /// <param name="destination">Receives the page, (y, x), little-endian; exactly its size.</param>
    /// <exception cref="DataFormatException">The page is cut off or damaged.</exception>
    /// <exception cref="StorageException">The disk refused.</exception>
    public static void Read(TiffFile file, TiffPage page, Span<byte> destination)
    {
        int across = (page.Width - 1) / page.BlockWidth + 1, down = (page.Height - 1) / page.BlockHeight + 1;
        int blocks = checked(across * down);
        long[] offsets = page.Offsets.Integers(file, page.Number, blocks, page.IsTiled ? "TileOffsets" : "StripOffsets");
        long[]? counts = page.ByteCounts.IsEmpty && page.Compression == TiffCompression.None
            ? null
            : page.ByteCounts.Integers(file, page.Number, blocks, page.IsTiled ? "TileByteCounts" : "StripByteCounts");

        if (page.IsTiled)
            ReadTiles(file, page, offsets, counts, across, destination);
        else
            ReadStrips(file, page, offsets, counts, destination);
    }

    private static void ReadStrips(TiffFile file, TiffPage page, long[] offsets, long[]? counts, Span<byte> destination)
    {
        int rowBytes = page.Width * page.PixelType.Bytes();
        for (int strip = 0; strip < offsets.Length; strip++)
        {
            int row = strip * page.BlockHeight, rows = Math.Min(page.BlockHeight, page.Height - row);
            ReadBlock(file, page, strip, offsets[strip], counts?[strip], rowBytes, destination.Slice(row * rowBytes, rows * rowBytes));
        }
    }

    private static void ReadTiles(TiffFile file, TiffPage page, long[] offsets, long[]? counts, int across, Span<byte> destination)
    {
        int sampleBytes = page.PixelType.Bytes(), tileRowBytes = page.BlockWidth * sampleBytes, rowBytes = page.Width * sampleBytes;
        int tileBytes = checked(tileRowBytes * page.BlockHeight);
        byte[] rented = ArrayPool<byte>.Shared.Rent(tileBytes);
        try
        {
            Span<byte> tile = rented.AsSpan(0, tileBytes);
            for (int i = 0; i < offsets.Length; i++)
            {
                ReadBlock(file, page, i, offsets[i], counts?[i], tileRowBytes, tile);
                int x = i % across * page.BlockWidth, y = i / across * page.BlockHeight;
                int rows = Math.Min(page.BlockHeight, page.Height - y), bytes = Math.Min(page.BlockWidth, page.Width - x) * sampleBytes;
                for (int row = 0; row < rows; row++)
                    tile.Slice(row * tileRowBytes, bytes).CopyTo(destination[((y + row) * rowBytes + x * sampleBytes)..]);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <param name="stored">Bytes in the file; <see langword="null"/> when not said, then as many as pixels.</param>
    private static void ReadBlock(
        TiffFile file, TiffPage page, int block, long offset, long? stored, int rowBytes, Span<byte> destination)
    {
        string what = $"{(page.IsTiled ? "tile" : "strip")} {block} of its pixels";
        if (page.Compression == TiffCompression.None)
        {
            if (stored < destination.Length)
                throw file.Fault(page.Number, $"{what} is cut off: expected {destination.Length} bytes, got {stored}");
            file.Read(offset, destination, page.Number, what);
        }
        else
        {
            Expand(file, page, offset, stored.GetValueOrDefault(), destination, what);
        }

        if (file.IsBigEndian) TiffSamples.ReverseBytes(destination, page.PixelType.Bytes());
        if (page.IsDifferenced) TiffSamples.Accumulate(destination, rowBytes, page.PixelType.Bytes());
    }

    private static void Expand(TiffFile file, TiffPage page, long offset, long stored, Span<byte> destination, string what)
    {
        // Checked before renting, so that a damaged count asks for no more than the file has.
        if (offset > file.Length || stored > file.Length - offset || stored > Array.MaxLength)
            throw file.Fault(page.Number, $"{what} is cut off: expected {stored} bytes at {offset}, got a file of {file.Length} bytes. "
                + "Copy the file again from its source");

        byte[] rented = ArrayPool<byte>.Shared.Rent((int)stored);
        try
        {
            Span<byte> packed = rented.AsSpan(0, (int)stored);
            file.Read(offset, packed, page.Number, what);
            int got = page.Compression switch
            {
                TiffCompression.Lzw => Lzw.Decode(packed, destination),
                TiffCompression.PackBits => PackBits.Decode(packed, destination),
                _ => Inflate(rented, packed.Length, destination),
            };
            if (got < destination.Length)
                throw file.Fault(page.Number, $"{what} is cut off: expected {destination.Length} bytes after expanding, got {got}");
        }
        catch (InvalidDataException damage)
        {
            throw file.Fault(page.Number, $"{what} is damaged: {damage.Message.TrimEnd('.')}", damage);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static int Inflate(byte[] packed, int bytes, Span<byte> destination)
    {
        using var source = new MemoryStream(packed, 0, bytes, writable: false);
        using var inflate = new ZLibStream(source, CompressionMode.Decompress);
        return inflate.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
    }
}
