using NetMQ;

namespace Acquisition.Transport.Sockets;

/// <summary>Keeps the ZeroMQ library's threads alive while any socket of this assembly is open.</summary>
/// <remarks>A closed socket's last messages go out in the background, and only ending the library waits for them. So the
/// last one out ends it; the next socket starts it again.</remarks>
internal sealed class SocketLease : IDisposable
{
    private static readonly Lock Gate = new();
    private static int _held;

    private bool _returned;

    private SocketLease() { }

    public static SocketLease Take()
    {
        lock (Gate) _held++;
        return new SocketLease();
    }

    /// <summary>Waits, when this was the last, until what closed sockets left behind has gone or its linger has expired.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            if (_returned) return;
            _returned = true;
            if (--_held == 0) NetMQConfig.Cleanup();
        }
    }
}
