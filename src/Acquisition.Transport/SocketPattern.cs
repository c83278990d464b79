namespace Acquisition.Transport;

/// <summary>How two sockets share messages.</summary>
public enum SocketPattern
{
    /// <summary>Every subscriber gets every message; a slow one loses some, and only sequence numbers show it.</summary>
    PubSub,

    /// <summary>Each message goes to one receiver; a slow one makes the sender wait and loses nothing.</summary>
    PushPull,
}
