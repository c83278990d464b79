using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Storage.Tiff;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage.Inputs.OmeZarr;

/// <summary>What the metadata of an OME-Zarr image say, as far as its first and largest level needs it.</summary>
internal sealed record OmeGroup
{
    public required string Version { get; init; }

    /// <summary>Path of the largest level, relative to the group.</summary>
    public required string ArrayPath { get; init; }

    public required SeriesAxes Axes { get; init; }

    /// <summary><see langword="null"/> where not all three distances are told.</summary>
    public required VoxelSize? VoxelSize { get; init; }

    public required TimeSpan? Interval { get; init; }

    public required ImmutableArray<string> ChannelLabels { get; init; }

    /// <exception cref="DataFormatException">It is no image of OME-Zarr 0.5.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static OmeGroup Read3(string location)
    {
        JsonPlace root = JsonPlace.Read(Path.Combine(location, ZarrMetadata.FileName));
        if (root["zarr_format"].Extent != 3) throw root["zarr_format"].Fault("3");
        if (root["node_type"].TextOrNull == "array") throw IsArray(location);
        if (root.Find("attributes")?.Find("ome") is not { } ome)
            throw new DataFormatException($"'{root.File}' is a Zarr group without 'attributes.ome'; expected is an image of OME-Zarr 0.5.");
        ome["version"].Expect(ZarrMetadata.OmeVersion);
        OmeGroup group = Parse(location, ome, ZarrMetadata.OmeVersion);
        // This program writes a second for an interval that it does not know; its plan, beside, tells.
        JsonPlace? plan = root.Find("attributes")?.Find(ZarrMetadata.ProvenanceKey)?.Find("steps") is { Value.ValueKind: System.Text.Json.JsonValueKind.Array } steps
            && steps.Items is [var step, ..] ? step.Find("plan") : null;
        return plan is { IsObject: true } told && told.Find("interval_s")?.NumberOrNull is null ? group with { Interval = null } : group;
    }

    /// <exception cref="DataFormatException">It is no image of OME-Zarr 0.4.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static OmeGroup Read2(string location)
    {
        string attributes = Path.Combine(location, ZarrFiles.Attributes);
        if (File.Exists(Path.Combine(location, ZarrFiles.Array))) throw IsArray(location);
        if (!File.Exists(attributes))
            throw new DataFormatException($"'{location}' is a Zarr group without {ZarrFiles.Attributes}; expected is an image of OME-Zarr 0.4.");
        JsonPlace root = JsonPlace.Read(attributes);
        if (root.Find("multiscales") is { Value.ValueKind: System.Text.Json.JsonValueKind.Array } images
            && images.Items is [var image, ..] && image.Find("version") is { IsNull: false } version)
            version.Expect("0.4");
        return Parse(location, root, "0.4");
    }

    private static OmeGroup Parse(string location, JsonPlace ome, string version)
    {
        if (ome.Find("multiscales") is not { } images) throw NoImage(location, ome, version);
        if (images.Items is not [var image, ..]) throw images.Fault("a list with an image");
        var axes = SeriesAxes.Parse(image["axes"]);
        if (image["datasets"].Items is not [var largest, ..]) throw image["datasets"].Fault("a list with at least one level");
        JsonPlace path = largest["path"];
        if (Path.IsPathRooted(path.Text) || path.Text.Contains('\0') || path.Text.Contains('\\') || path.Text.Split('/').Any(part => part is "" or "." or ".."))
            throw path.Fault("a path inside the group");

        double[] scale = Scale(axes, largest.Find("coordinateTransformations"));
        double[] common = Scale(axes, image.Find("coordinateTransformations"));
        double? Distance(int axis) => axes.Position(axis) < 0 ? null
            : scale[axes.Position(axis)] * common[axes.Position(axis)] * StackOrder.Micrometers(axes.Unit(axis) ?? "");
        int time = axes.Position(0);
        return new()
        {
            Version = version,
            ArrayPath = path.Text,
            Axes = axes,
            VoxelSize = StackOrder.Voxel(Distance(2), Distance(3), Distance(4)),
            Interval = time < 0 ? null : TiffOrigin.Time(scale[time] * common[time], axes.Unit(0)),
            ChannelLabels = ome.Find("omero")?.Find("channels") is { Value.ValueKind: System.Text.Json.JsonValueKind.Array } channels
                ? [.. channels.Items.Select((channel, c) => channel.Find("label")?.TextOrNull ?? $"Channel {c}")]
                : [],
        };
    }

    /// <summary>The scale's factors, one an axis; 1 where there is no scale.</summary>
    private static double[] Scale(SeriesAxes axes, JsonPlace? transformations)
    {
        double[] ones = [.. Enumerable.Repeat(1.0, axes.Names.Length)];
        if (transformations is not { IsNull: false } list) return ones;
        foreach (JsonPlace transformation in list.Items)
        {
            if (transformation.Find("type")?.TextOrNull != "scale" || transformation.Find("scale") is not { } scale) continue;
            double[] factors = [.. scale.Items.Select(factor => factor.Number)];
            return factors.Length == ones.Length ? factors : throw scale.Fault($"{ones.Length} numbers, one an axis ({string.Join(", ", axes.Names)})");
        }

        return ones;
    }

    private static DataFormatException IsArray(string location) =>
        new($"'{location}' is an array without the metadata of OME-Zarr. Name the group that it lies in, probably '{Path.GetDirectoryName(location)}'.");

    private static DataFormatException NoImage(string location, JsonPlace ome, string version)
    {
        string what = ome.Find("plate") is not null ? "a plate of wells"
            : ome.Find("well") is not null ? "a well of several fields"
            : ome.Find("bioformats2raw.layout") is not null || Directory.Exists(Path.Combine(location, "OME")) ? "a collection of images"
            : "no image ('multiscales' is missing)";
        return new($"'{location}' is {what}; expected is one image of OME-Zarr {version}. Name one inside it, for example '{Path.Combine(location, "0")}'.");
    }
}
