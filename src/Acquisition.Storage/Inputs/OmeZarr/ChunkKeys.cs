using System.Globalization;

namespace Acquisition.Storage.Inputs.OmeZarr;

/// <summary>Names of the files of chunks.</summary>
/// <param name="Prefix">Before the coordinates: "c" in Zarr 3's own way, nothing in that of Zarr 2.</param>
internal sealed record ChunkKeys(string Prefix, char Separator)
{
    public static ChunkKeys Parse3(JsonPlace encoding)
    {
        string name = encoding["name"].Text;
        bool isDefault = name == "default";
        if (!isDefault && name != "v2") throw encoding.Fault("\"default\" or \"v2\"");
        return new(isDefault ? "c" : "", Separate(encoding.Find("configuration")?.Find("separator"), isDefault ? '/' : '.'));
    }

    public static ChunkKeys Parse2(JsonPlace? separator) => new("", Separate(separator, '.'));

    /// <summary>The name relative to the array's folder, or its beginning where not all coordinates are given.</summary>
    public string Name(IEnumerable<int> coordinates)
    {
        string key = string.Join(Separator, coordinates.Select(coordinate => coordinate.ToString(CultureInfo.InvariantCulture)));
        return Prefix.Length == 0 ? key : Prefix + Separator + key;
    }

    private static char Separate(JsonPlace? separator, char otherwise) => separator is not { IsNull: false } given ? otherwise : given.Text switch
    {
        "/" => '/',
        "." => '.',
        _ => throw given.Fault("\"/\" or \".\""),
    };
}
