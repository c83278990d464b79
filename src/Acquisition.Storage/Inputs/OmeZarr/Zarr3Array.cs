using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage.Inputs.OmeZarr;

/// <summary>An array's zarr.json (Zarr 3).</summary>
internal static class Zarr3Array
{
    private static readonly ImmutableArray<string> Known =
    [
        "zarr_format", "node_type", "shape", "data_type", "chunk_grid", "chunk_key_encoding", "fill_value", "codecs", "attributes",
        "storage_transformers", "dimension_names", "consolidated_metadata",
    ];

    /// <exception cref="DataFormatException">It is no such array, or stored in a way that is not accepted.</exception>
    /// <exception cref="StorageException">It cannot be read, or needs a library that is not installed.</exception>
    public static ZarrArray Read(string folder, SeriesAxes axes)
    {
        JsonPlace root = JsonPlace.Read(Path.Combine(folder, ZarrMetadata.FileName));
        RequireUnderstood(root);
        root["node_type"].Expect("array");
        if (root.Find("dimension_names") is { IsNull: false } names
            && !names.Items.Select(name => name.IsNull ? null : name.Text).SequenceEqual(axes.Names))
            throw names.Fault($"those of the group's axes: {string.Join(", ", axes.Names)}");

        PixelType type = PixelTypes.TryParse(root["data_type"].TextOrNull, out PixelType found)
            ? found
            : throw root["data_type"].Fault(string.Join(", ", PixelTypes.Names));
        JsonPlace grid = root["chunk_grid"];
        grid["name"].Expect("regular");
        SeriesShape piece = axes.Spread(grid["configuration"]["chunk_shape"]);
        var array = new ZarrArray
        {
            Folder = folder,
            Axes = axes,
            Shape = axes.Spread(root["shape"]),
            Piece = piece,
            Chunk = piece,
            Sample = ZarrSample.Parse(type, root.Find("fill_value")),
            Keys = ChunkKeys.Parse3(root["chunk_key_encoding"]),
            Codecs = null!,
        };

        JsonPlace codecs = root["codecs"];
        ImmutableArray<JsonPlace> items = codecs.Items;
        if (items.FirstOrDefault(codec => ChunkPipeline.NameOf(codec) == "transpose") is { File: not null } transpose)
            throw transpose.Fault("samples in the order of the axes; write the array again without transposing");
        return items is [var first] && ChunkPipeline.NameOf(first) == "sharding_indexed"
            ? Sharded(array, axes, first["configuration"]).Checked()
            : (array with { Codecs = ChunkPipeline.Parse(codecs, type) }).Checked();
    }

    private static ZarrArray Sharded(ZarrArray array, SeriesAxes axes, JsonPlace configuration)
    {
        JsonPlace extents = configuration["chunk_shape"];
        SeriesShape chunk = axes.Spread(extents), shard = array.Piece;
        if (shard.T % chunk.T != 0 || shard.C % chunk.C != 0 || shard.Z % chunk.Z != 0 || shard.Y % chunk.Y != 0 || shard.X % chunk.X != 0)
            throw extents.Fault($"an extent that divides that of the shard, {shard}");
        return array with
        {
            Chunk = chunk,
            Codecs = ChunkPipeline.Parse(configuration["codecs"], array.Sample.Type),
            Shards = ShardIndex.Parse(configuration),
        };
    }

    /// <summary>What is not known may change how samples are stored, unless it says that it need not be understood.</summary>
    private static void RequireUnderstood(JsonPlace root)
    {
        if (root["zarr_format"].Extent != 3) throw root["zarr_format"].Fault("3");
        foreach (System.Text.Json.JsonProperty property in root.Value.EnumerateObject())
        {
            JsonPlace value = root[property.Name];
            if (!Known.Contains(property.Name) && value.Find("must_understand") is not { Value.ValueKind: System.Text.Json.JsonValueKind.False })
                throw value.Fault("nothing: this extension of Zarr is not known, and its samples cannot be trusted without it");
        }

        if (root.Find("storage_transformers") is { IsNull: false } transformers && !transformers.Items.IsEmpty)
            throw transformers.Fault("an empty list");
    }
}
