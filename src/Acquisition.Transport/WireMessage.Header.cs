using System.Buffers;
using System.Text;
using Acquisition.Core;
using Acquisition.Transport.Wire;
using MessagePack;

namespace Acquisition.Transport;

/// <content>What a message says of itself, and the same message saying something else.</content>
public sealed partial class WireMessage
{
    /// <summary>Whether the topic calls the message a start.</summary>
    public bool IsStart => Kind == MessageKind.Start;

    /// <summary>Whether the topic calls the message a frame.</summary>
    public bool IsFrame => Kind == MessageKind.Frame;

    /// <summary>Whether the topic calls the message an end.</summary>
    public bool IsEnd => Kind == MessageKind.End;

    /// <summary>The stream's name in the topic; <see langword="null"/> where there is none.</summary>
    public string? Stream
    {
        get
        {
            try
            {
                Topic.Parse(Parts[0].Span, out ReadOnlySpan<byte> stream);
                return Encoding.ASCII.GetString(stream);
            }
            catch (RefusedException)
            {
                return null;
            }
        }
    }

    /// <summary>Scan and number of the message, as far as its header can be read.</summary>
    public MessageId? Id => Parts.Count > 1 ? HeaderDecoder.Identify(Parts[1]) : null;

    /// <summary>What a frame says of itself; <see langword="null"/> for any other message and a header that cannot be read.</summary>
    public FrameHeader? FrameHeader
    {
        get
        {
            if (!IsFrame || Parts.Count < 2) return null;
            try
            {
                HeaderOutline.Check(Parts[1]);
                return HeaderDecoder.Frame(Parts[1], out _);
            }
            catch (RefusedException)
            {
                return null;
            }
        }
    }

    private MessageKind? Kind
    {
        get
        {
            try
            {
                return Topic.Parse(Parts[0].Span, out _);
            }
            catch (RefusedException)
            {
                return null;
            }
        }
    }

    /// <summary>The message with another number in its header.</summary>
    /// <param name="key">"nbytes", or "index.z" inside a map.</param>
    /// <returns>This message where the header cannot be read or has no such key.</returns>
    public WireMessage With(string key, long value)
    {
        var encoded = new ArrayBufferWriter<byte>(16);
        var writer = new MessagePackWriter(encoded);
        writer.Write(value);
        writer.Flush();
        return With(key, encoded.WrittenSpan);
    }

    /// <inheritdoc cref="With(string, long)"/>
    /// <summary>The message with another flag in its header.</summary>
    public WireMessage With(string key, bool value)
    {
        var encoded = new ArrayBufferWriter<byte>(1);
        var writer = new MessagePackWriter(encoded);
        writer.Write(value);
        writer.Flush();
        return With(key, encoded.WrittenSpan);
    }

    /// <summary>The message of another scan.</summary>
    /// <returns>This message where the header cannot be read or names no scan.</returns>
    public WireMessage WithScan(Guid scanId)
    {
        var encoded = new ArrayBufferWriter<byte>(64);
        var writer = new MessagePackWriter(encoded);
        writer.Write(scanId.ToString());
        writer.Flush();
        return With("scan", encoded.WrittenSpan);
    }

    /// <summary>The message with another header, also one that nobody can read.</summary>
    /// <exception cref="InvalidOperationException">It has no header.</exception>
    public WireMessage WithHeader(ReadOnlyMemory<byte> header) => WithPart(1, header);

    /// <summary>The message with another third part.</summary>
    /// <exception cref="InvalidOperationException">It has no third part.</exception>
    public WireMessage WithPixels(ReadOnlyMemory<byte> pixels) => WithPart(2, pixels);

    private WireMessage WithPart(int part, ReadOnlyMemory<byte> bytes)
    {
        if (part >= Parts.Count) throw new InvalidOperationException($"The message has {Parts.Count} part(s); part {part} is to be replaced.");
        ReadOnlyMemory<byte>[] parts = [.. Parts];
        parts[part] = bytes;
        return new WireMessage(parts);
    }

    private WireMessage With(string key, ReadOnlySpan<byte> encoded) =>
        Parts.Count > 1 && HeaderPatch.Replace(Parts[1], key, encoded) is { } header ? WithHeader(header) : this;
}
