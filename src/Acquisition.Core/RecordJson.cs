using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Acquisition.Core;

/// <summary>How this program's records look in JSON: keys in snake_case, enumerations as snake_case text, pixel types by
/// their wire names, durations as seconds with the suffix _s.</summary>
public static class RecordJson
{
    public static JsonSerializerOptions Compact { get; } = Build(indented: false);

    public static JsonSerializerOptions Indented { get; } = Build(indented: true);

    private static JsonSerializerOptions Build(bool indented)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            WriteIndented = indented,
            // These files are never pasted into a web page, and µm should read as µm.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            // PSNR of equal pictures is infinite, which JSON numbers cannot say.
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            Converters =
            {
                new PixelTypeConverter(),
                new SecondsConverter(),
                new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false),
            },
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameSeconds, DropComputed } },
        };
        options.MakeReadOnly();
        return options;
    }

    private static void NameSeconds(JsonTypeInfo type)
    {
        foreach (JsonPropertyInfo property in type.Properties)
            if ((Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == typeof(TimeSpan))
                property.Name += "_s";
    }

    /// <summary>Shapes, indices and factors are their coordinates; what follows from these is noise in a file.</summary>
    private static void DropComputed(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || !type.Type.IsValueType) return;
        for (int i = type.Properties.Count - 1; i >= 0; i--)
            if (type.Properties[i].Set is null)
                type.Properties.RemoveAt(i);
    }

    private sealed class SecondsConverter : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TimeSpan.FromSeconds(reader.GetDouble());

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value.TotalSeconds);
    }

    private sealed class PixelTypeConverter : JsonConverter<PixelType>
    {
        public override PixelType Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            PixelTypes.TryParse(reader.GetString(), out PixelType type)
                ? type
                : throw new JsonException($"Not a pixel type; accepted: {string.Join(", ", PixelTypes.Names)}.");

        public override void Write(Utf8JsonWriter writer, PixelType value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Name());
    }
}
