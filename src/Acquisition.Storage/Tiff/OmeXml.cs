using System.Collections.Immutable;
using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Acquisition.Core;

namespace Acquisition.Storage.Tiff;

/// <summary>OME-XML of an OME-TIFF, as far as its first image needs it.</summary>
internal static class OmeXml
{
    public static bool Is(string description) =>
        description.AsSpan(0, Math.Min(description.Length, 4096)).Contains("<OME", StringComparison.Ordinal)
        && description.TrimStart('\uFEFF', ' ', '\r', '\n', '\t').StartsWith('<');

    /// <exception cref="DataFormatException">The XML is damaged, disagrees with the pages, or points to other files.</exception>
    public static StackOrder Parse(TiffFile file, string xml, int pages)
    {
        XElement root = Load(file, xml);
        if (Children(root, "BinaryOnly").FirstOrDefault() is { } elsewhere)
            throw file.Fault(0, $"its OME-XML lies in '{(string?)elsewhere.Attribute("MetadataFile")}'; open that file. It must hold all planes itself");
        XElement pixels = Children(root, "Image").SelectMany(image => Children(image, "Pixels")).FirstOrDefault()
            ?? throw file.Fault(0, "its OME-XML describes no image");

        int t = Extent(file, pixels, "SizeT"), c = Extent(file, pixels, "SizeC"), z = Extent(file, pixels, "SizeZ");
        // In floating point, because the product of three damaged numbers overflows any integer.
        if ((double)t * c * z > pages)
            throw file.Fault(0, $"its OME-XML announces {t}×{c}×{z} planes (t, c, z), but the file has {pages} pages. Copy the file again from its source");
        string[] names = [.. Children(pixels, "Channel").Select((channel, i) => (string?)channel.Attribute("Name") ?? $"Channel {i}")];
        return new()
        {
            TimePoints = t,
            Channels = c,
            Planes = z,
            Pages = PlacePlanes(file, root, pixels, t, c, z, pages),
            VoxelSize = StackOrder.Voxel(Distance(pixels, "Z"), Distance(pixels, "Y"), Distance(pixels, "X")),
            ChannelNames = names.Length == c ? [.. names] : StackOrder.DefaultNames(c),
            Kind = "OME-TIFF",
            Notes =
            [
                .. from pair in Children(root, "StructuredAnnotations").SelectMany(part => Children(part, "MapAnnotation"))
                       .SelectMany(map => Children(map, "Value")).SelectMany(value => Children(value, "M"))
                   select ((string?)pair.Attribute("K") ?? "", pair.Value),
            ],
        };
    }

    private static XElement Load(TiffFile file, string xml)
    {
        try
        {
            // No document type and no resolver: a picture must not make this program fetch anything.
            using var reader = XmlReader.Create(
                new StringReader(xml.TrimStart('\uFEFF', ' ', '\r', '\n', '\t')),
                new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return XElement.Load(reader);
        }
        catch (XmlException fault)
        {
            throw file.Fault(0, $"its OME-XML is damaged: {fault.Message.TrimEnd('.')}", fault);
        }
    }

    private static int[] PlacePlanes(TiffFile file, XElement root, XElement pixels, int t, int c, int z, int pages)
    {
        int planes = t * c * z;
        Func<int, int> placeOf = Order(file, (string?)pixels.Attribute("DimensionOrder"), t, c, z);
        var placed = new int[planes];
        Array.Fill(placed, -1);

        XElement[] blocks = [.. Children(pixels, "TiffData")];
        if (blocks.Length == 0)
        {
            for (int i = 0; i < planes; i++) placed[placeOf(i)] = i;
        }

        foreach (XElement block in blocks)
        {
            RequireHere(file, root, block);
            // Without IFD a block takes all planes from the first page on; with it, one, unless it says how many.
            int first = Number(file, block, "IFD", 0), count = Number(file, block, "PlaneCount", block.Attribute("IFD") is null ? planes : 1);
            int start = Position(file, pixels, block, t, c, z);
            for (int i = 0; i < count && start + i < planes; i++) placed[placeOf(start + i)] = first + i;
        }

        int missing = Array.FindIndex(placed, page => page < 0 || page >= pages);
        if (missing >= 0)
            throw file.Fault(0, $"its OME-XML gives no page of the {pages} in the file to plane "
                + $"{new FrameIndex(missing / (c * z), missing / z % c, missing % z)}; each of the {planes} planes needs one");
        return placed;
    }

    /// <summary>Turns a position in the file's order into one in (t, c, z) order.</summary>
    private static Func<int, int> Order(TiffFile file, string? order, int t, int c, int z)
    {
        string axes = order is ['X', 'Y', .. var rest] ? rest : "";
        if (axes is not ("ZCT" or "ZTC" or "CZT" or "CTZ" or "TZC" or "TCZ"))
            throw file.Fault(0, $"DimensionOrder is '{order}'; accepted are XY followed by Z, C and T in any order");
        int[] extents = [.. axes.Select(axis => axis switch { 'Z' => z, 'C' => c, _ => t })];
        int[] strides = [.. axes.Select(axis => axis switch { 'Z' => 1, 'C' => z, _ => c * z })];
        return i => i % extents[0] * strides[0]
            + i / extents[0] % extents[1] * strides[1]
            + i / extents[0] / extents[1] * strides[2];
    }

    /// <summary>Where a block begins in the file's order of planes.</summary>
    private static int Position(TiffFile file, XElement pixels, XElement block, int t, int c, int z)
    {
        int position = 0, stride = 1;
        foreach (char axis in ((string?)pixels.Attribute("DimensionOrder") ?? "")[2..])
        {
            int extent = axis switch { 'Z' => z, 'C' => c, _ => t };
            int first = Number(file, block, $"First{axis}", 0);
            if (first >= extent) throw file.Fault(0, $"First{axis} of a TiffData is {first}; the extent is {extent}");
            position += first * stride;
            stride *= extent;
        }

        return position;
    }

    private static void RequireHere(TiffFile file, XElement root, XElement block)
    {
        XElement? uuid = Children(block, "UUID").FirstOrDefault();
        if (uuid is null || uuid.Value.Trim() == ((string?)root.Attribute("UUID"))?.Trim()) return;
        throw file.Fault(0, $"planes lie in another file, '{(string?)uuid.Attribute("FileName") ?? uuid.Value}'; "
            + "accepted are OME-TIFFs of one file. Save it as one file");
    }

    private static double? Distance(XElement pixels, string axis)
    {
        double? unit = StackOrder.Micrometers((string?)pixels.Attribute($"PhysicalSize{axis}Unit") ?? "µm");
        return double.TryParse((string?)pixels.Attribute($"PhysicalSize{axis}"), NumberStyles.Float, CultureInfo.InvariantCulture, out double size)
            ? size * unit
            : null;
    }

    private static int Extent(TiffFile file, XElement pixels, string name)
    {
        int extent = Number(file, pixels, name, 0);
        return extent > 0 ? extent : throw file.Fault(0, $"{name} of its OME-XML is missing or 0; expected a positive number");
    }

    private static int Number(TiffFile file, XElement element, string name, int fallback)
    {
        string? text = (string?)element.Attribute(name);
        if (text is null) return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw file.Fault(0, $"{name} of its OME-XML is '{text}'; expected a whole number");
    }

    // By local name: the namespace changes with each version of the schema, the elements read here have not.
    private static IEnumerable<XElement> Children(XElement parent, string name) =>
        parent.Elements().Where(child => child.Name.LocalName == name);
}
