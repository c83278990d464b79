using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Unicode;
using Acquisition.Core;
using Acquisition.Storage.Files;

namespace Acquisition.Storage.Inputs;

/// <summary>A value in a JSON file, with its place, so that what is wrong with it can be told.</summary>
internal readonly record struct JsonPlace(string File, string Key, JsonElement Value)
{
    private const long MaxFileBytes = 64 << 20;

    public bool IsObject => Value.ValueKind == JsonValueKind.Object;

    public bool IsNull => Value.ValueKind == JsonValueKind.Null;

    /// <summary>What the value is, for people; cut where it is long.</summary>
    public string Found => JsonSerializer.Serialize(Value, RecordJson.Compact) is { Length: > 80 } text
        ? $"{text[..77]}…"
        : JsonSerializer.Serialize(Value, RecordJson.Compact);

    /// <exception cref="DataFormatException">It is not JSON, or not an object.</exception>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public static JsonPlace Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Length > MaxFileBytes)
                throw new DataFormatException($"'{path}' has {file.Length} bytes; metadata of at most {MaxFileBytes} are accepted.");
            return Parse(path, System.IO.File.ReadAllBytes(path));
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "read metadata", path);
        }
    }

    /// <param name="file">Where the text lies, for people.</param>
    /// <exception cref="DataFormatException">It is not JSON, or not an object.</exception>
    public static JsonPlace Parse(string file, ReadOnlyMemory<byte> json)
    {
        try
        {
            if (json.Span.StartsWith("\uFEFF"u8)) json = json[3..];
            if (!Utf8.IsValid(json.Span)) throw new DataFormatException($"'{file}' is not JSON: it is not UTF-8.");
            using JsonDocument document = JsonDocument.Parse(json);
            if (json.Span.IndexOf("\\u"u8) >= 0) RequireWholeText(document.RootElement);
            var root = new JsonPlace(file, "", document.RootElement.Clone());
            return root.IsObject ? root : throw root.Fault("an object");
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new DataFormatException($"'{file}' is not JSON: {fault.Message}", fault);
        }
    }

    /// <exception cref="DataFormatException">There is none.</exception>
    public JsonPlace this[string key] =>
        Find(key) ?? throw new DataFormatException($"'{File}' has no '{Below(key)}'{(IsObject ? "" : $"; {Words} is {Found}")}.");

    /// <summary><see langword="null"/> where there is none, also because this is no object; a null stays one.</summary>
    public JsonPlace? Find(string key) =>
        IsObject && Value.TryGetProperty(key, out JsonElement found) ? new JsonPlace(File, Below(key), found) : null;

    /// <exception cref="DataFormatException">It is no list.</exception>
    public ImmutableArray<JsonPlace> Items
    {
        get
        {
            if (Value.ValueKind != JsonValueKind.Array) throw Fault("a list");
            var (file, key) = (File, Key);
            return [.. Value.EnumerateArray().Select((item, i) => new JsonPlace(file, $"{key}[{i}]", item))];
        }
    }

    /// <summary><see langword="null"/> where it is no text.</summary>
    public string? TextOrNull => Value.ValueKind == JsonValueKind.String ? Value.GetString() : null;

    /// <exception cref="DataFormatException">It is no text.</exception>
    public string Text => TextOrNull ?? throw Fault("a text");

    /// <summary><see langword="null"/> where it is no number.</summary>
    public double? NumberOrNull => Value.ValueKind == JsonValueKind.Number && Value.TryGetDouble(out double number) ? number : null;

    /// <exception cref="DataFormatException">It is no number.</exception>
    public double Number => NumberOrNull ?? throw Fault("a number");

    /// <exception cref="DataFormatException">It is no whole number from 1 on that fits 31 bits.</exception>
    public int Extent =>
        Value.ValueKind == JsonValueKind.Number && Value.TryGetInt32(out int extent) && extent > 0
            ? extent
            : throw Fault("a whole number greater than 0 and below 2³¹");

    /// <exception cref="DataFormatException">It is another text.</exception>
    public void Expect(string text)
    {
        if (TextOrNull != text) throw Fault($"\"{text}\"");
    }

    /// <param name="accepted">Completes "… is …; accepted is …".</param>
    public DataFormatException Fault(string accepted) => new($"'{File}': {Words} is {Found}; accepted is {accepted}.");

    /// <summary>Halves of surrogate pairs pass the parser and throw later, where the text is asked for.</summary>
    /// <exception cref="InvalidOperationException">There is one.</exception>
    private static void RequireWholeText(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String) _ = value.GetString();
        if (value.ValueKind == JsonValueKind.Array)
            foreach (JsonElement item in value.EnumerateArray()) RequireWholeText(item);
        if (value.ValueKind != JsonValueKind.Object) return;
        foreach (JsonProperty property in value.EnumerateObject())
        {
            _ = property.Name;
            RequireWholeText(property.Value);
        }
    }

    private string Words => Key.Length == 0 ? "it" : $"'{Key}'";

    private string Below(string key) => Key.Length == 0 ? key : $"{Key}.{key}";
}
