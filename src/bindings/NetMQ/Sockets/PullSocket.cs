using NetMQ.Native;

namespace NetMQ.Sockets;

/// <summary>Receives in turn from all its peers.</summary>
public class PullSocket(string? connectionString = null) : NetMQSocket(LibZmq.Pull, connectionString, bindsByDefault: true)
{
    /// <exception cref="NotSupportedException">Always.</exception>
    public override bool TrySend(ref Msg msg, TimeSpan timeout, bool more) =>
        throw new NotSupportedException("A pull socket does not send.");
}
