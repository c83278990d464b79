using System.Text;
using NetMQ.Native;

namespace NetMQ;

/// <summary>Settings of one socket. Set them before binding or connecting: most hold only for connections made later.</summary>
public class SocketOptions(NetMQSocket socket)
{
    /// <summary>How long unsent messages wait after the socket is closed; negative: for ever.</summary>
    public TimeSpan Linger
    {
        get => TimeSpan.FromMilliseconds(Get<int>(LibZmq.Linger));
        set => Set(LibZmq.Linger, (int)value.TotalMilliseconds);
    }

    /// <summary>Largest part accepted, bytes; −1 for any. A peer that sends a larger one loses its connection.</summary>
    public long MaxMsgSize
    {
        get => Get<long>(LibZmq.MaxMsgSize);
        set => Set(LibZmq.MaxMsgSize, value);
    }

    /// <summary>Messages that may wait for each peer; 0 for any number.</summary>
    public int SendHighWatermark
    {
        get => Get<int>(LibZmq.SendHighWatermark);
        set => Set(LibZmq.SendHighWatermark, value);
    }

    /// <summary>Messages of each peer that may wait to be received; 0 for any number.</summary>
    public int ReceiveHighWatermark
    {
        get => Get<int>(LibZmq.ReceiveHighWatermark);
        set => Set(LibZmq.ReceiveHighWatermark, value);
    }

    /// <summary>Whether this side is CURVE's server: connections are encrypted, and without <see cref="Extras.ClientGate"/> every key gets in.</summary>
    public bool CurveServer
    {
        get => Get<int>(LibZmq.CurveServer) != 0;
        set => Set(LibZmq.CurveServer, value ? 1 : 0);
    }

#pragma warning disable CA1044 // As in the package: keys are set, and not given out again.
    /// <summary>This side's key pair; makes connections CURVE's.</summary>
    /// <exception cref="ArgumentException">It has no secret key.</exception>
    public NetMQCertificate CurveCertificate
    {
        set
        {
            Set(LibZmq.CurveSecretKey, value.SecretKey ?? throw new ArgumentException("NetMQCertificate must have a secret key", nameof(value)));
            Set(LibZmq.CurvePublicKey, value.PublicKey);
        }
    }

    /// <summary>The key that the server must have, for the side that is not the server.</summary>
    public NetMQCertificate CurveServerCertificate
    {
        set => Set(LibZmq.CurveServerKey, value.PublicKey);
    }
#pragma warning restore CA1044

    /// <summary>The address bound or connected last, with the port that was picked.</summary>
    public unsafe string? LastEndpoint
    {
        get
        {
            const int Longest = 1024;
            byte* text = stackalloc byte[Longest];
            nuint bytes = Longest;
            if (LibZmq.zmq_getsockopt(socket.Handle, LibZmq.LastEndpoint, text, &bytes) != 0) throw ZmqError.Last("read the last endpoint");
            return Encoding.UTF8.GetString(text, (int)bytes - 1); // without the closing zero
        }
    }

    internal unsafe void Set<T>(int option, T value) where T : unmanaged
    {
        if (LibZmq.zmq_setsockopt(socket.Handle, option, &value, (nuint)sizeof(T)) != 0)
            throw ZmqError.Last($"set socket option {option} to {value}");
    }

    internal unsafe void Set(int option, ReadOnlySpan<byte> value)
    {
        fixed (byte* first = value)
        {
            if (LibZmq.zmq_setsockopt(socket.Handle, option, first, (nuint)value.Length) != 0)
                throw ZmqError.Last($"set socket option {option}");
        }
    }

    private unsafe T Get<T>(int option) where T : unmanaged
    {
        T value = default;
        nuint bytes = (nuint)sizeof(T);
        return LibZmq.zmq_getsockopt(socket.Handle, option, &value, &bytes) == 0
            ? value
            : throw ZmqError.Last($"read socket option {option}");
    }
}
