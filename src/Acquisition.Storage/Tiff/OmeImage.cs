using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Acquisition.Core;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage.Tiff;

/// <summary>What an OME-TIFF says of itself in OME-XML (schema 2016-06): planes in the order z, c, t, z fastest.</summary>
public sealed record OmeImage
{
    private static readonly XNamespace Ome = "http://www.openmicroscopy.org/Schemas/OME/2016-06";

    public required int TimePoints { get; init; }

    /// <summary>One a channel; <see langword="null"/> for one without a name.</summary>
    public required ImmutableArray<string?> Channels { get; init; }

    /// <summary>Extent of each volume.</summary>
    public required VolumeShape Shape { get; init; }

    public required PixelType PixelType { get; init; }

    public required VoxelSize VoxelSize { get; init; }

    public string? Name { get; init; }

    /// <summary>Time between time points; <see langword="null"/> when unknown.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary><see langword="null"/> when unknown.</summary>
    public int? SignificantBits { get; init; }

    /// <summary>How it was made, as names and values.</summary>
    public ImmutableArray<(string Name, string Value)> Notes { get; init; } = [];

    internal int Planes => checked(TimePoints * Channels.Length * Shape.Z);

    internal string ToXml()
    {
        var ome = new XElement(Ome + "OME",
            new XElement(Ome + "Image", new XAttribute("ID", "Image:0"),
                Name is null ? null : new XAttribute("Name", Clean(Name)),
                new XElement(Ome + "Pixels",
                    new XAttribute("ID", "Pixels:0"),
                    new XAttribute("DimensionOrder", "XYZCT"),
                    new XAttribute("Type", PixelType == PixelType.Float32 ? "float" : PixelType.Name()),
                    SignificantBits is { } bits ? new XAttribute("SignificantBits", bits) : null,
                    new XAttribute("SizeX", Shape.X), new XAttribute("SizeY", Shape.Y), new XAttribute("SizeZ", Shape.Z),
                    new XAttribute("SizeC", Channels.Length), new XAttribute("SizeT", TimePoints),
                    new XAttribute("BigEndian", "false"),
                    Distance("X", VoxelSize.XUm), Distance("Y", VoxelSize.YUm), Distance("Z", VoxelSize.ZUm),
                    Interval is { } interval
                        ? new object[] { new XAttribute("TimeIncrement", Number(interval.TotalSeconds)), new XAttribute("TimeIncrementUnit", "s") }
                        : null,
                    Channels.Select((name, c) => Channel(name, c)),
                    new XElement(Ome + "TiffData", new XAttribute("IFD", 0), new XAttribute("PlaneCount", Planes))),
                Notes.IsEmpty ? null : new XElement(Ome + "AnnotationRef", new XAttribute("ID", "Annotation:0"))),
            Notes.IsEmpty ? null : new XElement(Ome + "StructuredAnnotations",
                new XElement(Ome + "MapAnnotation", new XAttribute("ID", "Annotation:0"),
                    new XElement(Ome + "Value", Notes.Select(note => new XElement(Ome + "M", new XAttribute("K", Clean(note.Name)), Clean(note.Value)))))));
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + ome.ToString(SaveOptions.DisableFormatting);
    }

    private XElement Channel(string? name, int c) => new(Ome + "Channel",
        new XAttribute("ID", $"Channel:0:{c}"),
        name is null ? null : new XAttribute("Name", Clean(name)),
        new XAttribute("SamplesPerPixel", 1),
        name is null ? null : new XAttribute("Color", Rgba(ZarrMetadata.ColorOf(c, Channels.Length))));

    private static object[] Distance(string axis, double um) =>
        [new XAttribute($"PhysicalSize{axis}", Number(um)), new XAttribute($"PhysicalSize{axis}Unit", "µm")];

    /// <summary>Red, green, blue and opacity, high to low byte, as a signed number.</summary>
    private static int Rgba(string color) => unchecked((int)(uint.Parse(color, NumberStyles.HexNumber, CultureInfo.InvariantCulture) << 8 | 0xFF));

    /// <summary>Text from outside may hold characters that XML cannot.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (XmlConvert.IsXmlChar(text[i])) clean.Append(text[i]);
            else if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i])) clean.Append(text[i]).Append(text[++i]);
            else clean.Append('\uFFFD');
        }

        return clean.ToString();
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
