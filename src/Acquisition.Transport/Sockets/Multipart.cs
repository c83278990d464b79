using NetMQ;

namespace Acquisition.Transport.Sockets;

/// <summary>The message being looked at, in the socket's own memory. One object serves one message after another.</summary>
/// <param name="kept">Parts that are kept; those beyond are counted and thrown away.</param>
internal sealed class Multipart(int kept)
{
    private Msg[] _parts = new Msg[Math.Min(kept, 4)];

    /// <summary>Parts of the message, those thrown away included.</summary>
    public int Count { get; private set; }

    /// <summary>One of the parts kept; empty where there is none. Valid until <see cref="Close"/>.</summary>
    public ReadOnlySpan<byte> this[int part] => part < Count ? _parts[part].Slice() : default;

    /// <summary>Waits for a message and receives all of it.</summary>
    /// <returns>False when none came in time.</returns>
    public bool TryReceive(OpenSocket socket, TimeSpan timeout)
    {
        for (bool more = true; more;)
        {
            // Both libraries show a message only when all its parts are there, so only the first can keep one waiting.
            bool isKept = Count < kept;
            if (isKept && Count == _parts.Length) Array.Resize(ref _parts, Math.Min(kept, 2 * Count));
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
        for (int i = 0; i < Math.Min(Count, kept); i++) _parts[i].Close();
        Count = 0;
    }
}
