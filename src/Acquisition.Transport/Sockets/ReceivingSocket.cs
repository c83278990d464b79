using Acquisition.Core;
using Acquisition.Transport.Wire;
using NetMQ;
using NetMQ.Sockets;

namespace Acquisition.Transport.Sockets;

/// <summary>Opens the receiving end of a stream.</summary>
internal static class ReceivingSocket
{
    /// <exception cref="SourceException">The address cannot be had; the message says why and what to do.</exception>
    public static OpenSocket Open(SourceOptions options) => OpenSocket.Open<NetMQSocket>(
        () => options.Pattern == SocketPattern.PushPull ? new PullSocket() : new SubscriberSocket(),
        socket =>
        {
            socket.Options.ReceiveHighWatermark = options.HighWaterMark;
            socket.Options.MaxMsgSize = options.MaxMessageBytes;
            (socket as SubscriberSocket)?.Subscribe(Topic.Prefix(options.Stream));
        },
        options.Address,
        options.Bind,
        options.Security,
        (text, cause) => new SourceException(text, cause));
}
