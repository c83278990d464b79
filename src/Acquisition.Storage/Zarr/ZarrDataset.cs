using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Acquisition.Core;

namespace Acquisition.Storage.Zarr;

/// <summary>What a dataset's metadata says of it, apart from how many time points it holds.</summary>
internal sealed record ZarrDataset
{
    /// <summary>Name of the file, inside the dataset, that says per volume how it was made; one JSON object a line.</summary>
    public const string ProvenanceFile = "provenance.jsonl";

    private const string RestoredFolder = "../restored.zarr/";

    public required string Name { get; init; }

    /// <summary>Planned time points; <see langword="null"/> for an open-ended scan.</summary>
    public required int? TimePoints { get; init; }

    public required ImmutableArray<string> Channels { get; init; }

    /// <summary>Extent of each volume.</summary>
    public required VolumeShape Shape { get; init; }

    public required PixelType PixelType { get; init; }

    public required VoxelSize VoxelSize { get; init; }

    /// <summary>Position of the first sample (z, y, x), µm; the first sample as scanned lies at 0.</summary>
    public Offset OriginUm { get; init; }

    public required TimeSpan? Interval { get; init; }

    /// <summary>Significant bits of a sample; <see langword="null"/> when unknown.</summary>
    public required int? BitDepth { get; init; }

    /// <summary>Largest value that a sample can have; <see langword="null"/> for floating point.</summary>
    public double? LargestSample => PixelType == PixelType.Float32 ? null
        : BitDepth is { } bits ? Math.Min(Math.Pow(2, bits) - 1, PixelType.MaxValue())
        : PixelType.MaxValue();

    /// <summary>How the data came to be, oldest first: the "steps" list beside the OME metadata.</summary>
    public required ImmutableArray<JsonObject> Steps { get; init; }

    /// <summary>The camera's volumes as they came.</summary>
    public static ZarrDataset Raw(ScanPlan plan) => new()
    {
        Name = plan.Stream,
        TimePoints = plan.TimePoints,
        Channels = plan.Channels,
        Shape = plan.Shape,
        PixelType = plan.PixelType,
        VoxelSize = plan.VoxelSize,
        Interval = plan.Interval,
        BitDepth = plan.BitDepth,
        Steps = [Acquired(plan)],
    };

    /// <summary>Restored volumes: same field of view, finer grid.</summary>
    /// <param name="conditioning">What was corrected before restoring.</param>
    public static ZarrDataset Restored(ScanPlan plan, params ImmutableArray<string> conditioning) => Raw(plan) with
    {
        Shape = plan.RestoredShape,
        VoxelSize = plan.RestoredVoxelSize,
        OriginUm = plan.RestoredOriginUm,
        Steps = [Acquired(plan), .. Conditioning(conditioning), Restoration(plan)],
    };

    /// <summary>Standard errors of restored voxels, in steps; 0, which volumes without a map hold throughout, is unknown.</summary>
    /// <param name="conditioning">What was corrected before restoring.</param>
    public static ZarrDataset Uncertainty(ScanPlan plan, params ImmutableArray<string> conditioning) => Restored(plan) with
    {
        Name = $"{plan.Stream} standard error",
        PixelType = PixelType.UInt8,
        BitDepth = null,
        Steps = [Acquired(plan), .. Conditioning(conditioning, RestoredFolder), Restoration(plan, RestoredFolder), Errors()],
    };

    private static JsonObject Acquired(ScanPlan plan) => new()
    {
        ["step"] = "acquired",
        ["software"] = Software,
        ["plan"] = JsonSerializer.SerializeToNode(plan, RecordJson.Compact),
    };

    /// <param name="folder">Where the provenance lies, as seen from the dataset.</param>
    /// <returns>Nothing where nothing was corrected.</returns>
    private static ImmutableArray<JsonObject> Conditioning(ImmutableArray<string> corrections, string folder = "") => corrections.IsEmpty ? [] :
    [
        new()
        {
            ["step"] = "conditioned",
            ["software"] = Software,
            ["input"] = "../raw.zarr",
            ["corrections"] = JsonSerializer.SerializeToNode(corrections, RecordJson.Compact),
            ["parameters"] = "conditioning, in each line of per_volume",
            ["per_volume"] = folder + ProvenanceFile,
        },
    ];

    /// <param name="folder">Where the provenance lies, as seen from the dataset.</param>
    private static JsonObject Restoration(ScanPlan plan, string folder = "")
    {
        var step = new JsonObject { ["step"] = "restored", ["software"] = Software, ["input"] = "../raw.zarr" };
        // A grid of its own is told by scale and translation alone.
        if (plan.Grid is null) step["factors"] = JsonSerializer.SerializeToNode(plan.Undersampling, RecordJson.Compact);
        step["per_volume"] = folder + ProvenanceFile;
        return step;
    }

    private static JsonObject Errors() => new()
    {
        ["step"] = "standard errors estimated",
        ["software"] = Software,
        ["input"] = "../restored.zarr",
        ["unit"] = "camera units",
        ["standard_error"] = "largest * 2 ** ((value - 255) / steps_per_octave)",
        ["unknown"] = 0,
        ["saturated"] = byte.MaxValue,
        ["parameters"] = "uncertainty, in each line of per_volume",
        ["per_volume"] = $"../restored.zarr/{ProvenanceFile}",
    };

    /// <summary>Name and version of this program.</summary>
    public static string Software => $"Acquisition {typeof(ZarrDataset).Assembly.GetName().Version?.ToString(3)}";
}
