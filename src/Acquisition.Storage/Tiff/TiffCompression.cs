namespace Acquisition.Storage.Tiff;

/// <summary>Compressions this program reads, by their TIFF number.</summary>
internal enum TiffCompression
{
    None = 1,
    Lzw = 5,
    Deflate = 8,
    PackBits = 32773,

    /// <summary>The number that Deflate had before it became part of TIFF; same data.</summary>
    OldDeflate = 32946,
}

internal static class TiffCompressions
{
    public const string Accepted = "none, LZW, Deflate and PackBits";

    /// <summary>What people call a compression, for messages.</summary>
    public static string Name(long number) => number switch
    {
        2 or 3 or 4 => "CCITT fax",
        6 or 7 => "JPEG",
        33003 or 33004 or 33005 or 34712 => "JPEG 2000",
        34887 => "LERC",
        34925 => "LZMA",
        34933 => "PNG",
        34934 => "JPEG XR",
        50000 => "Zstandard",
        50001 => "WebP",
        50002 or 52546 => "JPEG XL",
        _ => "unknown",
    } + $" ({number})";
}
