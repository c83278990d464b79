using System.Collections.Immutable;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Storage.Files;

namespace Acquisition.Storage.Zarr;

/// <summary>What the metadata of a dataset on disk says, as far as reading its volumes needs it.</summary>
internal sealed record ZarrDescription
{
    private const int Axes = 5;

    public required int TimePoints { get; init; }

    /// <summary>Resolutions that are announced, the volumes themselves included.</summary>
    public int Levels { get; init; } = 1;

    public required ImmutableArray<string> ChannelNames { get; init; }

    public required ZarrLayout Layout { get; init; }

    public required VoxelSize VoxelSize { get; init; }

    /// <summary>One a channel.</summary>
    public ImmutableArray<DisplayWindow> Windows { get; init; } = [];

    public required ChunkCodec Codec { get; init; }

    /// <summary>Whether each chunk ends in its CRC-32C.</summary>
    public required bool ChunksSealed { get; init; }

    /// <exception cref="StorageException">A file cannot be read, or needs a codec that is not installed.</exception>
    /// <exception cref="DataFormatException">The metadata is not as this program writes it.</exception>
    public static ZarrDescription Load(string location)
    {
        string groupPath = Path.Combine(location, ZarrMetadata.FileName);
        string arrayPath = Path.Combine(location, ZarrMetadata.ArrayPath, ZarrMetadata.FileName);
        using JsonDocument group = Parse(groupPath), array = Parse(arrayPath);

        string path = groupPath;
        try
        {
            JsonElement ome = group.RootElement.GetProperty("attributes").GetProperty("ome");
            Expect(path, "ome.version", ome.GetProperty("version").GetString(), ZarrMetadata.OmeVersion);
            JsonElement datasets = ome.GetProperty("multiscales")[0].GetProperty("datasets");
            double[] scale = [.. datasets[0]
                .GetProperty("coordinateTransformations")[0].GetProperty("scale").EnumerateArray().Select(item => item.GetDouble())];
            JsonElement[] channels = [.. ome.GetProperty("omero").GetProperty("channels").EnumerateArray()];
            ImmutableArray<string> names = [.. channels.Select(channel => channel.GetProperty("label").GetString() ?? "")];
            ImmutableArray<DisplayWindow> windows = [.. channels.Select(channel => channel.GetProperty("window"))
                .Select(window => new DisplayWindow(window.GetProperty("start").GetDouble(), window.GetProperty("end").GetDouble()))];

            path = arrayPath;
            return LoadArray(path, array.RootElement, names, new() { ZUm = scale[2], YUm = scale[3], XUm = scale[4] }) with { Windows = windows, Levels = datasets.GetArrayLength() };
        }
        catch (Exception fault) when (fault is KeyNotFoundException or InvalidOperationException or FormatException
            or IndexOutOfRangeException or ArgumentException or OverflowException)
        {
            throw new DataFormatException(
                $"'{path}' is not the metadata of a dataset this program writes (OME-Zarr {ZarrMetadata.OmeVersion}, Zarr 3, sharded, t c z y x): "
                + fault.Message, fault);
        }
    }

    private static ZarrDescription LoadArray(string path, JsonElement array, ImmutableArray<string> names, VoxelSize voxelSize)
    {
        JsonElement sharding = array.GetProperty("codecs")[0];
        Expect(path, "codecs[0].name", sharding.GetProperty("name").GetString(), "sharding_indexed");
        JsonElement configuration = sharding.GetProperty("configuration");
        Expect(path, "index_location",
            configuration.TryGetProperty("index_location", out JsonElement place) ? place.GetString() : "end", "end");
        Expect(path, "index_codecs", Names(configuration.GetProperty("index_codecs")), "bytes crc32c");
        Expect(path, "dimension_names", string.Join(' ', array.GetProperty("dimension_names").EnumerateArray()), "t c z y x");

        int[] shape = Extents(path, array.GetProperty("shape"));
        if (shape[1] != names.Length) Expect(path, "shape[1]", $"{shape[1]}", $"{names.Length}, the number of channels");
        string? type = array.GetProperty("data_type").GetString();
        if (!PixelTypes.TryParse(type, out PixelType pixelType))
            Expect(path, "data_type", type, string.Join(" or ", PixelTypes.Names));

        int[] shard = Extents(path, array.GetProperty("chunk_grid").GetProperty("configuration").GetProperty("chunk_shape"));
        int[] chunk = Extents(path, configuration.GetProperty("chunk_shape"));
        var layout = new ZarrLayout(Volume(shape), Volume(chunk), pixelType);
        Expect(path, "the shard's chunk_shape", string.Join(' ', shard), $"1 1 {layout.Shard.Z} {layout.Shard.Y} {layout.Shard.X}");
        Expect(path, "the chunk's chunk_shape", $"{chunk[0]} {chunk[1]}", "1 1");

        string codecs = Names(configuration.GetProperty("codecs"));
        bool chunksSealed = codecs.EndsWith(" crc32c", StringComparison.Ordinal);
        return new()
        {
            TimePoints = shape[0],
            ChannelNames = names,
            Layout = layout,
            VoxelSize = voxelSize,
            ChunksSealed = chunksSealed,
            Codec = (chunksSealed ? codecs[..^" crc32c".Length] : codecs) switch
            {
                "bytes" => ChunkCodec.Choose(Compression.None, pixelType),
                "bytes blosc" => ChunkCodec.Choose(Compression.Blosc, pixelType),
                "bytes gzip" => ChunkCodec.Choose(Compression.Gzip, pixelType),
                _ => throw new DataFormatException(
                    $"'{path}' compresses chunks with '{codecs}'; accepted are bytes, then blosc or gzip, then crc32c, the latter two optional."),
            },
        };
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path));
        }
        catch (JsonException fault)
        {
            throw new DataFormatException($"'{path}' is not JSON: {fault.Message}", fault);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "open a dataset", path);
        }
    }

    private static int[] Extents(string path, JsonElement list)
    {
        int[] extents = [.. list.EnumerateArray().Select(item => item.GetInt32())];
        return extents.Length == Axes && extents.All(extent => extent > 0)
            ? extents
            : throw new DataFormatException($"'{path}' has the extents [{string.Join(", ", extents)}]; expected {Axes} positive numbers.");
    }

    private static VolumeShape Volume(int[] extents) => new(extents[2], extents[3], extents[4]);

    private static string Names(JsonElement codecs) =>
        string.Join(' ', codecs.EnumerateArray().Select(codec => codec.GetProperty("name").GetString()));

    private static void Expect(string path, string key, string? found, string expected)
    {
        if (found != expected) throw new DataFormatException($"'{path}': {key} is '{found}'; expected {expected}.");
    }
}
