using System.Collections.Immutable;

namespace Acquisition.Storage.Tiff;

/// <summary>The TIFFs of a folder.</summary>
public static class TiffFiles
{
    /// <returns>Their paths in natural order of their names, t2 before t10; hidden ones, which other systems leave, are none.</returns>
    public static ImmutableArray<string> In(string folder) =>
    [
        .. Directory.EnumerateFiles(folder)
            .Where(file => Path.GetExtension(file).ToUpperInvariant() is ".TIF" or ".TIFF" && Path.GetFileName(file)[0] != '.')
            .OrderBy(file => Path.GetFileName(file), NaturalOrder.Instance),
    ];
}
