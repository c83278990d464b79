using System.Text;

namespace Acquisition.Storage.Tiff;

/// <summary>One entry of a page's directory: where its values lie and how they are written.</summary>
/// <param name="ValueOffset">Position of the first value in the file, inside the directory itself if they fit there.</param>
/// <param name="First">The first value, where it is a whole number inside the directory, so that it need not be read again.</param>
internal readonly record struct TiffField(ushort Type, long Count, long ValueOffset, long? First)
{
    private const ushort Byte = 1, Ascii = 2, Short = 3, Long = 4, Rational = 5, Ifd = 13, Long8 = 16, Ifd8 = 18;
    private const int MaxTextBytes = 64 << 20;

    // Bytes of one value, by field type; 0 where no type has the number.
    private static ReadOnlySpan<byte> TypeBytes => [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

    /// <summary>Whether the field is absent or of a type that no reader knows, which TIFF 6.0 says to skip.</summary>
    public bool IsEmpty => Count <= 0 || Type >= TypeBytes.Length || TypeBytes[Type] == 0;

    public static int BytesOf(ushort type) => type < TypeBytes.Length ? TypeBytes[type] : 0;

    /// <summary>The value at the beginning of <paramref name="bytes"/>, or <see langword="null"/> when it is no whole number without sign.</summary>
    public static long? WholeNumber(TiffFile file, ushort type, ReadOnlySpan<byte> bytes) => type switch
    {
        Byte => bytes[0],
        Short => file.UInt16(bytes),
        Long or Ifd => file.UInt32(bytes),
        Long8 or Ifd8 => (long)Math.Min(file.UInt64(bytes), long.MaxValue),
        _ => null,
    };

    /// <summary>The first value, which must be a whole number.</summary>
    /// <exception cref="Core.DataFormatException">It is none, or the file is cut off.</exception>
    public long Integer(TiffFile file, int page, string name) => First ?? Integers(file, page, 1, name)[0];

    /// <summary>The first <paramref name="wanted"/> values, which must be whole numbers.</summary>
    /// <exception cref="Core.DataFormatException">There are fewer, they are no whole numbers, or the file is cut off.</exception>
    public long[] Integers(TiffFile file, int page, int wanted, string name)
    {
        if (Count < wanted) throw file.Fault(page, $"{name} has {Count} values; expected {wanted}");
        int size = BytesOf(Type);
        // Checked before allocating, so that a damaged count asks for no more than the file has.
        if ((long)wanted * size > Math.Min(file.Length, Array.MaxLength))
            throw file.Fault(page, $"{name} has {wanted} values of {size} bytes, more than the {file.Length} bytes of the file");

        var bytes = new byte[wanted * size];
        file.Read(ValueOffset, bytes, page, name);
        var values = new long[wanted];
        for (int i = 0; i < wanted; i++)
            values[i] = WholeNumber(file, Type, bytes.AsSpan(i * size))
                ?? throw file.Fault(page, $"{name} has the field type {Type}; expected a whole number without sign");
        return values;
    }

    /// <summary>Text up to its terminating zero, or <see langword="null"/> when it is no text.</summary>
    public string? Text(TiffFile file, int page)
    {
        // Some writers declare UTF-8 as bytes; both are read as UTF-8, of which ASCII is a part.
        if (IsEmpty || Type is not (Byte or Ascii)) return null;
        if (Count > Math.Min(file.Length, MaxTextBytes))
            throw file.Fault(page, $"ImageDescription has {Count} bytes; the file has {file.Length}, and at most {MaxTextBytes} are accepted");
        var bytes = new byte[Count];
        file.Read(ValueOffset, bytes, page, "ImageDescription");
        int end = Array.IndexOf(bytes, (byte)0);
        return Encoding.UTF8.GetString(bytes, 0, end < 0 ? bytes.Length : end);
    }

    /// <summary>A positive ratio, or <see langword="null"/> when there is none.</summary>
    public double? Ratio(TiffFile file, int page)
    {
        if (IsEmpty || Type != Rational) return null;
        Span<byte> bytes = stackalloc byte[8];
        file.Read(ValueOffset, bytes, page, "a resolution");
        double ratio = (double)file.UInt32(bytes) / file.UInt32(bytes[4..]);
        return double.IsFinite(ratio) && ratio > 0 ? ratio : null;
    }
}
