using Acquisition.Core;

namespace Acquisition.Storage.Tiff;

/// <summary>One page: a grayscale picture cut into strips or tiles, and how these are stored.</summary>
internal sealed record TiffPage
{
    /// <summary>0-based position in the file's chain of directories.</summary>
    public required int Number { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required PixelType PixelType { get; init; }

    public required TiffCompression Compression { get; init; }

    /// <summary>Whether each sample holds its difference to the left neighbour.</summary>
    public required bool IsDifferenced { get; init; }

    public required bool IsTiled { get; init; }

    /// <summary>Extent of one strip or tile.</summary>
    public required int BlockWidth { get; init; }

    public required int BlockHeight { get; init; }

    public required TiffField Offsets { get; init; }

    /// <summary>Bytes of each strip or tile; some writers leave them out where nothing is compressed.</summary>
    public required TiffField ByteCounts { get; init; }

    public required TiffField Description { get; init; }

    public required TiffField XResolution { get; init; }

    public required TiffField YResolution { get; init; }

    public int PlaneBytes => checked(Width * Height * PixelType.Bytes());
}
