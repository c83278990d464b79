using System.Runtime.InteropServices;

namespace NetMQ.Native;

/// <summary>A zmq_msg_t at an address that never changes: small messages live inside it, so it must not move or be copied.</summary>
/// <remarks>Slots are pooled, so steady traffic allocates nothing. <see cref="Lease"/> changes with every return, which
/// unmasks a copy of a message that has been closed already. A slot that is forgotten is freed by its finaliser.</remarks>
internal sealed unsafe class MsgSlot
{
    private static readonly Lock Gate = new();
    private static readonly MsgSlot?[] Idle = new MsgSlot?[64];
    private static int _idleCount;

    private bool _initialised;

    private MsgSlot() => Message = NativeMemory.AlignedAlloc(LibZmq.MessageBytes, LibZmq.MessageBytes);

    ~MsgSlot()
    {
        if (_initialised) _ = LibZmq.zmq_msg_close(Message);
        NativeMemory.AlignedFree(Message);
    }

    public void* Message { get; }

    public uint Lease { get; private set; }

    /// <summary>Lends a slot that holds an empty message.</summary>
    public static MsgSlot Rent()
    {
        MsgSlot slot = TakeIdle() ?? new MsgSlot();
        _ = LibZmq.zmq_msg_init(slot.Message); // documented never to fail
        slot._initialised = true;
        return slot;
    }

    /// <summary>Lends a slot that holds a message of undefined content.</summary>
    /// <exception cref="InsufficientMemoryException">There is no memory for the message.</exception>
    public static MsgSlot Rent(int bytes)
    {
        MsgSlot slot = TakeIdle() ?? new MsgSlot();
        if (LibZmq.zmq_msg_init_size(slot.Message, (nuint)bytes) != 0)
            throw new InsufficientMemoryException($"There is no memory for a message of {bytes} bytes.");
        slot._initialised = true;
        return slot;
    }

    /// <summary>Frees the message and gives the slot back.</summary>
    public void Return()
    {
        _ = LibZmq.zmq_msg_close(Message); // fails only for a message that was never made
        _initialised = false;
        Lease++;
        lock (Gate)
        {
            if (_idleCount < Idle.Length) Idle[_idleCount++] = this;
        }
    }

    private static MsgSlot? TakeIdle()
    {
        lock (Gate)
        {
            if (_idleCount == 0) return null;
            MsgSlot? slot = Idle[--_idleCount];
            Idle[_idleCount] = null;
            return slot;
        }
    }
}
