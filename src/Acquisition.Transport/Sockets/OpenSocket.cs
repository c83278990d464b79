using Acquisition.Core;
using NetMQ;

namespace Acquisition.Transport.Sockets;

/// <summary>A socket that has its address, and the library's lease with it. Use it from one thread at a time.</summary>
internal sealed class OpenSocket : IDisposable
{
    /// <summary>Largest part that a socket takes which only sends: handshakes and topics; bytes. Without a bound a stranger could fill the memory.</summary>
    public const long SendersMaxMessageBytes = 64 * 1024;

    private readonly NetMQSocket _socket;
    private readonly SocketLease _lease;
    private readonly ClientAdmission? _admission;
    private readonly string _address;
    private readonly Func<string, Exception, AcquisitionException> _fault;

    private OpenSocket(
        NetMQSocket socket, SocketLease lease, ClientAdmission? admission, string address, Func<string, Exception, AcquisitionException> fault) =>
        (_socket, _lease, _admission, _address, _fault) = (socket, lease, admission, address, fault);

    /// <summary>The address, with the port that was picked.</summary>
    public string BoundAddress => _socket.Options.LastEndpoint ?? "";

    /// <summary>Clients that were not let in, each try counted; 0 where no keys are asked for.</summary>
    public long RefusedClients => _admission?.Refused ?? 0;

    /// <param name="prepare">Sets what must be set before the socket has an address.</param>
    /// <param name="fault">Makes the exception for a message that says what to do.</param>
    public static OpenSocket Open<T>(
        Func<T> create, Action<T> prepare, string address, bool bind, SocketSecurity security, Func<string, Exception, AcquisitionException> fault)
        where T : NetMQSocket
    {
        MessageMemory.Keep();
        SocketLease lease = SocketLease.Take();
        T? socket = null;
        ClientAdmission? admission = null;
        try
        {
            socket = create();
            prepare(socket);
            admission = SocketKeys.Apply(socket, security, address, bind);
            if (bind) socket.Bind(address);
            else socket.Connect(address);
            return new OpenSocket(socket, lease, admission, address, fault);
        }
        catch (Exception e) when (e is NetMQException or DllNotFoundException or KeyException)
        {
            socket?.Dispose();
            admission?.Dispose();
            lease.Dispose();
            throw fault(Explain(e, address, bind), e);
        }
    }

    /// <summary>Receives one part into a message that was made ready.</summary>
    /// <returns>False when none came in time.</returns>
    public bool TryReceive(ref Msg part, TimeSpan timeout)
    {
        try
        {
            return _socket.TryReceive(ref part, timeout);
        }
        catch (NetMQException e)
        {
            throw _fault($"Receiving from {_address} has failed: {e.Message}", e);
        }
    }

    /// <summary>Sends three parts or, without pixels, two.</summary>
    public bool TrySend(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> header, ref Msg pixels, TimeSpan timeout)
    {
        Msg none = default;
        return TrySend(topic, header, ref pixels, ref none, timeout);
    }

    /// <summary>Sends all parts, at least one, or none.</summary>
    /// <param name="timeout">How long to wait for room; zero for not at all.</param>
    public bool TrySend(IReadOnlyList<ReadOnlyMemory<byte>> parts, TimeSpan timeout)
    {
        bool whole = true;
        for (int i = 0; i < parts.Count; i++)
        {
            Msg part = Copy(parts[i].Span);
            try
            {
                whole &= _socket.TrySend(ref part, i == 0 ? timeout : TimeSpan.Zero, more: i < parts.Count - 1);
            }
            catch (NetMQException e)
            {
                throw _fault($"Sending to {_address} has failed: {e.Message}", e);
            }
            finally
            {
                part.Close();
            }

            if (i == 0 && !whole) return false; // later parts fail only with the peer; see below
        }

        return whole;
    }

    /// <summary>Sends all parts or none.</summary>
    /// <param name="pixels">Closed in any case; uninitialised for a message without.</param>
    /// <param name="extra">The part after the pixels, closed in any case; uninitialised for a message without.</param>
    /// <param name="timeout">How long to wait for room; zero for not at all.</param>
    public bool TrySend(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> header, ref Msg pixels, ref Msg extra, TimeSpan timeout)
    {
        Msg topicPart = Copy(topic), headerPart = Copy(header);
        try
        {
            if (!_socket.TrySend(ref topicPart, timeout, more: true)) return false;

            // Room is counted in whole messages, so the rest fails only when the peer goes away meanwhile. Then the socket
            // takes back what it had and swallows the remaining parts; a repeated try would send them as a new message.
            bool whole = _socket.TrySend(ref headerPart, TimeSpan.Zero, more: pixels.IsInitialised);
            if (pixels.IsInitialised) whole &= _socket.TrySend(ref pixels, TimeSpan.Zero, more: extra.IsInitialised);
            if (extra.IsInitialised) whole &= _socket.TrySend(ref extra, TimeSpan.Zero, more: false);
            return whole;
        }
        catch (NetMQException e)
        {
            throw _fault($"Sending to {_address} has failed: {e.Message}", e);
        }
        finally
        {
            topicPart.Close();
            headerPart.Close();
            if (pixels.IsInitialised) pixels.Close();
            if (extra.IsInitialised) extra.Close();
        }
    }

    /// <summary>A part filled with <paramref name="bytes"/>.</summary>
    public static Msg Copy(ReadOnlySpan<byte> bytes)
    {
        Msg part = default;
        part.InitPool(bytes.Length);
        bytes.CopyTo(part.Slice());
        return part;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _admission?.Dispose();
        _lease.Dispose();
    }

    private static string Explain(Exception e, string address, bool bind)
    {
        string attempt = $"Cannot {(bind ? "bind" : "connect to")} {address}: ";
        return e switch
        {
            AddressAlreadyInUseException => attempt + "another program has the port. Stop it, or choose another port.",
            InvalidException or ProtocolNotSupportedException =>
                attempt + "it is no address that ZeroMQ understands. Accepted are tcp://host:port and ipc://path.",
            EndpointNotFoundException => attempt + "there is no such folder. Make it, or choose another.",
            NetMQException { ErrorCode: ErrorCode.AddressNotAvailable } =>
                attempt + "this machine has no such address. Bind one of its own, as 127.0.0.1, or connect instead of binding.",
            NetMQException { ErrorCode: ErrorCode.AccessDenied } =>
                attempt + "the system does not permit it. Choose a port above 1023, or a folder you may write to.",
            KeyException => attempt + e.Message,
            DllNotFoundException => e.Message,
            _ => attempt + e.Message,
        };
    }
}
