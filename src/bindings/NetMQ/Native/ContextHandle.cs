using System.Runtime.InteropServices;

namespace NetMQ.Native;

/// <summary>Owns a ZeroMQ context. Closing waits until its sockets have closed and what lingers has gone or expired.</summary>
internal sealed class ContextHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    public static ContextHandle Open()
    {
        var context = new ContextHandle();
        context.SetHandle(LibZmq.zmq_ctx_new());
        return context.IsInvalid ? throw ZmqError.Last("open a ZeroMQ context") : context;
    }

    protected override bool ReleaseHandle()
    {
        while (LibZmq.zmq_ctx_term(handle) != 0)
        {
            if (Marshal.GetLastPInvokeError() != ZmqError.Interrupted) return false;
        }

        return true;
    }
}
