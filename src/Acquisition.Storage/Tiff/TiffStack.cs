using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Storage.Tiff;

/// <summary>Reads planes of a TIFF: OME-TIFF of one file, ImageJ hyperstack, or else pages as planes of one volume.</summary>
/// <remarks>Classic and BigTIFF in both byte orders; strips and tiles; uncompressed, LZW, Deflate and PackBits; with and
/// without horizontal differencing; grayscale of the types of <see cref="Core.PixelType"/>. Smaller copies of pages are passed
/// over. Thread-safe.</remarks>
#pragma warning disable CA1711 // "Stack" is the field's word for an ordered set of planes.
public sealed class TiffStack : IDisposable
#pragma warning restore CA1711
{
    private readonly TiffFile _file;
    private readonly List<TiffPage> _pages;
    private readonly StackOrder _order;

    private TiffStack(TiffFile file, List<TiffPage> pages, StackOrder order)
    {
        (_file, _pages, _order) = (file, pages, order);
        TiffPage first = pages[order.Pages[0]];
        Shape = new(order.Planes, first.Height, first.Width);
        PixelType = first.PixelType;
        foreach (int number in order.Pages)
        {
            TiffPage page = pages[number];
            if (page.Height != first.Height || page.Width != first.Width || page.PixelType != first.PixelType)
                throw file.Fault(page.Number,
                    $"it is {page.Height}×{page.Width} {page.PixelType.Name()}, page {first.Number} is {first.Height}×{first.Width} "
                    + $"{first.PixelType.Name()}; all pages must be of one size and type. Split the file");
        }
    }

    /// <summary>Reads the file's directories, not its pixels.</summary>
    /// <exception cref="StorageException">The file cannot be opened or read.</exception>
    /// <exception cref="DataFormatException">It is no TIFF, is damaged, or is of a kind that is not accepted.</exception>
    public static TiffStack Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        TiffFile file = TiffFile.Open(path);
        try
        {
            List<TiffPage> pages = TiffDirectories.Read(file);
            return new(file, pages, Order(file, pages));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>What it is, for people: "OME-TIFF", "ImageJ hyperstack" or "TIFF stack".</summary>
    public string Kind => _order.Kind;

    /// <summary>What an OME-TIFF says of how it was made, as names and values; text from the file, never markup.</summary>
    public ImmutableArray<(string Name, string Value)> Notes => _order.Notes;

    public int TimePoints => _order.TimePoints;

    public int Channels => _order.Channels;

    /// <summary>Extent of one volume.</summary>
    public VolumeShape Shape { get; }

    public PixelType PixelType { get; }

    /// <summary><see langword="null"/> unless the file gives all three distances in a unit of length.</summary>
    public VoxelSize? VoxelSize => _order.VoxelSize;

    /// <summary>One a channel; "Channel 0" and so on where the file has no names.</summary>
    public ImmutableArray<string> ChannelNames => _order.ChannelNames;

    /// <param name="destination">Receives the plane, (y, x), little-endian; exactly its size.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another size.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> lies outside the stack.</exception>
    /// <exception cref="DataFormatException">The page is cut off or damaged.</exception>
    /// <exception cref="StorageException">The disk refused.</exception>
    public void ReadPlane(FrameIndex index, Span<byte> destination)
    {
        Require.InRange(index.T, 0, TimePoints - 1);
        Require.InRange(index.C, 0, Channels - 1);
        Require.InRange(index.Z, 0, Shape.Z - 1);
        TiffPage page = _pages[_order.PageOf(index)];
        if (destination.Length != page.PlaneBytes)
            throw new ArgumentException($"The destination has {destination.Length} bytes; a plane has {page.PlaneBytes}.", nameof(destination));
        TiffPixels.Read(_file, page, destination);
    }

    public void Dispose() => _file.Dispose();

    private static StackOrder Order(TiffFile file, List<TiffPage> pages)
    {
        TiffPage first = pages[0];
        string description = first.Description.Text(file, first.Number) ?? "";
        if (OmeXml.Is(description)) return OmeXml.Parse(file, description, pages.Count);
        return ImageJDescription.Is(description)
            ? ImageJDescription.Parse(
                file, description, pages.Count, first.XResolution.Ratio(file, first.Number), first.YResolution.Ratio(file, first.Number))
            : StackOrder.Plain(pages.Count);
    }
}
