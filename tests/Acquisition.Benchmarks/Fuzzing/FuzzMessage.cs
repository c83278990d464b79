namespace Acquisition.Benchmarks.Fuzzing;

/// <summary>A message to be judged, in buffers that serve the next one too.</summary>
internal sealed class FuzzMessage
{
    /// <summary>What headers and topics may grow to: beyond what the protocol accepts, so that this is tried.</summary>
    public const int LargestHeader = 80_000;

    private static readonly byte[] Zeros = new byte[1 << 20];

    private readonly byte[] _topic = new byte[LargestHeader];
    private readonly byte[] _header = new byte[LargestHeader];
    private int _topicBytes;
    private int _headerBytes;

    /// <summary>Parts that the message claims to have.</summary>
    public int Parts { get; set; }

    /// <summary>Bytes of pixels, all zero: the judge looks at how many there are.</summary>
    public int PixelBytes { get; set => field = Math.Clamp(value, 0, Zeros.Length); }

    public ReadOnlySpan<byte> Pixels => Zeros.AsSpan(0, PixelBytes);

    public Span<byte> Topic => _topic.AsSpan(0, _topicBytes);

    public Span<byte> Header => _header.AsSpan(0, _headerBytes);

    public void SetTopic(ReadOnlySpan<byte> bytes) => _topicBytes = Set(_topic, bytes);

    public void SetHeader(ReadOnlySpan<byte> bytes) => _headerBytes = Set(_header, bytes);

    public void Set(FuzzMessage other)
    {
        SetTopic(other.Topic);
        SetHeader(other.Header);
        (Parts, PixelBytes) = (other.Parts, other.PixelBytes);
    }

    /// <summary>Replaces a piece of the header by another one; what does not fit is cut off.</summary>
    public void Splice(int at, int removed, ReadOnlySpan<byte> inserted)
    {
        inserted = inserted[..Math.Min(inserted.Length, LargestHeader - at)];
        int tail = Math.Min(_headerBytes - at - removed, LargestHeader - at - inserted.Length);
        _header.AsSpan(at + removed, tail).CopyTo(_header.AsSpan(at + inserted.Length));
        inserted.CopyTo(_header.AsSpan(at));
        _headerBytes = at + inserted.Length + tail;
    }

    /// <summary>For a report: enough to make the message again.</summary>
    public override string ToString() =>
        $"{Parts} parts, topic {Convert.ToHexString(Topic)}, header {Convert.ToHexString(Header)}, {PixelBytes} bytes of pixels";

    private static int Set(byte[] buffer, ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, buffer.Length)];
        bytes.CopyTo(buffer);
        return bytes.Length;
    }
}
