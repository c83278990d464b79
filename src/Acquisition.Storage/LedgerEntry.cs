using System.Text.Json;
using System.Text.Json.Nodes;
using Acquisition.Core;

namespace Acquisition.Storage;

/// <summary>A line of a ledger: "at" (ISO 8601, UTC), "kind", then the entry's own members.</summary>
internal static class LedgerEntry
{
    /// <param name="entry">An object, whose members must not be called at or kind; anything else becomes the member "value".</param>
    public static JsonElement Of<T>(string kind, T entry, TimeProvider clock)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        var line = new JsonObject { ["at"] = clock.GetUtcNow().UtcDateTime, ["kind"] = kind };
        JsonNode? content = JsonSerializer.SerializeToNode(entry, RecordJson.Compact);
        if (content is JsonObject members)
        {
            foreach (var (name, value) in members) line.Add(name, value?.DeepClone());
        }
        else
        {
            line.Add("value", content);
        }

        return JsonSerializer.SerializeToElement(line, RecordJson.Compact);
    }
}
