using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MessagePack;

/// <summary>Writes MessagePack values one after another, each in its shortest form. <see cref="Flush"/> after the last.</summary>
public ref struct MessagePackWriter
{
    private readonly IBufferWriter<byte> _writer;

    public MessagePackWriter(IBufferWriter<byte> writer) => _writer = writer;

    /// <summary>Makes what was written visible in the buffer; until then it may or may not be.</summary>
    public void Flush() { }

    public void WriteNil() => WriteCode(MessagePackCode.Nil);

    public void Write(bool value) => WriteCode(value ? MessagePackCode.True : MessagePackCode.False);

    public void Write(int value) => Write((long)value);

    public void Write(long value)
    {
        switch (value)
        {
            case >= 0:
                Write((ulong)value);
                break;
            case >= -32:
                WriteCode((byte)value);
                break;
            case >= sbyte.MinValue:
                WriteNumber(MessagePackCode.Int8, 1, (ulong)value);
                break;
            case >= short.MinValue:
                WriteNumber(MessagePackCode.Int16, 2, (ulong)value);
                break;
            case >= int.MinValue:
                WriteNumber(MessagePackCode.Int32, 4, (ulong)value);
                break;
            default:
                WriteNumber(MessagePackCode.Int64, 8, (ulong)value);
                break;
        }
    }

    public void Write(ulong value)
    {
        switch (value)
        {
            case <= MessagePackCode.MaxFixInt:
                WriteCode((byte)value);
                break;
            case <= byte.MaxValue:
                WriteNumber(MessagePackCode.UInt8, 1, value);
                break;
            case <= ushort.MaxValue:
                WriteNumber(MessagePackCode.UInt16, 2, value);
                break;
            case <= uint.MaxValue:
                WriteNumber(MessagePackCode.UInt32, 4, value);
                break;
            default:
                WriteNumber(MessagePackCode.UInt64, 8, value);
                break;
        }
    }

    public void Write(float value) => WriteNumber(MessagePackCode.Float32, 4, BitConverter.SingleToUInt32Bits(value));

    public void Write(double value) => WriteNumber(MessagePackCode.Float64, 8, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Writes bytes.</summary>
    public void Write(scoped ReadOnlySpan<byte> src)
    {
        switch (src.Length)
        {
            case <= byte.MaxValue:
                WriteNumber(MessagePackCode.Bin8, 1, (ulong)src.Length);
                break;
            case <= ushort.MaxValue:
                WriteNumber(MessagePackCode.Bin16, 2, (ulong)src.Length);
                break;
            default:
                WriteNumber(MessagePackCode.Bin32, 4, (ulong)src.Length);
                break;
        }

        _writer.Write(src);
    }

    /// <summary>Writes text, or nil for none.</summary>
    public void Write(string? value)
    {
        if (value is null)
        {
            WriteNil();
            return;
        }

        int bytes = Encoding.UTF8.GetByteCount(value);
        WriteStringHeader(bytes);
        _writer.Advance(Encoding.UTF8.GetBytes(value, _writer.GetSpan(bytes)));
    }

    /// <summary>Opens an array of <paramref name="count"/> values, to be written next.</summary>
    public void WriteArrayHeader(int count) => WriteCount(
        (uint)count, MessagePackCode.MinFixArray, MessagePackCode.Array16);

    /// <summary>Opens a map of <paramref name="count"/> pairs, to be written next: key, value, key, value.</summary>
    public void WriteMapHeader(int count) => WriteCount((uint)count, MessagePackCode.MinFixMap, MessagePackCode.Map16);

    /// <summary>Opens text of <paramref name="byteCount"/> bytes of UTF-8, to be written next through <see cref="GetSpan"/>.</summary>
    public void WriteStringHeader(int byteCount)
    {
        switch (byteCount)
        {
            case <= 31:
                WriteCode((byte)(MessagePackCode.MinFixStr + byteCount));
                break;
            case <= byte.MaxValue:
                WriteNumber(MessagePackCode.Str8, 1, (ulong)byteCount);
                break;
            case <= ushort.MaxValue:
                WriteNumber(MessagePackCode.Str16, 2, (ulong)byteCount);
                break;
            default:
                WriteNumber(MessagePackCode.Str32, 4, (ulong)byteCount);
                break;
        }
    }

    /// <summary>Room for at least <paramref name="length"/> bytes, taken by <see cref="Advance"/>.</summary>
    public Span<byte> GetSpan(int length) => _writer.GetSpan(length);

    public void Advance(int length) => _writer.Advance(length);

    /// <param name="wide16">The code with a 16-bit count; the one with 32 bits follows it.</param>
    private void WriteCount(uint count, byte minFix, byte wide16)
    {
        switch (count)
        {
            case <= 15:
                WriteCode((byte)(minFix + count));
                break;
            case <= ushort.MaxValue:
                WriteNumber(wide16, 2, count);
                break;
            default:
                WriteNumber((byte)(wide16 + 1), 4, count);
                break;
        }
    }

    private void WriteCode(byte code)
    {
        _writer.GetSpan(1)[0] = code;
        _writer.Advance(1);
    }

    /// <summary>Writes a code and the lowest <paramref name="width"/> bytes of a number, most significant first.</summary>
    private void WriteNumber(byte code, int width, ulong value)
    {
        Span<byte> span = _writer.GetSpan(9);
        span[0] = code;
        BinaryPrimitives.WriteUInt64BigEndian(span[1..], value << (64 - (8 * width)));
        _writer.Advance(1 + width);
    }
}
