using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MessagePack;

/// <summary>Reads MessagePack values one after another. A failed read leaves the position undefined.</summary>
/// <remarks>Every read throws <see cref="EndOfStreamException"/> where the data end inside a value,
/// <see cref="MessagePackSerializationException"/> where a value is of another kind, and <see cref="OverflowException"/>
/// where a number does not fit. Nothing is allocated in proportion to what a header claims.</remarks>
public ref struct MessagePackReader
{
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly ReadOnlySpan<byte> _data;
    private int _at;

    public MessagePackReader(ReadOnlyMemory<byte> memory)
    {
        _memory = memory;
        _data = memory.Span;
    }

    /// <summary>Bytes read so far.</summary>
    public readonly long Consumed => _at;

    public readonly bool End => _at == _data.Length;

    public readonly bool IsNil => NextCode == MessagePackCode.Nil;

    public readonly MessagePackType NextMessagePackType => MessagePackCode.ToMessagePackType(NextCode);

    public readonly byte NextCode => _at < _data.Length ? _data[_at] : throw new EndOfStreamException();

    /// <summary>A second reader at the same position; moving it does not move this one.</summary>
    public readonly MessagePackReader CreatePeekReader() => this;

    public bool TryReadNil()
    {
        if (!IsNil) return false;
        _at++;
        return true;
    }

    public bool ReadBoolean()
    {
        byte code = Take(1)[0];
        return code switch
        {
            MessagePackCode.True => true,
            MessagePackCode.False => false,
            _ => throw Unexpected(code),
        };
    }

    /// <summary>Reads an integer of any width.</summary>
    public int ReadInt32() => checked((int)ReadInt64());

    /// <inheritdoc cref="ReadInt32"/>
    public long ReadInt64()
    {
        byte code = Take(1)[0];
        return code switch
        {
            <= MessagePackCode.MaxFixInt => code,
            >= MessagePackCode.MinNegativeFixInt => (sbyte)code,
            MessagePackCode.Int8 => (sbyte)Take(1)[0],
            MessagePackCode.Int16 => BinaryPrimitives.ReadInt16BigEndian(Take(2)),
            MessagePackCode.Int32 => BinaryPrimitives.ReadInt32BigEndian(Take(4)),
            MessagePackCode.Int64 => BinaryPrimitives.ReadInt64BigEndian(Take(8)),
            _ => checked((long)ReadUnsigned(code)),
        };
    }

    /// <inheritdoc cref="ReadInt32"/>
    public ulong ReadUInt64()
    {
        byte code = NextCode;
        if (code is >= MessagePackCode.UInt8 and <= MessagePackCode.UInt64)
        {
            _at++;
            return ReadUnsigned(code);
        }

        return checked((ulong)ReadInt64());
    }

    /// <summary>Reads a number of any kind, integers included.</summary>
    public double ReadDouble()
    {
        byte code = NextCode;
        switch (code)
        {
            case MessagePackCode.Float32:
                _at++;
                return BinaryPrimitives.ReadSingleBigEndian(Take(4));
            case MessagePackCode.Float64:
                _at++;
                return BinaryPrimitives.ReadDoubleBigEndian(Take(8));
            case MessagePackCode.UInt64:
                return ReadUInt64();
            default:
                return ReadInt64();
        }
    }

    /// <summary>Reads how many pairs follow.</summary>
    /// <exception cref="EndOfStreamException">Also where the rest is too short for that many.</exception>
    public int ReadMapHeader() => ReadCount(
        MessagePackCode.MinFixMap, MessagePackCode.MaxFixMap, MessagePackCode.Map16, leastBytesEach: 2);

    /// <summary>Reads how many values follow.</summary>
    /// <exception cref="EndOfStreamException">Also where the rest is too short for that many.</exception>
    public int ReadArrayHeader() => ReadCount(
        MessagePackCode.MinFixArray, MessagePackCode.MaxFixArray, MessagePackCode.Array16, leastBytesEach: 1);

    /// <summary>Reads text as the UTF-8 it is made of; false for nil, which is not consumed.</summary>
    /// <param name="span">Part of the data being read.</param>
    public bool TryReadStringSpan(out ReadOnlySpan<byte> span)
    {
        if (IsNil)
        {
            span = default;
            return false;
        }

        byte code = Take(1)[0];
        span = Take(TryStringLength(code, out int length) ? length : throw Unexpected(code));
        return true;
    }

    /// <summary>Reads text or nil.</summary>
    public string? ReadString()
    {
        if (TryReadNil()) return null;
        TryReadStringSpan(out ReadOnlySpan<byte> utf8);
        return Encoding.UTF8.GetString(utf8);
    }

    /// <summary>Reads bytes, or text as bytes, or nil.</summary>
    /// <returns>Part of the data being read.</returns>
    public ReadOnlySequence<byte>? ReadBytes()
    {
        if (TryReadNil()) return null;
        byte code = Take(1)[0];
        if (!TryBinaryLength(code, out int length) && !TryStringLength(code, out length)) throw Unexpected(code);
        Take(length);
        return new ReadOnlySequence<byte>(_memory.Slice(_at - length, length));
    }

    /// <summary>Passes over one value of any kind, with all it contains, and returns its encoding.</summary>
    public ReadOnlySequence<byte> ReadRaw()
    {
        int start = _at;
        Skip();
        return new ReadOnlySequence<byte>(_memory[start.._at]);
    }

    /// <summary>Passes over one value of any kind, with all it contains, however deep.</summary>
    public void Skip()
    {
        for (long left = 1; left > 0; left--)
        {
            byte code = NextCode;
            switch (MessagePackCode.ToMessagePackType(code))
            {
                case MessagePackType.Integer:
                    ReadUInt64OrInt64(code);
                    break;
                case MessagePackType.Nil or MessagePackType.Boolean:
                    _at++;
                    break;
                case MessagePackType.Float:
                    Take(code == MessagePackCode.Float32 ? 5 : 9);
                    break;
                case MessagePackType.String or MessagePackType.Binary:
                    ReadBytes();
                    break;
                case MessagePackType.Array:
                    left += ReadArrayHeader();
                    break;
                case MessagePackType.Map:
                    left += 2L * ReadMapHeader();
                    break;
                case MessagePackType.Extension:
                    _at++;
                    Take(ReadExtensionLength(code) + 1); // its type's number comes first
                    break;
                default:
                    throw Unexpected(code);
            }
        }
    }

    private static MessagePackSerializationException Unexpected(byte code) =>
        new($"Unexpected msgpack code {code} ({MessagePackCode.ToMessagePackType(code)}) encountered.");

    private void ReadUInt64OrInt64(byte code)
    {
        if (code == MessagePackCode.UInt64) ReadUInt64();
        else ReadInt64();
    }

    private ulong ReadUnsigned(byte code) => code switch
    {
        MessagePackCode.UInt8 => Take(1)[0],
        MessagePackCode.UInt16 => BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
        MessagePackCode.UInt32 => BinaryPrimitives.ReadUInt32BigEndian(Take(4)),
        MessagePackCode.UInt64 => BinaryPrimitives.ReadUInt64BigEndian(Take(8)),
        _ => throw Unexpected(code),
    };

    /// <param name="wide16">The code with a 16-bit count; the one with 32 bits follows it.</param>
    private int ReadCount(byte minFix, byte maxFix, byte wide16, int leastBytesEach)
    {
        byte code = Take(1)[0];
        int count = code >= minFix && code <= maxFix ? code - minFix
            : code == wide16 ? BinaryPrimitives.ReadUInt16BigEndian(Take(2))
            : code == wide16 + 1 ? Length32()
            : throw Unexpected(code);
        return (long)count * leastBytesEach <= _data.Length - _at ? count : throw new EndOfStreamException();
    }

    private bool TryStringLength(byte code, out int length)
    {
        length = code switch
        {
            >= MessagePackCode.MinFixStr and <= MessagePackCode.MaxFixStr => code - MessagePackCode.MinFixStr,
            MessagePackCode.Str8 => Take(1)[0],
            MessagePackCode.Str16 => BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
            MessagePackCode.Str32 => Length32(),
            _ => -1,
        };
        return length >= 0;
    }

    private bool TryBinaryLength(byte code, out int length)
    {
        length = code switch
        {
            MessagePackCode.Bin8 => Take(1)[0],
            MessagePackCode.Bin16 => BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
            MessagePackCode.Bin32 => Length32(),
            _ => -1,
        };
        return length >= 0;
    }

    private int ReadExtensionLength(byte code) => code switch
    {
        MessagePackCode.Ext8 => Take(1)[0],
        MessagePackCode.Ext16 => BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
        MessagePackCode.Ext32 => Length32(),
        _ => 1 << (code - MessagePackCode.FixExt1),
    };

    /// <summary>A length that no data can have is met like any other that goes beyond the end.</summary>
    private int Length32()
    {
        uint length = BinaryPrimitives.ReadUInt32BigEndian(Take(4));
        return length < int.MaxValue ? (int)length : throw new EndOfStreamException();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _data.Length - _at) throw new EndOfStreamException();
        ReadOnlySpan<byte> taken = _data.Slice(_at, count);
        _at += count;
        return taken;
    }
}
