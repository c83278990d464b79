using System.Text;
using NetMQ.Native;

namespace NetMQ.Extras;

/// <summary>The socket that libzmq asks about clients, and the thread that answers. One for the process.</summary>
internal sealed class Gatekeeper : IDisposable
{
    private const string Endpoint = "inproc://zeromq.zap.01";
    private const int RequestParts = 7; // version, request, domain, address, identity, mechanism, key

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private readonly ReplySocket _socket = new();
    private readonly Func<string, byte[], GateAnswer> _judge;
    private readonly Thread _thread;
    private volatile bool _stopped;

    /// <param name="judge">Domain and public key of a client.</param>
    /// <exception cref="NetMQException">Another socket of the process answers already.</exception>
    public Gatekeeper(Func<string, byte[], GateAnswer> judge)
    {
        _judge = judge;
        try
        {
            _socket.Bind(Endpoint);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        _thread = new Thread(Answer) { IsBackground = true, Name = "ZeroMQ gatekeeper" };
        _thread.Start();
    }

    /// <summary>Waits until the endpoint is free again.</summary>
    public void Dispose()
    {
        _stopped = true;
        _thread.Join();
    }

    private void Answer()
    {
        using ReplySocket socket = _socket;
        try
        {
            while (!_stopped)
            {
                if (Receive() is { } request) Reply(request);
            }
        }
        catch (TerminatingException)
        {
            // The library ends, and with it every socket that could ask.
        }
    }

    /// <returns><see langword="null"/> when nobody asked for a tick.</returns>
    private List<byte[]>? Receive()
    {
        List<byte[]> parts = [];
        for (bool more = true; more;)
        {
            Msg part = default;
            part.InitEmpty();
            bool came = _socket.TryReceive(ref part, parts.Count == 0 ? Tick : TimeSpan.Zero);
            if (came) parts.Add(part.Slice().ToArray());
            more = came && part.HasMore;
            part.Close();
        }

        return parts.Count == 0 ? null : parts;
    }

    private void Reply(List<byte[]> request)
    {
        GateAnswer answer = request.Count == RequestParts && request[5].AsSpan().SequenceEqual("CURVE"u8)
            ? _judge(Encoding.ASCII.GetString(request[2]), request[6])
            : GateAnswer.Refuse;
        byte[] status = answer switch
        {
            GateAnswer.Admit => [.. "200"u8],
            GateAnswer.Later => [.. "300"u8],
            _ => [.. "400"u8],
        };
        byte[][] reply = [[.. "1.0"u8], request.ElementAtOrDefault(1) ?? [], status, [], [], []];
        for (int i = 0; i < reply.Length; i++)
        {
            Msg part = default;
            part.InitPool(reply[i].Length);
            reply[i].CopyTo(part.Slice());
            _socket.TrySend(ref part, TimeSpan.Zero, more: i < reply.Length - 1);
            part.Close();
        }
    }

    private sealed class ReplySocket() : NetMQSocket(LibZmq.Reply, null, bindsByDefault: true);
}
