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
    private readonly MessageJudge _judge = new(options);
    private OpenSocket? _socket;
    private bool _disposed;

    public string Description =>
        $"{(_options.Pattern == SocketPattern.PushPull ? "PULL" : "SUB")} socket "
        + $"{(_options.Bind ? "bound to" : "connected to")} {_options.Address}, "
        + (_options.Stream is null ? "any stream" : $"stream {_options.Stream}")
        + (_options.Security.SecretKeyFile is null ? "" : ", encrypted");

    /// <inheritdoc/>
    public long RefusedClients => _socket?.RefusedClients ?? 0;

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
                if (_message.TryReceive(_socket, Tick)) _judge.Judge(_message.Count, _message[0], _message[1], _message[2], observer);
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
}
