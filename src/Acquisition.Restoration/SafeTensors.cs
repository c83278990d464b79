using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using Acquisition.Core;

namespace Acquisition.Restoration;

/// <summary>The safetensors container: u64 header length, JSON header, tensor bytes; all little-endian. Float32 only.</summary>
public static class SafeTensors
{
    private const int PrefixBytes = 8;
    private const int HeaderAlignment = 8;

    /// <summary>Largest header accepted: far above any model of this program, far below what could exhaust memory.</summary>
    private const int MaxHeaderBytes = 1 << 20;

    public static byte[] Write(IReadOnlyList<SafeTensor> tensors, ImmutableSortedDictionary<string, string> metadata)
    {
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata) json.WriteString(key, value);
            json.WriteEndObject();
            int at = 0;
            foreach (SafeTensor tensor in tensors)
            {
                int end = at + tensor.Values.Length * sizeof(float);
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", "F32");
                WriteNumbers(json, "shape", tensor.Shape.AsSpan());
                WriteNumbers(json, "data_offsets", [at, end]);
                json.WriteEndObject();
                at = end;
            }
            json.WriteEndObject();
        }
        while (header.Length % HeaderAlignment != 0) header.WriteByte((byte)' ');

        using var file = new MemoryStream();
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        file.Write(prefix);
        header.WriteTo(file);
        Span<byte> sample = stackalloc byte[sizeof(float)];
        foreach (SafeTensor tensor in tensors)
        {
            foreach (float value in tensor.Values.Span)
            {
                BinaryPrimitives.WriteSingleLittleEndian(sample, value);
                file.Write(sample);
            }
        }
        return file.ToArray();
    }

    /// <exception cref="DataFormatException">Not such a file; the message says what is wrong with it.</exception>
    public static (Dictionary<string, SafeTensor> Tensors, ImmutableSortedDictionary<string, string> Metadata) Read(
        ReadOnlySpan<byte> file)
    {
        ulong length = file.Length < PrefixBytes ? ulong.MaxValue : BinaryPrimitives.ReadUInt64LittleEndian(file);
        if (length > MaxHeaderBytes || (int)length > file.Length - PrefixBytes)
            throw new DataFormatException(
                $"Not a safetensors file: {file.Length} bytes, of which the header claims {length}; at most {MaxHeaderBytes} are accepted.");
        ReadOnlySpan<byte> data = file[(PrefixBytes + (int)length)..];
        var tensors = new Dictionary<string, SafeTensor>(StringComparer.Ordinal);
        var metadata = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        try
        {
            using JsonDocument header = JsonDocument.Parse(file.Slice(PrefixBytes, (int)length).ToArray());
            foreach (JsonProperty entry in header.RootElement.EnumerateObject())
            {
                if (entry.Name == "__metadata__")
                {
                    foreach (JsonProperty note in entry.Value.EnumerateObject()) metadata[note.Name] = note.Value.GetString() ?? "";
                }
                else
                {
                    tensors[entry.Name] = ReadTensor(entry, data);
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new DataFormatException($"The header of the safetensors file cannot be read: {e.Message}", e);
        }
        return (tensors, metadata.ToImmutable());
    }

    /// <summary>Copies a tensor that a model must have.</summary>
    /// <exception cref="DataFormatException">It is missing, of another shape, or holds what is no finite number.</exception>
    public static void CopyTo(IReadOnlyDictionary<string, SafeTensor> tensors, string name, ReadOnlySpan<int> shape, Span<float> destination)
    {
        if (!tensors.TryGetValue(name, out SafeTensor? tensor)) throw new DataFormatException($"The model has no tensor '{name}'.");
        if (!tensor.Shape.AsSpan().SequenceEqual(shape))
            throw new DataFormatException($"Tensor '{name}' has shape [{string.Join(", ", tensor.Shape)}]; [{string.Join(", ", shape.ToArray())}] is expected.");
        ReadOnlySpan<float> values = tensor.Values.Span;
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                throw new DataFormatException($"Element {i} of tensor '{name}' is {values[i]}; weights must be finite numbers.");
        }
        values.CopyTo(destination);
    }

    private static SafeTensor ReadTensor(JsonProperty entry, ReadOnlySpan<byte> data)
    {
        string? type = entry.Value.GetProperty("dtype").GetString();
        if (type != "F32") throw new DataFormatException($"Tensor '{entry.Name}' has dtype {type}; F32 is accepted.");
        int[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32())];
        int[] offsets = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt32())];
        long bytes = shape.Aggregate((long)sizeof(float), (product, extent) => product * extent);
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] > data.Length || offsets[1] - offsets[0] != bytes)
            throw new DataFormatException(
                $"Tensor '{entry.Name}' of shape [{string.Join(", ", shape)}] lies at [{string.Join(", ", offsets)}] of {data.Length} bytes; it needs {bytes}.");

        var values = new float[bytes / sizeof(float)];
        ReadOnlySpan<byte> source = data[offsets[0]..offsets[1]];
        if (BitConverter.IsLittleEndian) source.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        else for (int i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadSingleLittleEndian(source[(4 * i)..]);
        return new SafeTensor(entry.Name, [.. shape], values);
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<int> numbers)
    {
        json.WriteStartArray(name);
        foreach (int number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
