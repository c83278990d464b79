using System.Collections.Concurrent;
using System.Text;
using NetMQ.Native;

namespace NetMQ.Extras;

/// <summary>Decides which clients of a CURVE server get in: ZeroMQ's authentication protocol (RFC 27), which the package has not.</summary>
/// <remarks>libzmq asks one socket of the process about every client, so all gates share one thread, which lives as long as one
/// of them. A socket whose gate has gone lets nobody in any more; connections that it has stay.</remarks>
public sealed class ClientGate : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly ConcurrentDictionary<string, ClientGate> Open = [];
    private static long _made;
    private static Gatekeeper? _keeper;

    private readonly string _domain;
    private readonly Func<byte[], GateAnswer> _judge;

    /// <param name="socket">Has no address yet.</param>
    /// <param name="judge">Asked about the public key of every client, on the gates' own thread; must not throw, and must return soon.</param>
    /// <exception cref="NetMQException">The library refused; also when something else in the process answers for clients.</exception>
    public ClientGate(NetMQSocket socket, Func<byte[], GateAnswer> judge)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _judge = judge ?? throw new ArgumentNullException(nameof(judge));
        lock (Gate)
        {
            _domain = $"gate-{++_made}";
            socket.Options.Set(LibZmq.ZapDomain, Encoding.ASCII.GetBytes(_domain));
            socket.Options.Set(LibZmq.ZapEnforceDomain, 1); // nobody to ask lets nobody in
            _keeper ??= new Gatekeeper(Judge);
            Open[_domain] = this;
        }
    }

    /// <summary>Close the socket first.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            if (!Open.TryRemove(_domain, out _) || !Open.IsEmpty) return;
            _keeper?.Dispose(); // inside the lock, because the next keeper takes the same endpoint
            _keeper = null;
        }
    }

    private static GateAnswer Judge(string domain, byte[] key) =>
        Open.TryGetValue(domain, out ClientGate? gate) ? gate._judge(key) : GateAnswer.Refuse;
}
