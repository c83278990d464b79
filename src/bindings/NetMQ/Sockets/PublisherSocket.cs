using NetMQ.Native;

namespace NetMQ.Sockets;

/// <summary>Sends every message to every subscriber that is not too far behind. Never waits.</summary>
public class PublisherSocket(string? connectionString = null) : NetMQSocket(LibZmq.Pub, connectionString, bindsByDefault: true)
{
    /// <exception cref="NotSupportedException">Always.</exception>
    public override bool TryReceive(ref Msg msg, TimeSpan timeout) =>
        throw new NotSupportedException("A publisher does not receive.");
}
