using System.Text;
using NetMQ.Native;

namespace NetMQ.Extras;

/// <summary>The socket that libzmq asks about clients, and the thread that answers. One for a context, which ends it.</summary>
internal sealed class Gatekeeper
{
    private const string Endpoint = "inproc://zeromq.zap.01";
    private const int RequestParts = 7; // version, request, domain, address, identity, mechanism, key

    private readonly Func<string, byte[], GateAnswer> _judge;
    private readonly Thread _thread;

    /// <param name="judge">Domain and public key of a client.</param>
    /// <exception cref="NetMQException">Another socket of the context answers already, or the context ends.</exception>
    public Gatekeeper(ContextHandle context, Func<string, byte[], GateAnswer> judge)
    {
        _judge = judge;
        var socket = new ReplySocket(context);
        try
        {
            socket.Bind(Endpoint);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        _thread = new Thread(() => Answer(socket)) { IsBackground = true, Name = "ZeroMQ gatekeeper" };
        _thread.Start();
    }

    /// <summary>Waits until the socket has closed, which it does when its context is shut down.</summary>
    public void Join() => _thread.Join();

    /// <param name="socket">Closed in the end.</param>
    private void Answer(ReplySocket socket)
    {
        using (socket)
        {
            try
            {
                while (true) Reply(socket, Receive(socket));
            }
            catch (TerminatingException)
            {
                // The library ends, and with it every socket that could ask.
            }
        }
    }

    private static List<byte[]> Receive(ReplySocket socket)
    {
        List<byte[]> parts = [];
        for (bool more = true; more;)
        {
            Msg part = default;
            part.InitEmpty();
            try
            {
                socket.TryReceive(ref part, Timeout.InfiniteTimeSpan);
                parts.Add(part.Slice().ToArray());
                more = part.HasMore;
            }
            finally
            {
                part.Close();
            }
        }

        return parts;
    }

    private void Reply(ReplySocket socket, List<byte[]> request)
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
            socket.TrySend(ref part, TimeSpan.Zero, more: i < reply.Length - 1);
            part.Close();
        }
    }

    private sealed class ReplySocket(ContextHandle context) : NetMQSocket(LibZmq.Reply, context);
}
