using NetMQ;

namespace Acquisition.Transport.Sockets;

/// <summary>The message being looked at, in the socket's own memory. One object serves one message after another.</summary>
internal sealed class Multipart
{
    private readonly Msg[] _parts = new Msg[3];

    /// <summary>Parts of the message, those beyond the third included.</summary>
    public int Count { get; private set; }

    /// <summary>One of the first three parts; empty where there is none. Valid until <see cref="Close"/>.</summary>
    public ReadOnlySpan<byte> this[int part] => part < Count ? _parts[part].Slice() : default;

    /// <summary>Waits for a message and receives all of it; parts beyond the third are thrown away.</summary>
    /// <returns>False when none came in time.</returns>
    public bool TryReceive(OpenSocket socket, TimeSpan timeout)
    {
        for (bool more = true; more;)
        {
            // Both libraries show a message only when all its parts are there, so only the first can keep one waiting.
            bool isKept = Count < _parts.Length;
            Msg surplus = default;
            ref Msg part = ref isKept ? ref _parts[Count] : ref surplus;
            part.InitEmpty();
            if (!socket.TryReceive(ref part, Count == 0 ? timeout : TimeSpan.Zero))
            {
                part.Close();
                return false;
            }

            more = part.HasMore;
            Count++;
            if (!isKept) part.Close();
        }

        return true;
    }

    /// <summary>Frees the parts.</summary>
    public void Close()
    {
        for (int i = 0; i < Math.Min(Count, _parts.Length); i++) _parts[i].Close();
        Count = 0;
    }
}
