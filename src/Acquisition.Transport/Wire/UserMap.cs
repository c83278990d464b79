using System.Buffers;
using System.Text;
using System.Text.Json;
using MessagePack;

namespace Acquisition.Transport.Wire;

/// <summary>The free map of a source, on the wire as MessagePack and in a plan as JSON.</summary>
/// <remarks>What JSON lacks becomes text: bytes and extensions in base64 (an extension with its code and type), numbers that
/// are not finite by name.</remarks>
internal static class UserMap
{
    // The map itself lies on the header's second level.
    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = WireFormat.MaxDepth - 1 };

    /// <exception cref="RefusedException">It is not a map, or a key in it is not text.</exception>
    public static string ReadJson(ref MessagePackReader reader)
    {
        if (reader.NextMessagePackType != MessagePackType.Map)
            throw HeaderValues.Bad("user", $"of type {reader.NextMessagePackType}", "a map");
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text)) ReadValue(ref reader, json);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    /// <exception cref="ArgumentException">The text is not a JSON object, or nested deeper than the header may be.</exception>
    public static void Write(ref MessagePackWriter writer, string json)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, Depth);
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"UserJson is not a JSON object of at most {Depth.MaxDepth} levels: {e.Message}", nameof(json), e);
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ArgumentException($"UserJson is of kind {document.RootElement.ValueKind}; it must be an object.", nameof(json));
            WriteValue(ref writer, document.RootElement);
        }
    }

    // Recursion in both directions is bounded by the header's accepted depth.
    private static void ReadValue(ref MessagePackReader reader, Utf8JsonWriter json)
    {
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Map:
                json.WriteStartObject();
                for (int left = reader.ReadMapHeader(); left > 0; left--)
                {
                    if (reader.NextMessagePackType != MessagePackType.String)
                        throw HeaderValues.Bad("a key inside user", $"of type {reader.NextMessagePackType}", "text");
                    json.WritePropertyName(reader.ReadString()!);
                    ReadValue(ref reader, json);
                }

                json.WriteEndObject();
                break;
            case MessagePackType.Array:
                json.WriteStartArray();
                for (int left = reader.ReadArrayHeader(); left > 0; left--) ReadValue(ref reader, json);
                json.WriteEndArray();
                break;
            case MessagePackType.Integer when reader.NextCode == MessagePackCode.UInt64:
                json.WriteNumberValue(reader.ReadUInt64());
                break;
            case MessagePackType.Integer:
                json.WriteNumberValue(reader.ReadInt64());
                break;
            case MessagePackType.Float:
                double number = reader.ReadDouble();
                if (double.IsFinite(number)) json.WriteNumberValue(number);
                else json.WriteStringValue(double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
                break;
            case MessagePackType.Boolean:
                json.WriteBooleanValue(reader.ReadBoolean());
                break;
            case MessagePackType.String:
                json.WriteStringValue(reader.ReadString());
                break;
            case MessagePackType.Binary:
                json.WriteBase64StringValue(reader.ReadBytes()!.Value.ToArray());
                break;
            case MessagePackType.Nil:
                reader.TryReadNil();
                json.WriteNullValue();
                break;
            default:
                json.WriteBase64StringValue(reader.ReadRaw().ToArray());
                break;
        }
    }

    private static void WriteValue(ref MessagePackWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteMapHeader(value.GetPropertyCount());
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    writer.Write(property.Name);
                    WriteValue(ref writer, property.Value);
                }

                break;
            case JsonValueKind.Array:
                writer.WriteArrayHeader(value.GetArrayLength());
                foreach (JsonElement item in value.EnumerateArray()) WriteValue(ref writer, item);
                break;
            case JsonValueKind.Number when value.TryGetInt64(out long integer):
                writer.Write(integer);
                break;
            case JsonValueKind.Number when value.TryGetUInt64(out ulong unsigned):
                writer.Write(unsigned);
                break;
            case JsonValueKind.Number:
                writer.Write(value.GetDouble());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                writer.Write(value.GetBoolean());
                break;
            case JsonValueKind.String:
                writer.Write(value.GetString());
                break;
            default:
                writer.WriteNil();
                break;
        }
    }
}
