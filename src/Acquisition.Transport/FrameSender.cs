using System.Buffers;
using Acquisition.Core;
using Acquisition.Transport.Sockets;
using Acquisition.Transport.Wire;
using MessagePack;
using NetMQ;
using NetMQ.Sockets;

namespace Acquisition.Transport;

/// <summary>The microscope's side of the wire, for simulators and microscopes programmed in C#.</summary>
/// <remarks>Use it from one thread at a time. Nothing is checked that a receiver would refuse, so that a simulator can send
/// faults; sending a frame allocates nothing once its stream is known.</remarks>
public sealed class FrameSender : IDisposable
{
    private readonly OpenSocket _socket;
    private readonly ArrayBufferWriter<byte> _header = new(1024);
    private string? _frameStream;
    private byte[] _frameTopic = [];

    /// <exception cref="TransportException">The address cannot be had; the message says why and what to do.</exception>
    public FrameSender(SenderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _socket = OpenSocket.Open<NetMQSocket>(
            () => options.Pattern == SocketPattern.PushPull ? new PushSocket() : new PublisherSocket(),
            socket =>
            {
                socket.Options.SendHighWatermark = options.HighWaterMark;
                socket.Options.MaxMsgSize = OpenSocket.SendersMaxMessageBytes;
                socket.Options.Linger = options.Linger;
            },
            options.Address,
            options.Bind,
            options.Security,
            (message, cause) => new TransportException(message, cause));
    }

    /// <summary>The address receivers connect to, with the port that was picked.</summary>
    public string BoundAddress => _socket.BoundAddress;

    /// <summary>Receivers that were not let in for their keys, each try counted.</summary>
    public long RefusedClients => _socket.RefusedClients;

    /// <summary>Announces a scan; its time on the wire is <see cref="ScanPlan.AnnouncedUnixNs"/>.</summary>
    /// <returns>False when the receiver did not take it in time; nothing was sent then.</returns>
    /// <exception cref="ArgumentException">The stream's name or the user map cannot be sent.</exception>
    public bool TrySendStart(ScanPlan plan, ulong sequence, bool repeat, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(plan);
        MessagePackWriter writer = NewHeader();
        SourceEncoder.Start(ref writer, plan, sequence, repeat);
        writer.Flush();
        return TrySendRaw(Topic.Format(plan.Stream, MessageKind.Start), _header.WrittenSpan, default, timeout);
    }

    /// <param name="pixels">The frame, (y, x), little-endian; copied before the call returns.</param>
    /// <returns>False when the receiver did not take it in time; nothing was sent then.</returns>
    /// <exception cref="ArgumentException">The stream's name cannot be sent, or there are no pixels.</exception>
    public bool TrySendFrame(string stream, in FrameHeader header, ReadOnlySpan<byte> pixels, TimeSpan timeout)
    {
        if (pixels.IsEmpty) throw new ArgumentException("A frame has at least one pixel.", nameof(pixels));
        if (stream != _frameStream)
        {
            _frameTopic = Topic.Format(stream, MessageKind.Frame);
            _frameStream = stream;
        }

        MessagePackWriter writer = NewHeader();
        SourceEncoder.Frame(ref writer, header, pixels.Length);
        writer.Flush();
        return TrySendRaw(_frameTopic, _header.WrittenSpan, pixels, timeout);
    }

    /// <summary>Closes a scan.</summary>
    /// <returns>False when the receiver did not take it in time; nothing was sent then.</returns>
    /// <exception cref="ArgumentException">The stream's name cannot be sent.</exception>
    public bool TrySendEnd(string stream, ScanEnd end, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(end);
        MessagePackWriter writer = NewHeader();
        SourceEncoder.End(ref writer, end, UnixTime.NowNs());
        writer.Flush();
        return TrySendRaw(Topic.Format(stream, MessageKind.End), _header.WrittenSpan, default, timeout);
    }

    /// <summary>Sends parts as they are, for injecting faults.</summary>
    /// <param name="pixels">Empty: the message has two parts.</param>
    /// <returns>False when the receiver did not take it in time; nothing was sent then.</returns>
    public bool TrySendRaw(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> header, ReadOnlySpan<byte> pixels, TimeSpan timeout)
    {
        Msg pixelPart = pixels.IsEmpty ? default : OpenSocket.Copy(pixels);
        return _socket.TrySend(topic, header, ref pixelPart, timeout);
    }

    /// <summary>Sends a message as it is.</summary>
    /// <returns>False when the receiver did not take it in time; nothing was sent then.</returns>
    public bool TrySend(WireMessage message, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _socket.TrySend(message.Parts, timeout);
    }

    /// <summary>Closes the socket. What was taken for sending still goes out for up to <see cref="SenderOptions.Linger"/>; the
    /// last socket of the process to close waits for that.</summary>
    public void Dispose() => _socket.Dispose();

    private MessagePackWriter NewHeader()
    {
        _header.ResetWrittenCount();
        return new MessagePackWriter(_header);
    }
}
