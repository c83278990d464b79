using System.Collections.Concurrent;
using System.Text;
using NetMQ.Native;

namespace NetMQ.Extras;

/// <summary>Decides which clients of a CURVE server get in: ZeroMQ's authentication protocol (RFC 27), which the package has not.</summary>
/// <remarks>libzmq asks one socket of a context about every client, so all gates share one thread. It lives as long as the context: one that ended with
/// the last gate would leave clients without an answer that ask just then, and its address would not be free at once for the next.
/// A socket whose gate has gone lets nobody in any more; connections that it has stay.</remarks>
public sealed class ClientGate : IDisposable
{
    private static readonly ConcurrentDictionary<string, ClientGate> Open = [];
    private static long _made;

    private readonly string _domain;
    private readonly Func<byte[], GateAnswer> _judge;

    /// <param name="socket">Has no address yet.</param>
    /// <param name="judge">Asked about the public key of every client, on the gates' own thread; must not throw, and must return soon.</param>
    /// <exception cref="NetMQException">The library refused; also when something else in the process answers for clients.</exception>
    public ClientGate(NetMQSocket socket, Func<byte[], GateAnswer> judge)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _judge = judge ?? throw new ArgumentNullException(nameof(judge));
        _domain = $"gate-{Interlocked.Increment(ref _made)}";
        socket.Options.Set(LibZmq.ZapDomain, Encoding.ASCII.GetBytes(_domain));
        socket.Options.Set(LibZmq.ZapEnforceDomain, 1); // nobody to ask lets nobody in
        socket.Handle.Context.KeepGate(Judge);
        Open[_domain] = this;
    }

    /// <summary>Close the socket first.</summary>
    public void Dispose() => Open.TryRemove(_domain, out _);

    private static GateAnswer Judge(string domain, byte[] key) =>
        Open.TryGetValue(domain, out ClientGate? gate) ? gate._judge(key) : GateAnswer.Refuse;
}
