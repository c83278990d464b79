using System.Collections.Immutable;
using System.Xml.Linq;

namespace Acquisition.Tests.Architecture;

/// <summary>What a project file says of its edges; conditions are ignored, so an edge that holds only sometimes counts.</summary>
/// <param name="Name">File name without extension, and without the product's prefix: "Core", "NetMQ".</param>
/// <param name="Path">Relative to the repository, with forward slashes.</param>
/// <param name="References">Names of projects and packages.</param>
/// <param name="Faults">References that no rule can allow.</param>
internal sealed record ProjectFile(
    string Name, string Path, ImmutableArray<string> References, ImmutableArray<string> Packages, ImmutableArray<string> Faults)
{
    private const string Prefix = "Acquisition.";

    public static ProjectFile Read(string path, string xml)
    {
        XElement root = XDocument.Parse(xml).Root!;
        XElement[] packages = [.. root.Descendants("PackageReference").Where(element => element.Attribute("Include") is not null)];
        string[] projects = [.. Includes(root.Descendants("ProjectReference")).Select(NameOf)];
        string[] faults =
        [
            .. packages.Where(element => (element.Attribute("Version") ?? element.Attribute("VersionOverride")) is not null || element.Element("Version") is not null)
                .Select(element => $"{path} gives package {element.Attribute("Include")!.Value} a version of its own; it belongs in Directory.Packages.props"),
            .. Includes(root.Descendants("Reference")).Select(file => $"{path} references the file {file}; only projects and packages are allowed"),
            .. Includes(root.Descendants("Compile")).Where(file => file.StartsWith("..", StringComparison.Ordinal))
                .Select(file => $"{path} compiles {file} of another folder; reference its project instead"),
        ];
        string[] packageNames = [.. Includes(packages)];
        return new ProjectFile(NameOf(path), path, [.. projects, .. packageNames], [.. packageNames], [.. faults]);
    }

    private static IEnumerable<string> Includes(IEnumerable<XElement> elements) =>
        elements.Select(element => element.Attribute("Include")?.Value.Replace('\\', '/')).OfType<string>();

    private static string NameOf(string path)
    {
        string name = System.IO.Path.GetFileNameWithoutExtension(path.Replace('\\', '/'));
        return name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
    }
}
