using Acquisition.Core;

namespace Acquisition.Storage.Tiff;

/// <summary>Walks the chain of directories and checks each page.</summary>
internal static class TiffDirectories
{
    // One read serves all but unusual directories, so opening costs one system call a page.
    private const int FirstReadBytes = 1024;
    private const int MaxEntries = 4096;
    private const long MaxBlockBytes = 1L << 30;

    /// <summary>The pages in file order, smaller copies of other pages left out.</summary>
    /// <exception cref="DataFormatException">A directory is damaged, or a page is of a kind that is not accepted.</exception>
    public static List<TiffPage> Read(TiffFile file)
    {
        var pages = new List<TiffPage>();
        var seen = new HashSet<long>();
        var fields = new Dictionary<TiffTag, TiffField>();
        long offset = file.FirstDirectory;
        for (int number = 0; offset != 0; number++)
        {
            if (!seen.Add(offset)) throw file.Fault(number, $"its directory at {offset} was passed before; the chain of pages is a loop");
            offset = ReadDirectory(file, offset, number, fields);
            if (!IsReduced(file, number, fields)) pages.Add(Describe(file, number, fields));
        }

        if (pages.Count == 0) throw new DataFormatException($"'{file.Path}' is a TIFF without pages; at least one is needed.");
        return pages;
    }

    /// <returns>Where the next directory lies; 0 after the last.</returns>
    private static long ReadDirectory(TiffFile file, long offset, int number, Dictionary<TiffTag, TiffField> fields)
    {
        int countBytes = file.IsBigTiff ? 8 : 2, entryBytes = file.IsBigTiff ? 20 : 12;
        Span<byte> first = stackalloc byte[FirstReadBytes];
        int got = file.ReadUpTo(offset, first);
        if (got < countBytes) file.Read(offset, first[..countBytes], number, "its directory");

        ulong entries = file.IsBigTiff ? file.UInt64(first) : file.UInt16(first);
        if (entries is 0 or > MaxEntries) throw file.Fault(number, $"its directory has {entries} entries; accepted are 1 to {MaxEntries}");
        int bytes = countBytes + (int)entries * entryBytes + file.OffsetBytes;
        ReadOnlySpan<byte> directory = first;
        if (bytes > got)
        {
            var whole = new byte[bytes];
            file.Read(offset, whole, number, "its directory");
            directory = whole;
        }

        fields.Clear();
        for (int i = 0; i < (int)entries; i++)
        {
            int start = countBytes + i * entryBytes;
            ReadOnlySpan<byte> entry = directory.Slice(start, entryBytes);
            ushort type = file.UInt16(entry[2..]);
            long count = file.Offset(entry[4..]);
            int valueStart = entryBytes - file.OffsetBytes;
            bool inside = count <= file.OffsetBytes && count * TiffField.BytesOf(type) <= file.OffsetBytes;
            fields[(TiffTag)file.UInt16(entry)] = inside
                ? new(type, count, offset + start + valueStart, TiffField.WholeNumber(file, type, entry[valueStart..]))
                : new(type, count, file.Offset(entry[valueStart..]), First: null);
        }

        return file.Offset(directory[(bytes - file.OffsetBytes)..]);
    }

    private static bool IsReduced(TiffFile file, int number, Dictionary<TiffTag, TiffField> fields) =>
        fields.TryGetValue(TiffTag.NewSubfileType, out TiffField field) && !field.IsEmpty
        && (field.Integer(file, number, nameof(TiffTag.NewSubfileType)) & 1) != 0;

    private static TiffPage Describe(TiffFile file, int number, Dictionary<TiffTag, TiffField> fields)
    {
        long Value(TiffTag tag, long? fallback) =>
            fields.TryGetValue(tag, out TiffField field) && !field.IsEmpty
                ? field.Integer(file, number, tag.ToString())
                : fallback ?? throw file.Fault(number, $"the tag {tag} ({(int)tag}) is missing");

        int Extent(TiffTag tag)
        {
            long value = Value(tag, null);
            return value is > 0 and <= ScanPlan.MaxExtent
                ? (int)value
                : throw file.Fault(number, $"{tag} is {value}; accepted are 1 to {ScanPlan.MaxExtent}");
        }

        int width = Extent(TiffTag.ImageWidth), height = Extent(TiffTag.ImageLength);
        long samples = Value(TiffTag.SamplesPerPixel, 1), photometric = Value(TiffTag.Photometric, 1);
        if (samples != 1 || photometric is not (0 or 1))
            throw file.Fault(number, $"it has {samples} samples a pixel and photometric interpretation {photometric} "
                + "(2 is RGB, 3 a palette); accepted is grayscale. Save it as separate channels");
        PixelType pixelType = TypeOf(file, number, Value(TiffTag.BitsPerSample, 1), Value(TiffTag.SampleFormat, 1));
        if (Value(TiffTag.FillOrder, 1) != 1) throw file.Fault(number, "its bits are in reversed order (FillOrder 2); accepted is FillOrder 1");

        long compression = Value(TiffTag.Compression, 1);
        if (!Enum.IsDefined((TiffCompression)compression))
            throw file.Fault(number, $"its compression is {TiffCompressions.Name(compression)}; accepted are {TiffCompressions.Accepted}. Save it with one of these");
        // libtiff differences samples for LZW and Deflate only and ignores the tag elsewhere.
        bool mayDiffer = (TiffCompression)compression is TiffCompression.Lzw or TiffCompression.Deflate or TiffCompression.OldDeflate;
        long predictor = mayDiffer ? Value(TiffTag.Predictor, 1) : 1;
        if (predictor is not (1 or 2))
            throw file.Fault(number, $"its predictor is {predictor}{(predictor == 3 ? " (floating point)" : "")}; accepted are 1 (none) and 2 (horizontal)");

        bool tiled = fields.ContainsKey(TiffTag.TileWidth);
        int blockWidth = tiled ? Extent(TiffTag.TileWidth) : width;
        int blockHeight = tiled ? Extent(TiffTag.TileLength) : (int)Math.Clamp(Value(TiffTag.RowsPerStrip, height), 1, height);
        long bytes = Math.Max((long)width * height, (long)blockWidth * blockHeight) * pixelType.Bytes();
        if (bytes > MaxBlockBytes) throw file.Fault(number, $"its picture or tile has {bytes} bytes; at most {MaxBlockBytes} are accepted");
        return new()
        {
            Number = number,
            Width = width,
            Height = height,
            PixelType = pixelType,
            Compression = (TiffCompression)compression,
            IsDifferenced = predictor == 2,
            IsTiled = tiled,
            BlockWidth = blockWidth,
            BlockHeight = blockHeight,
            Offsets = fields.GetValueOrDefault(tiled ? TiffTag.TileOffsets : TiffTag.StripOffsets),
            ByteCounts = fields.GetValueOrDefault(tiled ? TiffTag.TileByteCounts : TiffTag.StripByteCounts),
            Description = fields.GetValueOrDefault(TiffTag.ImageDescription),
            XResolution = fields.GetValueOrDefault(TiffTag.XResolution),
            YResolution = fields.GetValueOrDefault(TiffTag.YResolution),
        };
    }

    private static PixelType TypeOf(TiffFile file, int number, long bits, long format) => (bits, format) switch
    {
        (8, 1) => PixelType.UInt8,
        (16, 1) => PixelType.UInt16,
        (32, 3) => PixelType.Float32,
        _ => throw file.Fault(number, $"its samples are {FormatName(format)}{bits}; accepted are {string.Join(", ", PixelTypes.Names)}. Convert it first"),
    };

    private static string FormatName(long format) => format switch
    {
        1 => "uint",
        2 => "int",
        3 => "float",
        5 or 6 => "complex",
        _ => "of an undefined format, bits: ",
    };
}
