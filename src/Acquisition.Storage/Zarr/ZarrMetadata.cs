using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Acquisition.Core;
using Acquisition.Storage.Files;

namespace Acquisition.Storage.Zarr;

/// <summary>The zarr.json files of a dataset: OME-Zarr 0.5 for the group, Zarr 3 for its array and that of each coarser level.</summary>
internal static class ZarrMetadata
{
    public const string FileName = "zarr.json";

    /// <summary>Path, inside the group, of the array that holds the volumes.</summary>
    public const string ArrayPath = "0";

    public const string OmeVersion = "0.5";

    /// <summary>Key beside "ome" under which the steps lie; readers of OME-Zarr ignore it.</summary>
    public const string ProvenanceKey = "acquisition";

    // White alone; otherwise the colours microscopists give to fluorophores, brightest first.
    private static readonly string[] Colors = ["00FF00", "FF00FF", "00FFFF", "FFFF00", "FF0000", "0000FF"];

    /// <param name="windows">One a channel; <see langword="null"/> until a volume of that channel is known.</param>
    public static JsonObject Group(ZarrDataset dataset, IReadOnlyList<DisplayWindow?> windows) => new()
    {
        ["zarr_format"] = 3,
        ["node_type"] = "group",
        ["attributes"] = new JsonObject
        {
            ["ome"] = new JsonObject
            {
                ["version"] = OmeVersion,
                ["multiscales"] = new JsonArray(Multiscale(dataset)),
                ["omero"] = Omero(dataset, windows),
            },
            [ProvenanceKey] = new JsonObject { ["steps"] = new JsonArray([.. dataset.Steps.Select(step => step.DeepClone())]) },
        },
    };

    /// <summary>Colour that a channel is shown in, RRGGBB.</summary>
    public static string ColorOf(int channel, int channels) => channels == 1 ? "FFFFFF" : Colors[channel % Colors.Length];

    /// <summary>Path of a level's array inside the group; that of level 0 is <see cref="ArrayPath"/>.</summary>
    public static string LevelPath(int level) => level.ToString(CultureInfo.InvariantCulture);

    /// <param name="chunksSealed">Whether each chunk ends in its CRC-32C.</param>
    public static JsonObject Array(int channels, ZarrLayout layout, ChunkCodec codec, int timePoints, bool chunksSealed) => new()
    {
        ["zarr_format"] = 3,
        ["node_type"] = "array",
        ["shape"] = Extents(timePoints, channels, layout.Volume),
        ["data_type"] = layout.PixelType.Name(),
        ["chunk_grid"] = Named("regular", new() { ["chunk_shape"] = Extents(1, 1, layout.Shard) }),
        ["chunk_key_encoding"] = Named("default", new() { ["separator"] = "/" }),
        ["fill_value"] = 0,
        ["codecs"] = new JsonArray(Named("sharding_indexed", new()
        {
            ["chunk_shape"] = Extents(1, 1, layout.Chunk),
            ["codecs"] = ChunkCodecs(codec, chunksSealed),
            ["index_codecs"] = new JsonArray(LittleEndian(), Checksum()),
            ["index_location"] = "end",
        })),
        ["dimension_names"] = new JsonArray("t", "c", "z", "y", "x"),
        ["attributes"] = new JsonObject(),
    };

    /// <summary>Replaces a zarr.json as a whole.</summary>
    /// <exception cref="StorageException">The disk refused; what was there before is unchanged.</exception>
    public static void Save(string folder, JsonObject metadata)
    {
        string path = Path.Combine(folder, FileName);
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(metadata.ToJsonString(RecordJson.Indented) + "\n");
        try
        {
            AtomicFile.Write(path, bytes, replace: true);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "write metadata", path, bytes.Length);
        }
    }

    /// <exception cref="StorageException">It cannot be read.</exception>
    /// <exception cref="DataFormatException">It is no object of JSON.</exception>
    public static JsonObject Load(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject ?? throw new DataFormatException($"'{path}' is no JSON object.");
        }
        catch (JsonException fault)
        {
            throw new DataFormatException($"'{path}' is not JSON: {fault.Message}", fault);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "read metadata", path);
        }
    }

    /// <summary>Names coarser levels in a group's metadata, instead of those that it names. Each has the pitch of its samples, and begins
    /// in the middle of the finer samples that its first one is the mean of.</summary>
    public static void AddLevels(JsonObject group, ImmutableArray<PyramidLevel> levels)
    {
        JsonObject multiscale = group["attributes"]!["ome"]!["multiscales"]![0]!.AsObject();
        JsonNode volumes = multiscale["datasets"]![0]!.DeepClone();
        JsonArray transformations = volumes["coordinateTransformations"]!.AsArray();
        double[] scale = Numbers(transformations[0]!["scale"]!);
        double[] origin = transformations.Count > 1 ? Numbers(transformations[1]!["translation"]!) : new double[scale.Length];
        multiscale["datasets"] = new JsonArray([volumes, .. levels.Select(level => Level(level, scale, origin))]);
        if (levels.IsEmpty) return;
        multiscale["type"] = "mean";
        multiscale["metadata"] = new JsonObject
        {
            ["method"] = "mean of two neighbours along each axis that is halved, of the level before; rounded to the nearest, halves up",
        };
    }

    private static JsonObject Level(PyramidLevel level, double[] scale, double[] origin)
    {
        int[] shrinking = [1, 1, level.Shrinking.Z, level.Shrinking.Y, level.Shrinking.X];
        return new()
        {
            ["path"] = LevelPath(level.Number),
            ["coordinateTransformations"] = new JsonArray(
                new JsonObject { ["type"] = "scale", ["scale"] = new JsonArray([.. scale.Zip(shrinking, (pitch, n) => JsonValue.Create(pitch * n))]) },
                new JsonObject
                {
                    ["type"] = "translation",
                    ["translation"] = new JsonArray([.. origin.Select((first, i) => JsonValue.Create(first + PyramidLevel.Origin(shrinking[i]) * scale[i]))]),
                }),
        };
    }

    private static double[] Numbers(JsonNode list) => [.. list.AsArray().Select(item => item!.GetValue<double>())];

    private static JsonObject Multiscale(ZarrDataset dataset)
    {
        double secondsPerPoint = dataset.Interval is { } interval && interval > TimeSpan.Zero ? interval.TotalSeconds : 1;
        var transformations = new JsonArray(new JsonObject
        {
            ["type"] = "scale",
            ["scale"] = new JsonArray(secondsPerPoint, 1.0, dataset.VoxelSize.ZUm, dataset.VoxelSize.YUm, dataset.VoxelSize.XUm),
        });
        if (dataset.OriginUm != default)
            transformations.Add(new JsonObject
            {
                ["type"] = "translation",
                ["translation"] = new JsonArray(0.0, 0.0, dataset.OriginUm.Z, dataset.OriginUm.Y, dataset.OriginUm.X),
            });

        return new()
        {
            ["name"] = dataset.Name,
            ["axes"] = new JsonArray(
                Axis("t", "time", "second"), Axis("c", "channel", null),
                Axis("z", "space", "micrometer"), Axis("y", "space", "micrometer"), Axis("x", "space", "micrometer")),
            ["datasets"] = new JsonArray(new JsonObject { ["path"] = ArrayPath, ["coordinateTransformations"] = transformations }),
        };
    }

    private static JsonObject Omero(ZarrDataset dataset, IReadOnlyList<DisplayWindow?> windows)
    {
        var channels = new JsonArray();
        for (int c = 0; c < dataset.Channels.Length; c++)
        {
            // Floating point has no range worth showing, so there the window is the range.
            double? typeMax = dataset.LargestSample;
            DisplayWindow window = windows[c] ?? DisplayWindow.Unseen(dataset);
            channels.Add(new JsonObject
            {
                ["label"] = dataset.Channels[c],
                ["color"] = ColorOf(c, dataset.Channels.Length),
                ["active"] = true,
                ["coefficient"] = 1,
                ["family"] = "linear",
                ["inverted"] = false,
                ["window"] = new JsonObject
                {
                    ["min"] = typeMax is null ? window.Start : 0,
                    ["max"] = typeMax is { } max ? Math.Max(max, window.End) : window.End,
                    ["start"] = window.Start,
                    ["end"] = window.End,
                },
            });
        }

        return new()
        {
            ["channels"] = channels,
            ["rdefs"] = new JsonObject { ["defaultT"] = 0, ["defaultZ"] = dataset.Shape.Z / 2, ["model"] = "color" },
        };
    }

    private static JsonArray ChunkCodecs(ChunkCodec codec, bool chunksSealed)
    {
        var codecs = new JsonArray(LittleEndian());
        if (codec.Metadata is { } compressor) codecs.Add(compressor);
        if (chunksSealed) codecs.Add(Checksum());
        return codecs;
    }

    private static JsonArray Extents(int t, int c, VolumeShape volume) => new(t, c, volume.Z, volume.Y, volume.X);

    private static JsonObject Axis(string name, string type, string? unit)
    {
        var axis = new JsonObject { ["name"] = name, ["type"] = type };
        if (unit is not null) axis["unit"] = unit;
        return axis;
    }

    private static JsonObject LittleEndian() => Named("bytes", new() { ["endian"] = "little" });

    private static JsonObject Checksum() => new() { ["name"] = "crc32c" };

    private static JsonObject Named(string name, JsonObject configuration) =>
        new() { ["name"] = name, ["configuration"] = configuration };
}
