using System.Buffers;
using Acquisition.Transport;
using MessagePack;

namespace Acquisition.Benchmarks.Fuzzing;

/// <summary>Makes one message after another out of good ones, the same for the same seed.</summary>
/// <remarks>Half of the changes know the form of a message (keys, values, lengths, levels), the others only bytes. What was accepted
/// although it had been changed is changed again, so changes add up.</remarks>
internal sealed class MessageMutator
{
    private const int Kept = 256;

    private static readonly byte[] TellingBytes = [0x00, 0x7f, 0x80, 0x81, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xc6, 0xc9, 0xca, 0xcb, 0xcf, 0xd3, 0xd8, 0xdb, 0xdd, 0xdf, 0xff];

    /// <summary>Values that are longer in JSON: a line separator, a control character, false.</summary>
    private static readonly byte[][] Long = [[0xa3, 0xe2, 0x80, 0xa8], [0xa1, 0x01], [0xc2]];

    private static readonly string[] Topics =
        ["", "acq", "acq.", "acq..frame", "acq.cam.", "acq.cam.frame", "acq.cam.start", "acq.cam.end", "acq.cam.volume", "acq.cam.status", "acq.CAM.frame", "acq.cam.frame.frame", "zzz.cam.frame"];

    private readonly Random _random;
    private readonly FuzzValues _values;
    private readonly ArrayBufferWriter<byte> _scratch = new(1 << 17);
    private readonly FuzzMessage[] _seeds;
    private readonly FuzzMessage[] _accepted = new FuzzMessage[Kept];
    private long _acceptedCount;

    /// <summary>Where pairs of the header begin, and at the end where the last one ends.</summary>
    private readonly List<(int Key, int Value)> _pairs = [];

    public MessageMutator(int seed, IReadOnlyList<WireMessage> seeds)
    {
        _random = new Random(seed);
        _values = new FuzzValues(_random);
        _seeds = [.. seeds.Select(ToMessage)];
    }

    public FuzzMessage Message { get; } = new();

    /// <summary>Makes the next message.</summary>
    public void Next()
    {
        FuzzMessage origin = _acceptedCount > 0 && _random.Next(4) == 0
            ? _accepted[_random.NextInt64(Math.Min(_acceptedCount, Kept))]
            : _seeds[_random.Next(_seeds.Length)];
        Message.Set(origin);
        int changes = _random.Next(32) == 0 ? 0 : 1 + _random.Next(4) * _random.Next(2);
        for (int i = 0; i < changes; i++) Change();
    }

    /// <summary>Remembers the message as one that was accepted.</summary>
    public void Keep()
    {
        if (Message.Header.Length > 4096) return; // small ones are quicker, and as good
        (_accepted[_acceptedCount % Kept] ??= new FuzzMessage()).Set(Message);
        _acceptedCount++;
    }

    private void Change()
    {
        int length = Message.Header.Length, at = length == 0 ? 0 : _random.Next(length);
        switch (_random.Next(18))
        {
            case 0 when length > 0:
                Message.Header[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when length > 0:
                Message.Header[at] = TellingBytes[_random.Next(TellingBytes.Length)];
                break;
            case 2:
                Message.Splice(at, length - at, []); // cut off
                break;
            case 3:
                Message.Splice(at, Math.Min(_random.Next(16), length - at), []);
                break;
            case 4:
                Message.Splice(at, 0, Value(depth: 2));
                break;
            case 5:
                FuzzMessage other = _seeds[_random.Next(_seeds.Length)];
                Message.Splice(at, length - at, other.Header[_random.Next(other.Header.Length)..]);
                break;
            case 6:
                Message.SetTopic(System.Text.Encoding.ASCII.GetBytes(Topics[_random.Next(Topics.Length)]));
                break;
            case 7 when Message.Topic.Length > 0:
                Message.Topic[_random.Next(Message.Topic.Length)] ^= (byte)(1 << _random.Next(8));
                break;
            case 8:
                Message.Parts = _random.Next(6);
                break;
            case 9:
                Message.PixelBytes = _random.Next(3) switch { 0 => _random.Next(64), 1 => 1 << _random.Next(21), _ => Message.PixelBytes + _random.Next(-1, 2) };
                break;
            case 10 when _random.Next(64) == 0:
                Grow();
                break;
            default:
                ChangePair();
                break;
        }
    }

    /// <summary>Exchanges, repeats, drops or adds a pair of the header's map, or lies about their number.</summary>
    private void ChangePair()
    {
        if (!TryFindPairs())
        {
            Message.Splice(0, Math.Min(1, Message.Header.Length), Value(depth: 1));
            return;
        }

        int count = _pairs.Count - 1, chosen = _random.Next(Math.Max(1, count));
        if (count == 0 || _random.Next(8) == 0)
        {
            Add(Pair());
            return;
        }

        (int key, int value) = _pairs[chosen];
        int end = _pairs[chosen + 1].Key;
        switch (_random.Next(6))
        {
            case 0:
                Message.Splice(key, end - key, []);
                SetCount(count - 1);
                break;
            case 1:
                Add(Message.Header[key..end].ToArray()); // the same key twice
                break;
            case 2:
                Message.Splice(key, value - key, Value(depth: 0));
                break;
            case 3:
                SetCount(_random.Next(16));
                break;
            default:
                Message.Splice(value, end - value, Value(depth: _random.Next(4)));
                break;
        }
    }

    /// <summary>Makes the header about as large, or as deep, as is accepted, or more.</summary>
    private void Grow()
    {
        _scratch.ResetWrittenCount();
        FuzzValues.Text(_scratch, _random.Next(2) == 0 ? "user" : "else");
        if (_random.Next(2) == 0)
        {
            _values.Nest(_scratch, _random.Next(30_000));
        }
        else
        {
            byte[] item = Long[_random.Next(Long.Length)];
            int items = _random.Next(1, Math.Min(80_000 / item.Length, ushort.MaxValue));
            _scratch.Write<byte>([0x81, 0xa1, (byte)'a', 0xdc, (byte)(items >> 8), (byte)items]);
            for (int i = 0; i < items; i++) _scratch.Write<byte>(item);
        }

        Add(_scratch.WrittenSpan.ToArray());
    }

    private void Add(ReadOnlySpan<byte> pair)
    {
        if (!TryFindPairs()) return;
        Message.Splice(_pairs[_random.Next(_pairs.Count)].Key, 0, pair);
        SetCount(_pairs.Count);
    }

    /// <summary>The header's map with another count; one of two bytes, so that any fits.</summary>
    private void SetCount(int count)
    {
        if (Message.Header.Length == 0) return;
        int old = Message.Header[0] == 0xde ? 3 : 1;
        Message.Splice(0, Math.Min(old, Message.Header.Length), [0xde, (byte)(count >> 8), (byte)count]);
    }

    private bool TryFindPairs()
    {
        _pairs.Clear();
        try
        {
            var reader = new MessagePackReader(Message.Header.ToArray());
            int count = reader.ReadMapHeader();
            for (int i = 0; i < count; i++)
            {
                int key = (int)reader.Consumed;
                reader.Skip();
                _pairs.Add((key, (int)reader.Consumed));
                reader.Skip();
            }

            _pairs.Add(((int)reader.Consumed, (int)reader.Consumed));
            return true;
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException or OverflowException)
        {
            return false;
        }
    }

    private ReadOnlySpan<byte> Pair()
    {
        _scratch.ResetWrittenCount();
        _values.Write(_scratch, 0);
        _values.Write(_scratch, 3);
        return _scratch.WrittenSpan;
    }

    private ReadOnlySpan<byte> Value(int depth)
    {
        _scratch.ResetWrittenCount();
        _values.Write(_scratch, depth);
        return _scratch.WrittenSpan;
    }

    private static FuzzMessage ToMessage(WireMessage seed)
    {
        var message = new FuzzMessage { Parts = seed.Parts.Count, PixelBytes = seed.Parts.Count > 2 ? seed.Parts[2].Length : 0 };
        message.SetTopic(seed.Parts[0].Span);
        message.SetHeader(seed.Parts[1].Span);
        return message;
    }
}
