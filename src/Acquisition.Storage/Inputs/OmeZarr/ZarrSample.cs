using System.Buffers.Binary;
using System.Globalization;
using Acquisition.Core;

namespace Acquisition.Storage.Inputs.OmeZarr;

/// <summary>How samples are stored, and the one that stands where nothing is.</summary>
/// <param name="Fill">The fill value, little-endian.</param>
internal sealed record ZarrSample(PixelType Type, byte[] Fill)
{
    public int Bytes => Type.Bytes();

    public void FillWith(Span<byte> samples)
    {
        if (Fill.AsSpan().IndexOfAnyExcept((byte)0) < 0)
        {
            samples.Clear();
            return;
        }

        Fill.CopyTo(samples);
        // Doubling what is filled already.
        for (int done = Fill.Length; done < samples.Length; done *= 2)
            samples[..Math.Min(done, samples.Length - done)].CopyTo(samples[done..]);
    }

    /// <exception cref="DataFormatException">The fill value is none of the type.</exception>
    public static ZarrSample Parse(PixelType type, JsonPlace? fill)
    {
        var bytes = new byte[type.Bytes()];
        if (fill is not { IsNull: false } value) return new(type, bytes);
        if (type == PixelType.Float32)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, FloatBits(value));
            return new(type, bytes);
        }

        if (value.NumberOrNull is not { } number || number != Math.Floor(number) || number < 0 || number > type.MaxValue())
            throw value.Fault($"a whole number from 0 to {type.MaxValue():0}");
        if (type == PixelType.UInt8) bytes[0] = (byte)number;
        else BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)number);
        return new(type, bytes);
    }

    private static uint FloatBits(JsonPlace value)
    {
        if (value.NumberOrNull is { } number) return BitConverter.SingleToUInt32Bits((float)number);
        string? text = value.TextOrNull;
        if (text?.StartsWith("0x", StringComparison.Ordinal) == true
            && uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint bits)) return bits;
        return text switch
        {
            "NaN" => 0x7FC0_0000,
            "Infinity" => BitConverter.SingleToUInt32Bits(float.PositiveInfinity),
            "-Infinity" => BitConverter.SingleToUInt32Bits(float.NegativeInfinity),
            _ => throw value.Fault("a number, \"NaN\", \"Infinity\", \"-Infinity\" or the bits as \"0x7fc00000\""),
        };
    }
}
