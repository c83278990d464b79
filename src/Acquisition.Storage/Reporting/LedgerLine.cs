using System.Text.Json;
using Acquisition.Core;

namespace Acquisition.Storage.Reporting;

/// <summary>One line of a ledger.</summary>
/// <param name="Kind">One of <see cref="Core.LedgerKinds"/>.</param>
internal readonly record struct LedgerLine(DateTimeOffset At, string Kind, JsonElement Entry)
{
    /// <summary>The event itself; <see langword="null"/> when it is not of this form.</summary>
    public T? As<T>()
        where T : class
    {
        try
        {
            return Entry.Deserialize<T>(RecordJson.Compact);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads a ledger line by line. A line that is damaged, as the last one of a program that was killed, is passed over.</summary>
    /// <returns>Nothing when there is no such file.</returns>
    public static IEnumerable<LedgerLine> Read(string path)
    {
        if (!File.Exists(path)) yield break;
        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (file.ReadLine() is { } text)
            if (Parse(text) is { } line) yield return line;
    }

    private static LedgerLine? Parse(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement entry = document.RootElement;
            return entry.ValueKind == JsonValueKind.Object
                && entry.TryGetProperty("at", out JsonElement at) && at.TryGetDateTimeOffset(out DateTimeOffset time)
                && entry.TryGetProperty("kind", out JsonElement kind) && kind.GetString() is { } name
                    ? new LedgerLine(time, name, entry.Clone())
                    : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
