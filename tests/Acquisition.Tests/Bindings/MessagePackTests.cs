using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Acquisition.Tests.Support;
using MessagePack;
using Xunit;

namespace Acquisition.Tests.Bindings;

public sealed class MessagePackTests
{
    // Values at every edge of every format, and random ones inside each other, as msgpack for Python writes them. Each
    // comes with a description in which nothing is lost: its kind and its value as text.
    private const string Oracle = """
        import random
        random.seed(20)
        def describe(value):
            if value is None: return ["nil"]
            if isinstance(value, bool): return ["bool", str(value).lower()]
            if isinstance(value, int): return ["int", str(value)]
            if isinstance(value, float): return ["float", struct.pack(">d", value).hex()]
            if isinstance(value, str): return ["text", value]
            if isinstance(value, bytes): return ["bytes", value.hex()]
            if isinstance(value, list): return ["array"] + [describe(v) for v in value]
            return ["map"] + [describe(x) for pair in value.items() for x in pair]
        edges = sorted({sign * (1 << bits) + off for bits in range(65) for off in (-1, 0, 1) for sign in (1, -1)} | {-33, -32})
        integers = [n for n in edges if -2**63 <= n < 2**64]
        floats = [0.0, -0.0, 1.5, -2.25e300, 5e-324, float("inf"), float("-inf"), float("nan"), 0.1]
        texts = ["", "µ €  \U0001F52C", "a" * 31, "a" * 32, "b" * 255, "b" * 256, "c" * 65535, "c" * 65536]
        blobs = [b"", b"\x00" * 255, b"\x01" * 256, b"\x02" * 65535, b"\x03" * 65536]
        lists = [[None] * n for n in (0, 15, 16, 65535, 65536)]
        maps = [{i: None for i in range(n)} for n in (0, 15, 16, 65535, 65536)]
        def tree(depth):
            kind = random.randrange(8 if depth else 6)
            if kind == 6: return [tree(depth - 1) for _ in range(random.randrange(20))]
            if kind == 7: return {f"k{i}": tree(depth - 1) for i in range(random.randrange(20))}
            return [None, random.random() < 0.5, random.randrange(-2**63, 2**64) >> random.randrange(64), random.uniform(-1e9, 1e9),
                    "x" * random.randrange(300), random.randbytes(random.randrange(300))][kind]
        for value in integers + floats + texts + blobs + lists + maps + [None, True, False] + [tree(3) for _ in range(200)]:
            say([msgpack.packb(value).hex(), describe(value)])
        say("end")
        """;

    private delegate void Reading(ref MessagePackReader reader);

    private delegate void Writing(ref MessagePackWriter writer);

    [Fact]
    public void Reading_and_writing_agree_with_python_on_every_format_and_its_edges()
    {
        using var python = TransportPython.Start(Oracle);
        int values = 0;
        for (JsonElement next = python.Hear(); next.ValueKind == JsonValueKind.Array; next = python.Hear(), values++)
        {
            byte[] packed = Convert.FromHexString(next[0].GetString()!);
            var described = (JsonArray)JsonNode.Parse(next[1].GetRawText())!;

            var reader = new MessagePackReader(packed);
            JsonArray read = Describe(ref reader);
            Assert.Equal(packed.Length, reader.Consumed);
            Assert.True(reader.End);
            Assert.True(JsonNode.DeepEquals(described, read), described[0]!.ToString());

            var skipper = new MessagePackReader(packed);
            Assert.True(packed.AsSpan().SequenceEqual(skipper.ReadRaw().ToArray()));
            Assert.True(skipper.End);

            byte[] written = Bytes((ref MessagePackWriter writer) => Write(ref writer, described));
            Assert.True(packed.AsSpan().SequenceEqual(written), described[0]!.ToString());
        }

        Assert.True(values > 500, $"{values} values");
    }

    [Fact]
    public void Single_precision_and_extensions_agree_with_python()
    {
        using var python = TransportPython.Start("""
            say([msgpack.packb(0.1, use_single_float=True).hex(), float(np.float32(0.1))])
            say([msgpack.packb(msgpack.ExtType(5, bytes(n))).hex() for n in (0, 1, 2, 3, 4, 8, 16, 17, 255, 256, 65535, 65536)])
            """);
        JsonElement single = python.Hear();
        byte[] packedSingle = Convert.FromHexString(single[0].GetString()!);
        Assert.Equal(single[1].GetDouble(), new MessagePackReader(packedSingle).ReadDouble());
        Assert.Equal(packedSingle, Bytes((ref MessagePackWriter writer) => writer.Write(0.1f)));

        foreach (JsonElement extension in python.Hear().EnumerateArray())
        {
            byte[] packed = Convert.FromHexString(extension.GetString()!);
            var skipper = new MessagePackReader(packed);
            Assert.Equal(MessagePackType.Extension, skipper.NextMessagePackType);
            skipper.Skip();
            Assert.True(skipper.End);
            AssertThrows<EndOfStreamException>(packed[..^1], (ref MessagePackReader r) => r.Skip());
        }
    }

    [Fact]
    public void Data_that_end_inside_a_value_are_told_apart_wherever_they_end()
    {
        byte[] header = Bytes((ref MessagePackWriter writer) =>
        {
            writer.WriteMapHeader(6);
            writer.Write("a");
            writer.Write(new byte[300]);
            writer.Write("b");
            writer.Write(new string('x', 300));
            writer.Write("c");
            writer.Write(1.5f);
            writer.Write("d");
            writer.Write(-70_000);
            writer.Write("e");
            writer.Write(ulong.MaxValue);
            writer.Write("f");
            writer.WriteArrayHeader(2);
            writer.Write(2.5);
            writer.Write(true);
        });
        for (int length = 0; length < header.Length; length++)
            AssertThrows<EndOfStreamException>(header[..length], (ref MessagePackReader r) => r.Skip());

        AssertThrows<EndOfStreamException>([], (ref MessagePackReader r) => r.ReadInt32());
        AssertThrows<EndOfStreamException>([], (ref MessagePackReader r) => r.ReadString());
        AssertThrows<EndOfStreamException>([0xcd, 1], (ref MessagePackReader r) => r.ReadUInt64());
        AssertThrows<EndOfStreamException>([0xcb, 1, 2, 3], (ref MessagePackReader r) => r.ReadDouble());
    }

    [Fact]
    public void A_count_or_length_that_the_data_cannot_hold_is_refused_before_anything_is_made_for_it()
    {
        AssertThrows<EndOfStreamException>([0xdd, 0x7f, 0xff, 0xff, 0xff, 0], (ref MessagePackReader r) => r.ReadArrayHeader());
        AssertThrows<EndOfStreamException>([0x93, 0xc0, 0xc0], (ref MessagePackReader r) => r.ReadArrayHeader());
        AssertThrows<EndOfStreamException>([0x82, 0xc0, 0xc0, 0xc0], (ref MessagePackReader r) => r.ReadMapHeader());
        AssertThrows<EndOfStreamException>([0xc6, 0x7f, 0xff, 0xff, 0xff], (ref MessagePackReader r) => r.ReadBytes());
        AssertThrows<EndOfStreamException>([0xdb, 0xff, 0xff, 0xff, 0xff], (ref MessagePackReader r) => r.ReadString());
    }

    [Fact]
    public void A_value_of_another_kind_is_refused_by_every_read()
    {
        byte[] text = [0xa1, (byte)'x'], number = [1], never = [0xc1];
        AssertThrows<MessagePackSerializationException>(text, (ref MessagePackReader r) => r.ReadInt32());
        AssertThrows<MessagePackSerializationException>(text, (ref MessagePackReader r) => r.ReadInt64());
        AssertThrows<MessagePackSerializationException>(text, (ref MessagePackReader r) => r.ReadUInt64());
        AssertThrows<MessagePackSerializationException>(text, (ref MessagePackReader r) => r.ReadDouble());
        AssertThrows<MessagePackSerializationException>(text, (ref MessagePackReader r) => r.ReadMapHeader());
        AssertThrows<MessagePackSerializationException>(text, (ref MessagePackReader r) => r.ReadArrayHeader());
        AssertThrows<MessagePackSerializationException>(number, (ref MessagePackReader r) => r.ReadString());
        AssertThrows<MessagePackSerializationException>(number, (ref MessagePackReader r) => r.TryReadStringSpan(out _));
        AssertThrows<MessagePackSerializationException>(number, (ref MessagePackReader r) => r.ReadBytes());
        AssertThrows<MessagePackSerializationException>(number, (ref MessagePackReader r) => r.ReadBoolean());
        AssertThrows<MessagePackSerializationException>(never, (ref MessagePackReader r) => r.Skip());
    }

    [Fact]
    public void A_number_that_does_not_fit_is_an_overflow()
    {
        AssertThrows<OverflowException>([0xcf, 0x80, 0, 0, 0, 0, 0, 0, 0], (ref MessagePackReader r) => r.ReadInt64());
        AssertThrows<OverflowException>([0xce, 0x80, 0, 0, 0], (ref MessagePackReader r) => r.ReadInt32());
        AssertThrows<OverflowException>([0xff], (ref MessagePackReader r) => r.ReadUInt64());
    }

    [Fact]
    public void Reads_are_as_lenient_as_the_package()
    {
        var reader = new MessagePackReader(new byte[] { 0xa1, (byte)'x', 0x05, 0xcf, 0x80, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0xc0 });
        Assert.Equal([(byte)'x'], reader.ReadBytes()!.Value.ToArray()); // text as bytes
        Assert.Equal(5.0, reader.ReadDouble()); // integers as numbers
        Assert.Equal(Math.Pow(2, 63), reader.ReadDouble());

        MessagePackReader peek = reader.CreatePeekReader();
        Assert.Null(peek.ReadString());
        Assert.Null(peek.ReadBytes());
        Assert.True(peek.End);

        Assert.Equal(12, reader.Consumed); // where peeking began
        Assert.True(reader.IsNil);
        Assert.False(reader.TryReadStringSpan(out _));
        Assert.True(reader.TryReadNil());
    }

    private static void AssertThrows<T>(byte[] data, Reading read) where T : Exception =>
        Assert.Throws<T>(() =>
        {
            var reader = new MessagePackReader(data);
            read(ref reader);
        });

    private static byte[] Bytes(Writing write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        write(ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static JsonArray Describe(ref MessagePackReader reader)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Nil:
                Assert.True(reader.TryReadNil());
                return ["nil"];
            case MessagePackType.Boolean:
                return ["bool", reader.ReadBoolean() ? "true" : "false"];
            case MessagePackType.Integer when reader.NextCode == MessagePackCode.UInt64:
                return ["int", reader.ReadUInt64().ToString(invariant)];
            case MessagePackType.Integer:
                return ["int", reader.ReadInt64().ToString(invariant)];
            case MessagePackType.Float:
                return ["float", BitConverter.DoubleToUInt64Bits(reader.ReadDouble()).ToString("x16", invariant)];
            case MessagePackType.String:
                return ["text", reader.ReadString()];
            case MessagePackType.Binary:
                return ["bytes", Convert.ToHexStringLower(reader.ReadBytes()!.Value.ToArray())];
            case MessagePackType.Array:
                JsonArray array = ["array"];
                for (int left = reader.ReadArrayHeader(); left > 0; left--) array.Add((JsonNode)Describe(ref reader));
                return array;
            default:
                JsonArray map = ["map"];
                for (int left = 2 * reader.ReadMapHeader(); left > 0; left--) map.Add((JsonNode)Describe(ref reader));
                return map;
        }
    }

    private static void Write(ref MessagePackWriter writer, JsonArray described)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        string kind = (string)described[0]!;
        string value = kind is "nil" or "array" or "map" ? "" : (string)described[1]!;
        switch (kind)
        {
            case "nil":
                writer.WriteNil();
                break;
            case "bool":
                writer.Write(value == "true");
                break;
            case "int" when long.TryParse(value, invariant, out long integer):
                writer.Write(integer);
                break;
            case "int":
                writer.Write(ulong.Parse(value, invariant));
                break;
            case "float":
                writer.Write(BitConverter.UInt64BitsToDouble(ulong.Parse(value, NumberStyles.HexNumber, invariant)));
                break;
            case "text":
                writer.Write(value);
                break;
            case "bytes":
                writer.Write(Convert.FromHexString(value));
                break;
            case "array":
                writer.WriteArrayHeader(described.Count - 1);
                foreach (JsonNode? item in described.Skip(1)) Write(ref writer, (JsonArray)item!);
                break;
            default:
                writer.WriteMapHeader((described.Count - 1) / 2);
                foreach (JsonNode? item in described.Skip(1)) Write(ref writer, (JsonArray)item!);
                break;
        }
    }
}
