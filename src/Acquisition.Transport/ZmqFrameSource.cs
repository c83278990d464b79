using System.Text;
using Acquisition.Core;
using Acquisition.Transport.Sockets;
using Acquisition.Transport.Wire;

namespace Acquisition.Transport;

/// <summary>Receives scans over ZeroMQ, wire protocol version 1.</summary>
/// <remarks>Judges every message as far as that needs no memory of earlier ones; the rest is the observer's. A frame of
/// steady traffic allocates nothing, and its pixels are lent in the socket's own memory. The socket lives as long as this
/// object, so that what waits in it when one call of <see cref="Receive"/> ends is there for the next. One call at a time.</remarks>
public sealed class ZmqFrameSource(SourceOptions options) : IFrameSource, IDisposable
{
    /// <summary>How soon a silent source tells its observer so; also the longest delay of a cancellation.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly SourceOptions _options = options ?? throw new ArgumentNullException(nameof(options));
    private readonly Multipart _message = new(kept: 3);
    private readonly byte[] _header = new byte[WireFormat.MaxHeaderBytes];
    private OpenSocket? _socket;
    private bool _disposed;

    public string Description =>
        $"{(_options.Pattern == SocketPattern.PushPull ? "PULL" : "SUB")} socket "
        + $"{(_options.Bind ? "bound to" : "connected to")} {_options.Address}, "
        + (_options.Stream is null ? "any stream" : $"stream {_options.Stream}");

    /// <inheritdoc/>
    /// <remarks>The first call opens the socket. A cancellation ends the call between two messages: those that were taken have
    /// been told to the observer, and the others wait for the next call.</remarks>
    /// <exception cref="ObjectDisposedException">The source has been closed.</exception>
    public void Receive(IFrameObserver observer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(observer);
        ObjectDisposedException.ThrowIf(_disposed, this);
        _socket ??= ReceivingSocket.Open(_options);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                if (_message.TryReceive(_socket, Tick)) Judge(_message, _header, observer);
                else observer.OnIdle();
            }
            finally
            {
                _message.Close();
            }
        }
    }

    /// <summary>Closes the socket; messages that wait in it are lost. Only after <see cref="Receive"/> has returned.</summary>
    public void Dispose()
    {
        _disposed = true;
        _socket?.Dispose();
        _socket = null;
    }

    private void Judge(Multipart message, byte[] headerCopy, IFrameObserver observer)
    {
        FrameHeader frame = default;
        ScanPlan? plan = null;
        ScanEnd? end = null;
        ulong sequence = 0;
        bool repeat = false;
        try
        {
            MessageKind kind = Topic.Parse(message[0], out ReadOnlySpan<byte> stream);
            ReadOnlyMemory<byte> header = CopyHeader(message, headerCopy);
            HeaderDecoder.CheckPreamble(header, kind);
            CheckStream(stream);
            CheckParts(message.Count, accepted: kind == MessageKind.Frame ? 3 : 2);
            switch (kind)
            {
                case MessageKind.Start:
                    plan = HeaderDecoder.Start(
                        header, Encoding.ASCII.GetString(stream), _options.MaxPayloadBytes, out sequence, out repeat);
                    break;
                case MessageKind.End:
                    end = HeaderDecoder.End(header);
                    break;
                default:
                    frame = HeaderDecoder.Frame(header, out long claimedBytes);
                    CheckPixels(frame, claimedBytes, message[2].Length);
                    break;
            }
        }
        catch (RefusedException e)
        {
            observer.OnRefused(e.Reason, Topic.SaysFrame(message[0]), Identify(message, headerCopy), () => e.Message);
            return;
        }

        if (plan is not null) observer.OnStart(plan, sequence, repeat);
        else if (end is not null) observer.OnEnd(end);
        else observer.OnFrame(frame, message[2]);
    }

    /// <summary>The MessagePack reader wants memory that the collector knows, and a header is small.</summary>
    private static ReadOnlyMemory<byte> CopyHeader(Multipart message, byte[] copy)
    {
        CheckParts(Math.Min(message.Count, 2), accepted: 2);
        ReadOnlySpan<byte> header = message[1];
        if (header.Length > copy.Length)
        {
            throw new RefusedException(
                RefusalReason.HeaderTooLarge, $"the header has {header.Length} bytes; accepted are up to {copy.Length}");
        }

        header.CopyTo(copy);
        return copy.AsMemory(0, header.Length);
    }

    private static MessageId? Identify(Multipart message, byte[] headerCopy) =>
        message.Count >= 2 && message[1].Length <= headerCopy.Length ? HeaderDecoder.Identify(CopyHeader(message, headerCopy)) : null;

    private static void CheckParts(int found, int accepted)
    {
        if (found == accepted) return;
        throw new RefusedException(RefusalReason.Malformed, $"the message has {found} parts; accepted are {accepted}");
    }

    private void CheckStream(ReadOnlySpan<byte> stream)
    {
        if (_options.Stream is null || Ascii.Equals(stream, _options.Stream)) return;
        throw new RefusedException(
            RefusalReason.Malformed, $"the message is of stream {Topic.Show(stream)}; this source listens to {_options.Stream}");
    }

    private void CheckPixels(in FrameHeader frame, long claimedBytes, long foundBytes)
    {
        long shapeBytes = (long)frame.Height * frame.Width * frame.PixelType.Bytes();
        long largest = Math.Max(foundBytes, Math.Max(claimedBytes, shapeBytes));
        if (largest > _options.MaxPayloadBytes)
        {
            throw new RefusedException(
                RefusalReason.PayloadTooLarge, $"the frame has {largest} bytes; accepted are up to {_options.MaxPayloadBytes}");
        }

        if (claimedBytes != shapeBytes || foundBytes != shapeBytes)
        {
            throw new RefusedException(
                RefusalReason.SizeMismatch,
                $"nbytes is {claimedBytes}, shape times dtype gives {shapeBytes} and {foundBytes} bytes of pixels came");
        }
    }
}
