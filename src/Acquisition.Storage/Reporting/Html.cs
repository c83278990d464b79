using System.Collections;
using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Acquisition.Storage.Reporting;

/// <summary>Elements of a page that is HTML and well-formed XML at once. Text is escaped and cleaned wherever it comes from.</summary>
internal static class Html
{
    private static readonly XNamespace Page = "http://www.w3.org/1999/xhtml";
    private static readonly XNamespace Drawing = "http://www.w3.org/2000/svg";
    private static readonly HashSet<string> Void = ["br", "hr", "img", "meta", "col"];

    /// <param name="content">Text, elements, attributes, lists of these, or <see langword="null"/> for nothing.</param>
    public static XElement El(string name, params object?[] content)
    {
        var element = new XElement(Page + name);
        Add(element, content);
        // A parser of HTML takes <td/> for an open element.
        if (element.IsEmpty && !Void.Contains(name)) element.Add("");
        return element;
    }

    /// <summary>An element of an inline drawing.</summary>
    public static XElement Svg(string name, params object?[] content)
    {
        var element = new XElement(Drawing + name);
        Add(element, content);
        return element;
    }

    public static XAttribute At(string name, string value) => new(name, Clean(value));

    public static XAttribute At(string name, double value) => new(name, value.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>A coordinate of a drawing, to a hundredth of its unit.</summary>
    public static XAttribute Place(string name, double value) => new(name, Place(value));

    public static string Place(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    public static XAttribute Class(string names) => new("class", names);

    /// <summary>A number for people that programs can find by its key and read in full.</summary>
    public static XElement Number(string key, double value, string text) => El("data", At("data-key", key), At("value", value), text);

    public static XElement Number(string key, long value) => Number(key, value, value.ToString("N0", CultureInfo.InvariantCulture));

    /// <summary>The page as UTF-8.</summary>
    public static byte[] Write(XElement page)
    {
        using var bytes = new MemoryStream();
        bytes.Write("<!DOCTYPE html>\n"u8);
        var settings = new XmlWriterSettings
        {
            OmitXmlDeclaration = true,
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            NewLineHandling = NewLineHandling.None,
        };
        using (var writer = XmlWriter.Create(bytes, settings)) page.WriteTo(writer);
        return bytes.ToArray();
    }

    private static void Add(XElement element, object? content)
    {
        switch (content)
        {
            case null:
                break;
            case string text:
                element.Add(Clean(text));
                break;
            case IEnumerable items and not XElement:
                foreach (object? item in items) Add(element, item);
                break;
            default:
                element.Add(content);
                break;
        }
    }

    /// <summary>Replaces what no page may hold, and what would change how the rest of it reads.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) clean.Append(text[i++]).Append(text[i]);
            else clean.Append(text[i] is '\n' or '\t' || IsHarmless(text[i]) ? text[i] : '\uFFFD');
        }

        return clean.ToString();
    }

    private static bool IsHarmless(char c) => c < '\uFFFE' && CharUnicodeInfo.GetUnicodeCategory(c)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
