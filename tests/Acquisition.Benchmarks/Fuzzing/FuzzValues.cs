using System.Buffers;
using System.Buffers.Binary;

namespace Acquisition.Benchmarks.Fuzzing;

/// <summary>MessagePack of every kind, whole or lying about its length. Written byte by byte from the format's description, not with the
/// writer of the code under test.</summary>
internal sealed class FuzzValues(Random random)
{
    private static readonly long[] Integers =
    [
        0, 1, -1, 2, 3, 4, 5, 31, 32, 64, 65, 127, 128, 255, 256, 32_768, 32_769, 65_535, 65_536, int.MaxValue, int.MaxValue + 1L, uint.MaxValue, uint.MaxValue + 1L,
        long.MaxValue, long.MinValue, int.MinValue, -128, -129, -32_769,
    ];

    private static readonly double[] Numbers = [0, -0.0, 1e-300, 0.5, 1, 1e9, 1.0000001e9, 1e300, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon];

    private static readonly string[] Words =
    [
        "", "v", "kind", "scan", "seq", "t_ns", "shape", "dtype", "nbytes", "index", "user", "start", "frame", "end", "uint8", "uint16", "float32", "completed", "other",
        "6f2b1a54-0c1e-4d6b-9f35-0123456789ab", "6F2B1A54-0C1E-4D6B-9F35-0123456789AB ", "t", "c", "z", "y", "x", "\u0000", "\uD83D\uDD2C", "<script>", "µ",
    ];

    /// <summary>Codes whose length follows: str, bin, ext, array and map, of one, two and four bytes.</summary>
    private static readonly byte[] Long = [0xd9, 0xda, 0xdb, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xdc, 0xdd, 0xde, 0xdf];

    private readonly byte[] _noise = new byte[256];

    /// <summary>Appends one value.</summary>
    /// <param name="depth">Levels that it may have below it.</param>
    public void Write(ArrayBufferWriter<byte> to, int depth)
    {
        switch (random.Next(depth > 0 ? 14 : 11))
        {
            case 0:
                Byte(to, (byte)random.Next(256)); // also what begins a value and lacks the rest
                break;
            case 1:
                Byte(to, (byte)(0xc0 + random.Next(4))); // nil, the code that is none, false, true
                break;
            case 2 or 3:
                Integer(to);
                break;
            case 4:
                Byte(to, 0xcb);
                BinaryPrimitives.WriteDoubleBigEndian(to.GetSpan(8), Numbers[random.Next(Numbers.Length)]);
                to.Advance(8);
                break;
            case 5:
                Byte(to, 0xca);
                BinaryPrimitives.WriteSingleBigEndian(to.GetSpan(4), (float)Numbers[random.Next(Numbers.Length)]);
                to.Advance(4);
                break;
            case 6 or 7:
                Text(to, Words[random.Next(Words.Length)]);
                break;
            case 8:
                Noise(to, random.Next(_noise.Length));
                break;
            case 9:
                Lie(to);
                break;
            case 10:
                Byte(to, (byte)(0xd4 + random.Next(5))); // an extension of 1, 2, 4, 8 or 16 bytes
                Raw(to, 1 + (1 << random.Next(5)));
                break;
            case 11:
                Nest(to, random.Next(1, 3 * depth));
                break;
            default:
                Collection(to, depth - 1);
                break;
        }
    }

    public static void Text(ArrayBufferWriter<byte> to, string text)
    {
        int bytes = System.Text.Encoding.UTF8.GetByteCount(text);
        Byte(to, 0xd9);
        Byte(to, (byte)bytes);
        System.Text.Encoding.UTF8.GetBytes(text, to.GetSpan(bytes));
        to.Advance(bytes);
    }

    /// <summary>A length that no message has behind it.</summary>
    public void Lie(ArrayBufferWriter<byte> to)
    {
        Byte(to, Long[random.Next(Long.Length)]);
        Span<byte> length = to.GetSpan(4);
        random.NextBytes(length[..4]);
        if (random.Next(2) == 0) length[..4].Fill(0xff);
        if (random.Next(4) == 0) length[0] = 0x7f;
        to.Advance(4);
    }

    /// <summary>Arrays or maps of one value inside each other.</summary>
    public void Nest(ArrayBufferWriter<byte> to, int levels)
    {
        bool isMap = random.Next(2) == 0;
        for (int level = 0; level < levels; level++)
        {
            Byte(to, isMap ? (byte)0x81 : (byte)0x91);
            if (isMap) Byte(to, 0xa0);
        }

        Byte(to, 0x00);
    }

    private void Collection(ArrayBufferWriter<byte> to, int depth)
    {
        int count = random.Next(5);
        bool isMap = random.Next(2) == 0;
        int claimed = random.Next(8) == 0 ? random.Next(16) : count;
        Byte(to, (byte)((isMap ? 0x80 : 0x90) | claimed));
        for (int i = 0; i < count; i++)
        {
            if (isMap && random.Next(8) > 0) Text(to, Words[random.Next(Words.Length)]);
            else if (isMap) Write(to, 0);
            Write(to, depth);
        }
    }

    private void Integer(ArrayBufferWriter<byte> to)
    {
        long value = random.Next(4) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : Integers[random.Next(Integers.Length)];
        if (value is >= 0 and <= 127 && random.Next(2) == 0)
        {
            Byte(to, (byte)value);
            return;
        }

        Byte(to, random.Next(2) == 0 ? (byte)0xd3 : (byte)0xcf); // the same bits with and without a sign
        BinaryPrimitives.WriteInt64BigEndian(to.GetSpan(8), value);
        to.Advance(8);
    }

    /// <summary>Text or bytes of anything.</summary>
    private void Noise(ArrayBufferWriter<byte> to, int bytes)
    {
        Byte(to, random.Next(2) == 0 ? (byte)0xd9 : (byte)0xc4);
        Byte(to, (byte)bytes);
        Raw(to, bytes);
    }

    private void Raw(ArrayBufferWriter<byte> to, int bytes)
    {
        random.NextBytes(_noise);
        to.Write(_noise.AsSpan(0, bytes));
    }

    private static void Byte(ArrayBufferWriter<byte> to, byte value)
    {
        to.GetSpan(1)[0] = value;
        to.Advance(1);
    }
}
