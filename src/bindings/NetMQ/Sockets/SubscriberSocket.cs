using System.Text;
using NetMQ.Native;

namespace NetMQ.Sockets;

/// <summary>Receives the messages whose first part begins with a topic it subscribed to; none before that.</summary>
public class SubscriberSocket(string? connectionString = null) : NetMQSocket(LibZmq.Sub, connectionString, bindsByDefault: false)
{
    public virtual void Subscribe(string topic) => Options.Set(LibZmq.Subscribe, Encoding.UTF8.GetBytes(topic));

    /// <exception cref="NotSupportedException">Always.</exception>
    public override bool TrySend(ref Msg msg, TimeSpan timeout, bool more) =>
        throw new NotSupportedException("A subscriber does not send.");
}
