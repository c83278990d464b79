using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Acquisition.Core;
using Acquisition.Storage.Tiff;

namespace Acquisition.Storage.Inputs;

/// <summary>What a TIFF's description says beside the order of its planes.</summary>
/// <param name="Interval">Time between volumes; <see langword="null"/> where it does not tell.</param>
internal sealed record TiffOrigin(string Format, TimeSpan? Interval)
{
    /// <exception cref="StorageException">The file cannot be read.</exception>
    /// <exception cref="DataFormatException">It is damaged.</exception>
    public static TiffOrigin Read(string path)
    {
        using TiffFile file = TiffFile.Open(path);
        TiffPage first = TiffDirectories.Read(file)[0];
        string description = first.Description.Text(file, first.Number) ?? "";
        if (OmeXml.Is(description)) return new("OME-TIFF", OfOme(description));
        return ImageJDescription.Is(description) ? new("ImageJ hyperstack", OfImageJ(description)) : new("TIFF stack", null);
    }

    /// <summary>A positive time, or <see langword="null"/>.</summary>
    /// <param name="unit">As OME and UDUNITS-2 spell it; <see langword="null"/> is no known unit.</param>
    public static TimeSpan? Time(double? value, string? unit)
    {
        double? seconds = unit switch
        {
            "ns" or "nanosecond" => 1e-9,
            "µs" or "μs" or "us" or "microsecond" => 1e-6,
            "ms" or "msec" or "millisecond" => 1e-3,
            "s" or "sec" or "second" or "seconds" => 1,
            "min" or "minute" => 60,
            "h" or "hour" => 3600,
            "d" or "day" => 86_400,
            _ => null,
        };
        double time = value * seconds ?? 0;
        return time > 0 && time < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(time) : null;
    }

    private static TimeSpan? OfOme(string description)
    {
        try
        {
            using var reader = XmlReader.Create(
                new StringReader(description.TrimStart('\uFEFF', ' ', '\r', '\n', '\t')),
                new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            XElement? pixels = XElement.Load(reader).Descendants().FirstOrDefault(element => element.Name.LocalName == "Pixels");
            return Time(Number((string?)pixels?.Attribute("TimeIncrement")), (string?)pixels?.Attribute("TimeIncrementUnit") ?? "s");
        }
        catch (XmlException)
        {
            // The stack was opened before, which reports damaged XML.
            return null;
        }
    }

    private static TimeSpan? OfImageJ(string description)
    {
        string? Value(string key) => description.Split('\n').Select(line => line.Split('=', 2))
            .Where(parts => parts.Length == 2 && parts[0].Trim() == key).Select(parts => parts[1].Trim()).LastOrDefault();
        return Time(Number(Value("finterval")), Value("tunit") ?? "s");
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;
}
