using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Acquisition.Core;
using MessagePack;

namespace Acquisition.Transport.Wire;

/// <summary>Reads one value of a header and refuses what the protocol does not allow, naming key, finding and what is accepted.</summary>
/// <remarks>Numbers, type names and scan ids are read without allocation. The header must have passed <see cref="HeaderOutline"/>.</remarks>
internal static class HeaderValues
{
    private static readonly string[] AxesZyx = ["z", "y", "x"];

    public static RefusedException Bad(string key, string found, string accepted) =>
        new(RefusalReason.BadKey, $"{key} is {found}; accepted is {accepted}");

    public static long Integer(ref MessagePackReader reader, string key, long min = long.MinValue, long max = long.MaxValue)
    {
        Expect(ref reader, MessagePackType.Integer, key, "an integer");
        long value;
        if (reader.NextCode == MessagePackCode.UInt64)
        {
            ulong wide = reader.ReadUInt64();
            if (wide > (ulong)max) throw OutOfRange(key, wide, min, max);
            value = (long)wide;
        }
        else value = reader.ReadInt64();

        return value >= min && value <= max ? value : throw OutOfRange(key, value, min, max);
    }

    public static ulong Unsigned(ref MessagePackReader reader, string key)
    {
        Expect(ref reader, MessagePackType.Integer, key, "an integer");
        if (reader.NextCode == MessagePackCode.UInt64) return reader.ReadUInt64();
        long value = reader.ReadInt64();
        return value >= 0 ? (ulong)value : throw OutOfRange(key, value, 0L, ulong.MaxValue);
    }

    /// <summary>A number, whole or not, from 0 (excluded if <paramref name="positive"/>) to 10⁹.</summary>
    public static double Number(ref MessagePackReader reader, string key, bool positive)
    {
        const double Largest = 1e9;
        if (reader.NextMessagePackType != MessagePackType.Integer) Expect(ref reader, MessagePackType.Float, key, "a number");
        double value = reader.ReadDouble();
        bool accepted = value <= Largest && (positive ? value > 0 : value >= 0); // false for NaN
        return accepted
            ? value
            : throw Bad(key, value.ToString(CultureInfo.InvariantCulture), $"{(positive ? "more than 0" : "0")} up to 1e9");
    }

    public static bool Boolean(ref MessagePackReader reader, string key)
    {
        Expect(ref reader, MessagePackType.Boolean, key, "true or false");
        return reader.ReadBoolean();
    }

    public static string Text(ref MessagePackReader reader, string key) => Encoding.UTF8.GetString(Utf8(ref reader, key));

    /// <summary>One of a few words.</summary>
    /// <returns>Its index.</returns>
    public static int Word(ref MessagePackReader reader, string key, ReadOnlySpan<string> words)
    {
        ReadOnlySpan<byte> found = Utf8(ref reader, key);
        for (int i = 0; i < words.Length; i++)
        {
            if (Ascii.Equals(found, words[i])) return i;
        }

        throw Bad(key, $"'{Topic.Show(found)}'", string.Join(", ", words));
    }

    public static PixelType Dtype(ref MessagePackReader reader) => (PixelType)Word(ref reader, "dtype", PixelTypes.Names.AsSpan());

    public static Guid ScanId(ref MessagePackReader reader)
    {
        ReadOnlySpan<byte> text = Utf8(ref reader, "scan");
        return Utf8Parser.TryParse(text, out Guid id, out int used, 'D') && used == text.Length
            ? id
            : throw Bad("scan", $"'{Topic.Show(text)}'", "a UUID as text, 8-4-4-4-12 hexadecimal digits");
    }

    /// <summary>Opens a map that is the value of <paramref name="key"/>.</summary>
    /// <returns>How many pairs follow.</returns>
    public static int Map(ref MessagePackReader reader, string key)
    {
        Expect(ref reader, MessagePackType.Map, key, "a map");
        return reader.ReadMapHeader();
    }

    /// <summary>Opens an array that is the value of <paramref name="key"/>.</summary>
    /// <returns>How many values follow.</returns>
    public static int Array(ref MessagePackReader reader, string key)
    {
        Expect(ref reader, MessagePackType.Array, key, "an array");
        return reader.ReadArrayHeader();
    }

    /// <summary>A length on each axis, {z, y, x}; µm, greater than zero.</summary>
    public static VoxelSize Microns(ref MessagePackReader reader, string key)
    {
        var keys = new HeaderKeys(AxesZyx, 3, key + ".");
        Span<double> zyx = stackalloc double[3];
        for (int left = Map(ref reader, key); left > 0; left--)
        {
            int axis = keys.Next(ref reader);
            if (axis >= 0) zyx[axis] = Number(ref reader, $"{key}.{AxesZyx[axis]}", positive: true);
        }

        keys.RequireAll();
        return new VoxelSize { ZUm = zyx[0], YUm = zyx[1], XUm = zyx[2] };
    }

    /// <summary>An undersampling on each axis, {z, y, x}.</summary>
    public static Factors Undersampling(ref MessagePackReader reader)
    {
        const string Key = "undersampling";
        var keys = new HeaderKeys(AxesZyx, 3, Key + ".");
        Span<int> zyx = stackalloc int[3];
        for (int left = Map(ref reader, Key); left > 0; left--)
        {
            int axis = keys.Next(ref reader);
            if (axis < 0) continue;
            zyx[axis] = (int)Integer(ref reader, Key, 1, 4);
            if (!Factors.IsSupportedOnAxis(zyx[axis])) throw Bad($"{Key}.{AxesZyx[axis]}", $"{zyx[axis]}", "1, 2 or 4");
        }

        keys.RequireAll();
        return new Factors(zyx[0], zyx[1], zyx[2]);
    }

    public static ReadOnlySpan<byte> Utf8(ref MessagePackReader reader, string key)
    {
        Expect(ref reader, MessagePackType.String, key, "text");
        reader.TryReadStringSpan(out ReadOnlySpan<byte> text);
        return text;
    }

    private static void Expect(ref MessagePackReader reader, MessagePackType type, string key, string accepted)
    {
        MessagePackType found = reader.NextMessagePackType;
        if (found != type) throw Bad(key, found == MessagePackType.Nil ? "nil" : $"of type {found}", accepted);
    }

    private static RefusedException OutOfRange<TValue, TMax>(string key, TValue value, long min, TMax max) =>
        Bad(key, $"{value}", $"an integer from {min} to {max}");
}
