using System.Runtime.InteropServices;

namespace NetMQ.Native;

/// <summary>Owns a ZeroMQ socket and keeps its context alive.</summary>
internal sealed class SocketHandle() : SafeHandle(0, ownsHandle: true)
{
    private ContextHandle? _context;

    /// <summary>Of an open socket.</summary>
    public ContextHandle Context => _context!;

    public override bool IsInvalid => handle == 0;

    /// <exception cref="NetMQException">The native library refused.</exception>
    public static SocketHandle Open(ContextHandle context, int type)
    {
        var socket = new SocketHandle();
        bool retained = false;
        context.DangerousAddRef(ref retained); // ends only once every socket has closed
        socket._context = context;
        socket.SetHandle(LibZmq.zmq_socket(context, type));
        if (!socket.IsInvalid) return socket;

        NetMQException error = ZmqError.Last("open a ZeroMQ socket");
        context.DangerousRelease();
        throw error;
    }

    protected override bool ReleaseHandle()
    {
        bool closed = LibZmq.zmq_close(handle) == 0;
        _context?.DangerousRelease();
        return closed;
    }
}
