using System.Text.Json;
using Acquisition.Core;

namespace Acquisition.App.Scoring;

/// <summary>Reads from a restored dataset's provenance which planes never arrived.</summary>
internal static class MissingPlanes
{
    /// <returns>Scanned planes by volume; volumes that were whole may be absent.</returns>
    /// <exception cref="StorageException">The provenance cannot be read.</exception>
    /// <exception cref="DataFormatException">A line of it is not what this program writes.</exception>
    public static Dictionary<VolumeIndex, int[]> Read(string restoredFolder)
    {
        string path = Path.Combine(restoredFolder, "provenance.jsonl");
        try
        {
            var missing = new Dictionary<VolumeIndex, int[]>();
            foreach (string line in File.ReadLines(path).Where(line => line.Length > 0))
            {
                using JsonDocument entry = JsonDocument.Parse(line);
                JsonElement index = entry.RootElement.GetProperty("index");
                missing[new VolumeIndex(index.GetProperty("t").GetInt32(), index.GetProperty("c").GetInt32())] =
                    [.. entry.RootElement.GetProperty("missing_planes").EnumerateArray().Select(plane => plane.GetInt32())];
            }

            return missing;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"'{path}' cannot be read: {error.Message}", error);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new DataFormatException($"'{path}' has a line without index and missing_planes: {error.Message}", error);
        }
    }
}
