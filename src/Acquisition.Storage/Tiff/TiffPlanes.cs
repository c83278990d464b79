using System.Buffers.Binary;
using System.Text;
using Acquisition.Core;
using Acquisition.Storage.Files;

namespace Acquisition.Storage.Tiff;

/// <summary>Gives one plane of a file, 0-based, (y, x), little-endian; what it returns is used before the next call.</summary>
internal delegate ReadOnlySpan<byte> PageReader(int page);

/// <summary>Writes planes as TIFF: little-endian, uncompressed, all directories first and all pixels in one piece after them.</summary>
internal sealed record TiffPlanes
{
    private const int PlainEntries = 10;
    private const ushort Ascii = 2, Short = 3, Long = 4, Rational = 5, Long8 = 16;

    /// <summary>BigTIFF, which has no bound that matters; otherwise everything lies in the first 4 GiB.</summary>
    public required bool IsBig { get; init; }

    public required int Planes { get; init; }

    public required int Height { get; init; }

    public required int Width { get; init; }

    public required PixelType PixelType { get; init; }

    /// <summary>Text of the first page.</summary>
    public required string Description { get; init; }

    /// <summary>Pixels per unit (x, y) as ratios of the first page; <see langword="null"/> for none.</summary>
    public ((uint Over, uint Under) X, (uint Over, uint Under) Y)? Resolution { get; init; }

    /// <summary>Bytes of the whole file.</summary>
    public long FileBytes => checked(PixelsAt + (long)Planes * PlaneBytes);

    private int PlaneBytes => checked(Height * Width * PixelType.Bytes());

    private int HeaderBytes => IsBig ? 16 : 8;

    private int FirstEntries => PlainEntries + 1 + (Resolution is null ? 0 : 3);

    private int DescriptionBytes => Encoding.UTF8.GetByteCount(Description) + 1;

    private long DescriptionAt => checked(HeaderBytes + DirectoryBytes(FirstEntries) + (Planes - 1L) * DirectoryBytes(PlainEntries));

    private long ResolutionAt => (DescriptionAt + DescriptionBytes + 7) / 8 * 8;

    /// <summary>On a 16-byte boundary, so that pixels can be mapped as vectors.</summary>
    private long PixelsAt => (ResolutionAt + 16 + 15) / 16 * 16;

    /// <param name="path">Replaced as a whole if it exists.</param>
    /// <param name="page">Called once per plane, in order.</param>
    /// <exception cref="ArgumentException"><paramref name="page"/> returned a plane of another size.</exception>
    /// <exception cref="StorageException">The disk refused; a file that was there before is unchanged.</exception>
    public void Write(string path, PageReader page)
    {
        try
        {
            using AtomicFile file = AtomicFile.Create(path);
            using (var buffered = new BufferedStream(file.Stream, 1 << 20))
            {
                WriteFront(buffered);
                for (int i = 0; i < Planes; i++)
                {
                    ReadOnlySpan<byte> pixels = page(i);
                    if (pixels.Length != PlaneBytes)
                        throw new ArgumentException($"Plane {i} has {pixels.Length} bytes; {Height}×{Width} {PixelType.Name()} needs {PlaneBytes}.", nameof(page));
                    buffered.Write(pixels);
                }

                buffered.Flush();
                file.Commit(replace: true);
            }
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "write a TIFF", path, FileBytes);
        }
    }

    private void WriteFront(Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write("II"u8);
        writer.Write((ushort)(IsBig ? 43 : 42));
        if (IsBig)
        {
            writer.Write((ushort)8);
            writer.Write((ushort)0);
        }

        Offset(writer, HeaderBytes);
        long next = HeaderBytes, pixels = PixelsAt;
        for (int i = 0; i < Planes; i++)
        {
            int entries = i == 0 ? FirstEntries : PlainEntries;
            next += DirectoryBytes(entries);
            WriteDirectory(writer, entries, i == 0, pixels + (long)i * PlaneBytes, i == Planes - 1 ? 0 : next);
        }

        writer.Write(Encoding.UTF8.GetBytes(Description));
        writer.Write(new byte[ResolutionAt - DescriptionAt - DescriptionBytes + 1]); // the first of them ends the text
        var ((overX, underX), (overY, underY)) = Resolution ?? default;
        foreach (uint part in (uint[])[overX, underX, overY, underY]) writer.Write(part);
        writer.Write(new byte[pixels - ResolutionAt - 16]);
    }

    private void WriteDirectory(BinaryWriter writer, int entries, bool isFirst, long pixels, long next)
    {
        if (IsBig) writer.Write((ulong)entries);
        else writer.Write((ushort)entries);
        Entry(writer, TiffTag.ImageWidth, Long, Width);
        Entry(writer, TiffTag.ImageLength, Long, Height);
        Entry(writer, TiffTag.BitsPerSample, Short, PixelType.Bytes() * 8);
        Entry(writer, TiffTag.Compression, Short, (int)TiffCompression.None);
        Entry(writer, TiffTag.Photometric, Short, 1);
        if (isFirst) Entry(writer, TiffTag.ImageDescription, Ascii, DescriptionAt, count: DescriptionBytes);
        Entry(writer, TiffTag.StripOffsets, IsBig ? Long8 : Long, pixels);
        Entry(writer, TiffTag.SamplesPerPixel, Short, 1);
        Entry(writer, TiffTag.RowsPerStrip, Long, Height);
        Entry(writer, TiffTag.StripByteCounts, IsBig ? Long8 : Long, PlaneBytes);
        if (isFirst && Resolution is { } resolution)
        {
            Ratio(writer, TiffTag.XResolution, resolution.X, ResolutionAt);
            Ratio(writer, TiffTag.YResolution, resolution.Y, ResolutionAt + 8);
            Entry(writer, TiffTag.ResolutionUnit, Short, 1); // none of inch and centimetre: the description has the unit
        }

        Entry(writer, TiffTag.SampleFormat, Short, PixelType == PixelType.Float32 ? 3 : 1);
        Offset(writer, next);
    }

    private int DirectoryBytes(int entries) => IsBig ? 8 + entries * 20 + 8 : 2 + entries * 12 + 4;

    private void Offset(BinaryWriter writer, long at)
    {
        if (IsBig) writer.Write(at);
        else writer.Write(checked((uint)at));
    }

    /// <summary>A ratio takes eight bytes, which only BigTIFF has in the entry itself.</summary>
    private void Ratio(BinaryWriter writer, TiffTag tag, (uint Over, uint Under) ratio, long at) =>
        Entry(writer, tag, Rational, IsBig ? (long)((ulong)ratio.Under << 32 | ratio.Over) : at);

    private void Entry(BinaryWriter writer, TiffTag tag, ushort type, long value, long count = 1)
    {
        // Little-endian, so a short value in a wide field reads the same at any width.
        Span<byte> entry = stackalloc byte[20];
        BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)tag);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], type);
        if (IsBig)
        {
            BinaryPrimitives.WriteInt64LittleEndian(entry[4..], count);
            BinaryPrimitives.WriteInt64LittleEndian(entry[12..], value);
            writer.Write(entry);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], checked((uint)count));
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], checked((uint)value));
            writer.Write(entry[..12]);
        }
    }
}
