using System.Buffers;
using Acquisition.Core;
using Acquisition.Transport.Wire;
using MessagePack;

namespace Acquisition.Transport;

/// <summary>One message as it lies on the wire, good or bad: for recording, replaying and falsifying what a source sends.</summary>
/// <remarks>Immutable as far as the memory that it was given is.</remarks>
public sealed partial class WireMessage
{
    /// <param name="parts">At least one.</param>
    public WireMessage(params ReadOnlyMemory<byte>[] parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Length == 0) throw new ArgumentException("A message has at least one part.", nameof(parts));
        Parts = parts;
    }

    /// <summary>Topic, header and pixels of a frame; topic and header of what else a source sends; anything in a bad message.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Parts { get; }

    public long Bytes => Parts.Sum(part => (long)part.Length);

    /// <summary>The announcement of a scan; its time on the wire is <see cref="ScanPlan.AnnouncedUnixNs"/>.</summary>
    /// <exception cref="ArgumentException">The stream's name or the user map cannot be sent.</exception>
    public static WireMessage Start(ScanPlan plan, ulong sequence, bool repeat)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var header = new ArrayBufferWriter<byte>(512);
        var writer = new MessagePackWriter(header);
        SourceEncoder.Start(ref writer, plan, sequence, repeat);
        writer.Flush();
        return new WireMessage(Topic.Format(plan.Stream, MessageKind.Start), header.WrittenMemory);
    }

    /// <param name="pixels">(y, x), little-endian; not copied.</param>
    /// <exception cref="ArgumentException">The stream's name cannot be sent.</exception>
    public static WireMessage Frame(string stream, in FrameHeader frame, ReadOnlyMemory<byte> pixels)
    {
        var header = new ArrayBufferWriter<byte>(512);
        var writer = new MessagePackWriter(header);
        SourceEncoder.Frame(ref writer, frame, pixels.Length);
        writer.Flush();
        return new WireMessage(Topic.Format(stream, MessageKind.Frame), header.WrittenMemory, pixels);
    }

    /// <summary>The end of a scan, made now.</summary>
    /// <exception cref="ArgumentException">The stream's name cannot be sent.</exception>
    public static WireMessage End(string stream, ScanEnd end)
    {
        ArgumentNullException.ThrowIfNull(end);
        var header = new ArrayBufferWriter<byte>(256);
        var writer = new MessagePackWriter(header);
        SourceEncoder.End(ref writer, end, UnixTime.NowNs());
        writer.Flush();
        return new WireMessage(Topic.Format(stream, MessageKind.End), header.WrittenMemory);
    }

    /// <summary>The same bytes in memory of their own.</summary>
    public WireMessage Copy() => new([.. Parts.Select(part => new ReadOnlyMemory<byte>(part.ToArray()))]);
}
