using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Acquisition.Core;
using Acquisition.Storage.Reporting;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage.Inspection;

/// <summary>Looks at an OME-Zarr dataset: one of this program in full, one of another program as far as its metadata tell.</summary>
internal static class DatasetInspector
{
    public static Finding Look(string location) =>
        File.Exists(Path.Combine(location, ZarrMetadata.FileName)) && IsOurs(ZarrMetadata.Load(Path.Combine(location, ZarrMetadata.FileName)))
            ? Own(location)
            : Other(location);

    /// <summary>Volumes of a dataset of this program, and which of them there are.</summary>
    /// <param name="expected">Those that should be there; <see langword="null"/> for all that the metadata announce.</param>
    public static (ImmutableArray<(string What, string Value)> Facts, ImmutableArray<VolumeIndex> Missing) Volumes(
        string location, IEnumerable<VolumeIndex>? expected = null)
    {
        ZarrDescription found = ZarrDescription.Load(location);
        var shards = new ShardFile(Path.Combine(location, ZarrMetadata.ArrayPath), found.Layout, found.Codec, found.ChunksSealed);
        var stored = shards.List(found.ChannelNames.Length).ToHashSet();
        IEnumerable<VolumeIndex> all = expected
            ?? (from t in Enumerable.Range(0, found.TimePoints) from c in Enumerable.Range(0, found.ChannelNames.Length) select new VolumeIndex(t, c));
        long bytes = stored.Sum(index => new FileInfo(shards.PathOf(index)).Length);
        double ratio = stored.Count * (double)found.Layout.VolumeBytes / Math.Max(1, bytes);
        string levels = found.Levels == 1
            ? PyramidLevel.Of(found.Layout.Volume).IsEmpty ? "none, and none needed" : "none; 'acquisition finish' adds them"
            : string.Join(", ", PyramidLevel.Of(found.Layout.Volume).Take(found.Levels - 1).Select(level => level.Shape));
        string codec = found.Codec.Metadata?["name"]?.GetValue<string>() ?? "nothing";
        return (
            [
                ("volumes", Words.Volumes(found.TimePoints, found.ChannelNames, found.Layout.Volume, found.Layout.PixelType, found.VoxelSize)),
                ("stored", string.Create(CultureInfo.InvariantCulture,
                    $"{Words.Count(stored.Count, "volume")}, {Say.Bytes(bytes)}, packed {ratio:0.0} times with {codec} in chunks of {found.Layout.Chunk}")),
                ("levels", levels),
            ],
            [.. all.Where(index => !stored.Contains(index))]);
    }

    private static bool IsOurs(JsonObject group) => group["attributes"]?[ZarrMetadata.ProvenanceKey] is not null;

    private static Finding Own(string location)
    {
        JsonObject attributes = ZarrMetadata.Load(Path.Combine(location, ZarrMetadata.FileName))["attributes"]!.AsObject();
        var (facts, missing) = Volumes(location);
        return new()
        {
            Kind = $"dataset, OME-Zarr {ZarrMetadata.OmeVersion}",
            Facts = [("path", location), .. facts, .. Making.Of(location, attributes)],
            Lacks = missing.IsEmpty ? [] : [$"{Words.Count(missing.Length, "volume")} of those announced: {Words.List(missing)}"],
        };
    }

    /// <summary>By the metadata alone: how its pixels are stored is another program's affair.</summary>
    private static Finding Other(string location)
    {
        bool isOlder = !File.Exists(Path.Combine(location, ZarrMetadata.FileName));
        string groupPath = Path.Combine(location, isOlder ? ".zattrs" : ZarrMetadata.FileName);
        JsonObject group = ZarrMetadata.Load(groupPath);
        try
        {
            JsonObject attributes = isOlder ? group : group["attributes"] as JsonObject ?? throw new KeyNotFoundException("it has no attributes");
            JsonElement ome = JsonSerializer.SerializeToElement(attributes);
            if (!isOlder) ome = ome.GetProperty("ome");
            JsonElement multiscale = ome.GetProperty("multiscales")[0];
            string version = (isOlder ? multiscale : ome).TryGetProperty("version", out JsonElement found) ? found.ToString() : "of unknown version";
            return new()
            {
                Kind = $"dataset, OME-Zarr {version}",
                Facts =
                [
                    ("path", location),
                    ("axes", string.Join(", ", multiscale.GetProperty("axes").EnumerateArray().Select(Axis))),
                    .. multiscale.GetProperty("datasets").EnumerateArray().Select((dataset, i) => ($"level {i}", Level(location, dataset, isOlder))),
                    .. Making.Of(location, attributes),
                ],
                Lacks = [],
            };
        }
        catch (Exception fault) when (fault is KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new DataFormatException($"'{groupPath}' does not describe an OME-Zarr image: {fault.Message}", fault);
        }
    }

    private static string Axis(JsonElement axis) =>
        $"{axis.GetProperty("name")}{(axis.TryGetProperty("unit", out JsonElement unit) ? $" ({unit})" : "")}";

    private static string Level(string location, JsonElement dataset, bool isOlder)
    {
        string path = Path.Combine(location, dataset.GetProperty("path").GetString() ?? "", isOlder ? ".zarray" : ZarrMetadata.FileName);
        JsonElement array = JsonSerializer.SerializeToElement(ZarrMetadata.Load(path));
        return $"{string.Join('×', array.GetProperty("shape").EnumerateArray())} {array.GetProperty(isOlder ? "dtype" : "data_type")}, "
            + string.Join(", ", dataset.GetProperty("coordinateTransformations").EnumerateArray().Select(Transformation));
    }

    private static string Transformation(JsonElement part)
    {
        string type = part.GetProperty("type").GetString() ?? "";
        return $"{type} {string.Join(' ', part.GetProperty(type).EnumerateArray())}";
    }
}
