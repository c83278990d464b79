using NetMQ.Native;

namespace NetMQ;

/// <summary>What all sockets of the process share.</summary>
public static class NetMQConfig
{
    private static readonly Lock Gate = new();
    private static ContextHandle? _context;

    /// <summary>How long a closed socket's unsent messages wait, unless the socket says otherwise. Default: not at all.</summary>
    public static TimeSpan Linger { get; set; } = TimeSpan.Zero;

    /// <summary>The context of every socket, opened with the first one.</summary>
    internal static ContextHandle Context
    {
        get { lock (Gate) return _context ??= ContextHandle.Open(); }
    }

    /// <summary>Ends the context; the next socket opens a new one. Sockets still open fail with <see cref="TerminatingException"/>.</summary>
    /// <param name="block">Whether to wait until what closed sockets left behind has gone or its linger has expired. While a
    /// socket is still open, closing the last one waits instead.</param>
    public static void Cleanup(bool block = true)
    {
        lock (Gate)
        {
            if (_context is not { } context) return;
            _context = null;
            context.Shut();
            if (block) context.Dispose();
            else _ = Task.Run(context.Dispose);
        }
    }
}
