using System.Text;
using MessagePack;

namespace Acquisition.Transport.Wire;

/// <summary>Exchanges one value of a header and leaves every other byte as it is.</summary>
internal static class HeaderPatch
{
    /// <param name="key">A key of the header, or "outer.inner" of a map inside it.</param>
    /// <param name="value">One MessagePack value.</param>
    /// <returns><see langword="null"/> where the header cannot be read or has no such key.</returns>
    public static byte[]? Replace(ReadOnlyMemory<byte> header, string key, ReadOnlySpan<byte> value)
    {
        try
        {
            HeaderOutline.Check(header);
        }
        catch (RefusedException)
        {
            return null;
        }

        var reader = new MessagePackReader(header);
        foreach (string name in key.Split('.'))
        {
            if (reader.NextMessagePackType != MessagePackType.Map || !TryEnter(ref reader, Encoding.UTF8.GetBytes(name))) return null;
        }

        int from = (int)reader.Consumed;
        reader.Skip();
        return [.. header.Span[..from], .. value, .. header.Span[(int)reader.Consumed..]];
    }

    /// <summary>Leaves the reader before the value of a key.</summary>
    private static bool TryEnter(ref MessagePackReader reader, ReadOnlySpan<byte> name)
    {
        for (int left = reader.ReadMapHeader(); left > 0; left--)
        {
            if (reader.NextMessagePackType != MessagePackType.String) reader.Skip();
            else if (reader.TryReadStringSpan(out ReadOnlySpan<byte> key) && key.SequenceEqual(name)) return true;
            reader.Skip();
        }

        return false;
    }
}
