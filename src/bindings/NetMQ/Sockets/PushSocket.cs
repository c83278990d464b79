using NetMQ.Native;

namespace NetMQ.Sockets;

/// <summary>Sends each message to one of its peers; waits while all are full or none is there.</summary>
public class PushSocket(string? connectionString = null) : NetMQSocket(LibZmq.Push, connectionString, bindsByDefault: false)
{
    /// <exception cref="NotSupportedException">Always.</exception>
    public override bool TryReceive(ref Msg msg, TimeSpan timeout) =>
        throw new NotSupportedException("A push socket does not receive.");
}
