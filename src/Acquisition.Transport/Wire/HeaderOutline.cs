using Acquisition.Core;
using MessagePack;

namespace Acquisition.Transport.Wire;

/// <summary>Looks a header over before any of it is believed.</summary>
internal static class HeaderOutline
{
    /// <summary>Proves that the header is one map, whole, and nested no deeper than accepted. Does not allocate.</summary>
    /// <remarks>After this no read can run out of data, and recursion over the header is bounded.</remarks>
    /// <exception cref="RefusedException">It is not.</exception>
    public static void Check(ReadOnlyMemory<byte> header)
    {
        try
        {
            var reader = new MessagePackReader(header);
            if (reader.End || reader.NextMessagePackType != MessagePackType.Map) throw Malformed("is not a MessagePack map");
            Walk(ref reader);
            if (!reader.End) throw Malformed($"goes on for {header.Length - reader.Consumed} bytes after its map");
        }
        catch (Exception e) when (e is EndOfStreamException or OverflowException)
        {
            throw Malformed("ends inside a value");
        }
        catch (MessagePackSerializationException)
        {
            throw Malformed("holds a byte that begins no MessagePack value");
        }
    }

    private static void Walk(ref MessagePackReader reader)
    {
        Span<long> left = stackalloc long[WireFormat.MaxDepth]; // values still to come on each level
        int depth = 0;
        do
        {
            switch (reader.NextMessagePackType)
            {
                case MessagePackType.Map or MessagePackType.Array when depth == WireFormat.MaxDepth:
                    throw new RefusedException(
                        RefusalReason.HeaderTooDeep, $"the header is nested deeper than {WireFormat.MaxDepth}");
                case MessagePackType.Map:
                    left[depth++] = 2L * reader.ReadMapHeader();
                    break;
                case MessagePackType.Array:
                    left[depth++] = reader.ReadArrayHeader();
                    break;
                default:
                    reader.Skip();
                    break;
            }

            while (depth > 0 && left[depth - 1] == 0) depth--;
            if (depth > 0) left[depth - 1]--; // the value about to be read
        }
        while (depth > 0);
    }

    private static RefusedException Malformed(string what) => new(RefusalReason.Malformed, $"the header {what}");
}
