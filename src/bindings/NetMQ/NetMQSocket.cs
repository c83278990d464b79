using NetMQ.Native;

namespace NetMQ;

/// <summary>A ZeroMQ socket. Use it from one thread at a time.</summary>
public abstract class NetMQSocket : IDisposable
{
    private int _receiveTimeoutMs = -1;
    private int _sendTimeoutMs = -1;

    /// <param name="type">The socket type's number in libzmq.</param>
    /// <param name="connectionString">Addresses to take at once, separated by commas: @ before one binds, > connects.</param>
    /// <param name="bindsByDefault">What to do with an address without either sign.</param>
    private protected NetMQSocket(int type, string? connectionString, bool bindsByDefault)
        : this(type, NetMQConfig.Context)
    {
        const StringSplitOptions Tidy = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        foreach (string address in connectionString?.Split(',', Tidy) ?? [])
        {
            if (address[0] == '@' || (address[0] != '>' && bindsByDefault)) Bind(address.TrimStart('@'));
            else Connect(address.TrimStart('>'));
        }
    }

    private protected NetMQSocket(int type, ContextHandle context)
    {
        Handle = SocketHandle.Open(context, type);
        Options = new SocketOptions(this) { Linger = NetMQConfig.Linger };
    }

    public SocketOptions Options { get; }

    public bool IsDisposed => Handle.IsClosed;

    internal SocketHandle Handle { get; }

    /// <exception cref="AddressAlreadyInUseException">Another socket has the address.</exception>
    /// <exception cref="NetMQException">The address is not well formed or not of this machine.</exception>
    public void Bind(string address)
    {
        if (LibZmq.zmq_bind(Handle, address) != 0) throw ZmqError.Last($"bind {address}");
    }

    /// <summary>Binds a free port.</summary>
    /// <param name="address">As in tcp://127.0.0.1, without a port.</param>
    /// <returns>The port.</returns>
    public int BindRandomPort(string address)
    {
        Bind(address + ":0");
        string bound = Options.LastEndpoint ?? "";
        return int.Parse(bound.AsSpan(bound.LastIndexOf(':') + 1), provider: null);
    }

    /// <summary>Returns at once; the connection is made, and made again when lost, in the background.</summary>
    /// <exception cref="NetMQException">The address is not well formed.</exception>
    public void Connect(string address)
    {
        if (LibZmq.zmq_connect(Handle, address) != 0) throw ZmqError.Last($"connect to {address}");
    }

    /// <summary>Receives one part into a message that was made ready; what it held before is freed.</summary>
    /// <param name="timeout">Zero: take what is there; negative: wait for ever.</param>
    /// <returns>False when nothing came in time.</returns>
    public virtual bool TryReceive(ref Msg msg, TimeSpan timeout)
    {
        int milliseconds = Milliseconds(timeout);
        if (milliseconds != 0 && milliseconds != _receiveTimeoutMs)
        {
            Options.Set(LibZmq.ReceiveTimeout, milliseconds);
            _receiveTimeoutMs = milliseconds;
        }

        return msg.TryReceive(Handle, milliseconds == 0 ? LibZmq.DontWait : 0);
    }

    /// <summary>Sends one part.</summary>
    /// <param name="timeout">Zero: only if it can go now; negative: wait for ever.</param>
    /// <param name="more">Whether another part of the same message follows.</param>
    /// <returns>False when it could not go in time; the message is unchanged then.</returns>
    public virtual bool TrySend(ref Msg msg, TimeSpan timeout, bool more)
    {
        int milliseconds = Milliseconds(timeout);
        if (milliseconds != 0 && milliseconds != _sendTimeoutMs)
        {
            Options.Set(LibZmq.SendTimeout, milliseconds);
            _sendTimeoutMs = milliseconds;
        }

        return msg.TrySend(Handle, (milliseconds == 0 ? LibZmq.DontWait : 0) | (more ? LibZmq.SendMore : 0));
    }

    /// <summary>Closes the socket; what it has not sent yet goes out in the background for as long as it may linger.</summary>
    public void Close() => Handle.Dispose();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing) Close();
    }

    private static int Milliseconds(TimeSpan timeout) => (int)Math.Clamp(timeout.TotalMilliseconds, -1, int.MaxValue);
}
