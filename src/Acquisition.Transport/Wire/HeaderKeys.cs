using System.Text;
using Acquisition.Core;
using MessagePack;

namespace Acquisition.Transport.Wire;

/// <summary>Walks the keys of one map: unknown ones are passed over, repeated and missing ones refused. Does not allocate.</summary>
/// <param name="names">Keys by index; the required ones first. At most 32.</param>
/// <param name="required">How many of them must be there.</param>
/// <param name="path">Prefix of the keys in messages, as in "index."; empty for the header itself.</param>
internal ref struct HeaderKeys(string[] names, int required, string path)
{
    private uint _seen;

    /// <summary>Reads one key.</summary>
    /// <returns>Its index, the reader standing before its value; or −1, having passed over an unknown key with its value.</returns>
    /// <exception cref="RefusedException">The key is not text, or came before.</exception>
    public int Next(ref MessagePackReader reader)
    {
        if (reader.NextMessagePackType != MessagePackType.String)
            throw HeaderValues.Bad($"{path}<key>", reader.NextMessagePackType.ToString(), "text");

        reader.TryReadStringSpan(out ReadOnlySpan<byte> key);
        for (int i = 0; i < names.Length; i++)
        {
            if (!Ascii.Equals(key, names[i])) continue;
            if ((_seen & (1u << i)) != 0) throw HeaderValues.Bad(path + names[i], "there twice", "one value");
            _seen |= 1u << i;
            return i;
        }

        reader.Skip();
        return -1;
    }

    /// <exception cref="RefusedException">A required key is missing.</exception>
    public readonly void RequireAll()
    {
        for (int i = 0; i < required; i++)
        {
            if ((_seen & (1u << i)) == 0)
                throw new RefusedException(RefusalReason.BadKey, $"the key {path}{names[i]} is missing");
        }
    }
}
