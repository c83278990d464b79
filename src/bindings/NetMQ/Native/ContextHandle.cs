using System.Runtime.InteropServices;
using NetMQ.Extras;

namespace NetMQ.Native;

/// <summary>Owns a ZeroMQ context. Closing waits until its sockets have closed and what lingers has gone or expired.</summary>
internal sealed class ContextHandle() : SafeHandle(0, ownsHandle: true)
{
    private readonly Lock _gate = new();
    private Gatekeeper? _keeper;

    public override bool IsInvalid => handle == 0;

    public static ContextHandle Open()
    {
        var context = new ContextHandle();
        context.SetHandle(LibZmq.zmq_ctx_new());
        return context.IsInvalid ? throw ZmqError.Last("open a ZeroMQ context") : context;
    }

    /// <summary>Sees to it that somebody answers for clients of this context's sockets, until <see cref="Shut"/>.</summary>
    /// <param name="judge">The same at every call: domain and public key of a client.</param>
    /// <exception cref="NetMQException">Something else in the process answers already.</exception>
    public void KeepGate(Func<string, byte[], GateAnswer> judge)
    {
        lock (_gate) _keeper ??= new Gatekeeper(this, judge);
    }

    /// <summary>Open sockets wake up and learn of the end; who answered for clients has gone on return.</summary>
    public void Shut()
    {
        _ = LibZmq.zmq_ctx_shutdown(this);
        lock (_gate) _keeper?.Join();
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
