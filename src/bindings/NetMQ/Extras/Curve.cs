using NetMQ.Native;

namespace NetMQ.Extras;

/// <summary>What the package always has and libzmq may have been built without.</summary>
public static class Curve
{
    /// <summary>Whether connections can be encrypted.</summary>
    /// <exception cref="DllNotFoundException">There is no libzmq.</exception>
    public static bool IsAvailable => LibZmq.zmq_has("curve") == 1;
}
