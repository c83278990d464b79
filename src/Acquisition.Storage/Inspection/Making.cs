using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Acquisition.Core;
using Acquisition.Storage.Files;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage.Inspection;

/// <summary>How the volumes of a dataset came to be, from what it carries along.</summary>
internal static class Making
{
    /// <summary>The steps that the metadata list, oldest first, then how many volumes each method made.</summary>
    /// <param name="attributes">Of the group; those of other programs have no steps.</param>
    public static IEnumerable<(string What, string Value)> Of(string location, JsonObject attributes)
    {
        if (attributes[ZarrMetadata.ProvenanceKey]?["steps"] is not JsonArray steps) yield break;
        foreach (JsonNode? step in steps)
            if (step is JsonObject known && known["step"]?.GetValue<string>() is { } name) yield return (name, Step(known));
        foreach (var fact in Volumes(Path.Combine(location, ZarrDataset.ProvenanceFile))) yield return fact;
    }

    private static string Step(JsonObject step)
    {
        var parts = new List<string>();
        if (step["software"] is { } software) parts.Add($"by {software}");
        if (step["plan"] is { } plan)
        {
            ScanPlan scan = plan.Deserialize<ScanPlan>(RecordJson.Compact)!;
            parts.Add($"scan {scan.ScanId} of stream {scan.Stream} ({scan.Mode})");
        }

        if (step["input"] is { } input) parts.Add($"from {input}");
        if (step["factors"]?.Deserialize<Factors>(RecordJson.Compact) is { } factors) parts.Add($"{factors.Z}×{factors.Y}×{factors.X} times finer (z, y, x)");
        if (step["corrections"] is JsonArray corrections) parts.Add(string.Join(", ", corrections));
        return string.Join(", ", parts);
    }

    private static IEnumerable<(string What, string Value)> Volumes(string path)
    {
        if (!File.Exists(path)) yield break;
        Provenance[] made = [.. FoundLines.Read(path).Lines.Select(line => Read(path, line))];
        foreach (var group in made.GroupBy(volume => (volume.Method, volume.ModelSha256, volume.TunedOn, volume.Predicted)))
        {
            string model = group.Key.ModelSha256 is { Length: > 0 } hash ? $", weights {hash[..Math.Min(12, hash.Length)]}" : "";
            string tuned = group.Key.TunedOn is { } index ? $" tuned on {index}" : "";
            string predicted = group.Key.Predicted ? "; detail is INVENTED by a generative model" : "";
            string residual = string.Create(CultureInfo.InvariantCulture, $"; residual {group.Average(volume => volume.ResidualRms):0.###} camera units rms");
            yield return ("made", $"{Words.Count(group.Count(), "volume")} by {group.Key.Method}{model}{tuned}{residual}{predicted}");
        }

        int filled = made.Count(volume => !volume.MissingPlanes.IsEmpty);
        if (filled > 0) yield return ("filled in", $"{Words.Count(filled, "volume")} had planes missing, which were interpolated");
    }

    private static Provenance Read(string path, JsonElement line)
    {
        try
        {
            return line.Deserialize<Provenance>(RecordJson.Compact) ?? throw new JsonException("null");
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException)
        {
            throw new DataFormatException($"'{path}' holds a line that this program does not write: {fault.Message}", fault);
        }
    }
}
