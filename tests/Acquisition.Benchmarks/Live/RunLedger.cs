using System.Text.Json;
using Acquisition.Core;

namespace Acquisition.Benchmarks.Live;

/// <summary>What the program's ledger and report say.</summary>
internal static class RunLedger
{
    /// <summary>A raw volume, from its frames to the line that acknowledges it.</summary>
    public sealed record Stored(int TimePoint, DateTime LastFrameAt, DateTime At)
    {
        public TimeSpan Latency => At - LastFrameAt;
    }

    /// <summary>The run's folder, once the program has made it.</summary>
    public static string? Folder(string root) => Directory.Exists(root) ? Directory.GetDirectories(root).SingleOrDefault() : null;

    public static List<Stored> StoredVolumes(string folder)
    {
        var stored = new List<Stored>();
        foreach (JsonElement line in Lines(folder))
        {
            if (line.GetProperty("kind").GetString() != LedgerKinds.VolumeStored) continue;
            stored.Add(new(
                line.GetProperty("index").GetProperty("t").GetInt32(),
                line.GetProperty("last_frame_at").GetDateTimeOffset().UtcDateTime,
                line.GetProperty("at").GetDateTime().ToUniversalTime()));
        }

        return stored;
    }

    /// <summary>When each volume got its line of a kind.</summary>
    public static List<(int TimePoint, DateTime At)> Moments(string folder, string kind) =>
    [
        .. Lines(folder).Where(line => line.GetProperty("kind").GetString() == kind)
            .Select(line => (line.GetProperty("index").GetProperty("t").GetInt32(), line.GetProperty("at").GetDateTime().ToUniversalTime())),
    ];

    /// <summary>Lines of a kind so far, counted without reading what they say.</summary>
    public static int Count(string folder, string kind)
    {
        string path = Path.Combine(folder, "ledger.jsonl"), mark = $"\"kind\":\"{kind}\"";
        return File.Exists(path) ? ReadShared(path).Count(line => line.Contains(mark, StringComparison.Ordinal)) : 0;
    }

    public static JsonElement Report(string folder)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "report.json")));
        return document.RootElement.Clone();
    }

    private static IEnumerable<JsonElement> Lines(string folder)
    {
        foreach (string line in ReadShared(Path.Combine(folder, "ledger.jsonl")))
        {
            using var document = JsonDocument.Parse(line);
            yield return document.RootElement.Clone();
        }
    }

    private static string[] ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        string text = reader.ReadToEnd();
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
