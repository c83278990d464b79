namespace Acquisition.Storage;

/// <summary>How the pixels of a dataset are compressed; always lossless.</summary>
public enum Compression
{
    /// <summary><see cref="Blosc"/> where its library is installed, <see cref="Gzip"/> otherwise.</summary>
    Auto,

    /// <summary>Byte shuffle and LZ4 through the system's libblosc: fast enough to follow a camera.</summary>
    Blosc,

    /// <summary>Deflate at its fastest setting. Needs no library; much slower than <see cref="Blosc"/>.</summary>
    Gzip,

    None,
}
