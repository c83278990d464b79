using System.Buffers.Binary;
using System.IO.Compression;

namespace Acquisition.Storage.Reporting;

/// <summary>Writes pictures of 8-bit grey values as PNG (ISO/IEC 15948).</summary>
internal static class GreyPng
{
    private static readonly uint[] Table = MakeTable();

    /// <param name="pixels">Row by row, from the top left; 0 is black.</param>
    /// <param name="pixelUm">Extent of a pixel (x, y), µm; <see langword="null"/> for unknown. Kept to whole pixels a metre.</param>
    public static byte[] Write(ReadOnlySpan<byte> pixels, int width, int height, (double X, double Y)? pixelUm = null)
    {
        if (pixels.Length != checked(width * height))
            throw new ArgumentException($"{pixels.Length} pixels are no picture of {width}×{height}.", nameof(pixels));

        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);

        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8; // bits a sample; the rest is 0: grey, the one compression, the one set of filters, not interlaced
        header[9..].Clear();
        Chunk(file, "IHDR"u8, header);

        if (pixelUm is { } extent)
        {
            Span<byte> pitch = stackalloc byte[9];
            BinaryPrimitives.WriteInt32BigEndian(pitch, PerMetre(extent.X));
            BinaryPrimitives.WriteInt32BigEndian(pitch[4..], PerMetre(extent.Y));
            pitch[8] = 1; // the unit is the metre
            Chunk(file, "pHYs"u8, pitch);
        }

        using var rows = new MemoryStream();
        using (var deflate = new ZLibStream(rows, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int y = 0; y < height; y++)
            {
                deflate.WriteByte(0); // the row as it is
                deflate.Write(pixels.Slice(y * width, width));
            }
        }

        Chunk(file, "IDAT"u8, rows.GetBuffer().AsSpan(0, (int)rows.Length));
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static int PerMetre(double um) => (int)Math.Clamp(Math.Round(1e6 / um), 1, int.MaxValue);

    private static void Chunk(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        file.Write(number);
    }

    /// <summary>CRC-32 of IEEE 802.3, whose polynomial is another than that of the datasets' CRC-32C.</summary>
    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (byte value in data) crc = Table[(crc ^ value) & 0xFF] ^ (crc >> 8);
        return crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint n = 0; n < table.Length; n++)
        {
            uint crc = n;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            table[n] = crc;
        }

        return table;
    }
}
