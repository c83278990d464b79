using System.Runtime.InteropServices;
using NetMQ.Native;

namespace NetMQ;

/// <summary>One part of a message, in native memory once it was received or made by <see cref="InitPool"/>.</summary>
/// <remarks>Close each message once. Spans of a message end with it. A copy of the structure is the same message: closing
/// or reading it after the other was closed is a <see cref="FaultException"/>.</remarks>
public unsafe struct Msg
{
    private MsgSlot? _slot;
    private uint _lease;

    /// <summary>Bytes.</summary>
    public int Size { get; private set; }

    /// <summary>Whether another part of the same message follows.</summary>
    public bool HasMore { get; private set; }

    public bool IsInitialised { get; private set; }

    /// <summary>Makes the message ready to receive.</summary>
    public void InitEmpty() => this = new Msg { IsInitialised = true };

    /// <summary>Makes a message of undefined content, to be filled through <see cref="Slice()"/>.</summary>
    public void InitPool(int size)
    {
        var slot = MsgSlot.Rent(size);
        this = new Msg { IsInitialised = true, Size = size, _slot = slot, _lease = slot.Lease };
    }

    /// <exception cref="FaultException">The message was never made, or has been closed.</exception>
    public void Close()
    {
        if (!IsInitialised) throw new FaultException("Cannot close an uninitialised Msg.");
        if (_slot is not null) Own().Return();
        this = default;
    }

    public readonly Span<byte> Slice() => _slot is null ? default : new Span<byte>(LibZmq.zmq_msg_data(Own().Message), Size);

    /// <summary>Sends the message as the next part; it is empty afterwards, or unchanged when nothing was sent.</summary>
    /// <returns>False when the socket would have had to wait longer than it may.</returns>
    internal bool TrySend(SocketHandle socket, int flags)
    {
        if (_slot is null) TakeSlot();
        while (LibZmq.zmq_msg_send(Own().Message, socket, flags) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == ZmqError.TryAgain) return false;
            if (error != ZmqError.Interrupted) throw ZmqError.Last("send");
        }

        Size = 0;
        return true;
    }

    /// <summary>Replaces the content by the next part that arrives.</summary>
    /// <returns>False when none came in time.</returns>
    internal bool TryReceive(SocketHandle socket, int flags)
    {
        if (_slot is null) TakeSlot();
        void* message = Own().Message;
        while (LibZmq.zmq_msg_recv(message, socket, flags) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == ZmqError.TryAgain) return false;
            if (error != ZmqError.Interrupted) throw ZmqError.Last("receive");
        }

        Size = checked((int)LibZmq.zmq_msg_size(message));
        HasMore = LibZmq.zmq_msg_more(message) != 0;
        return true;
    }

    /// <summary>An empty message gets its native form only when it is used.</summary>
    private void TakeSlot()
    {
        if (!IsInitialised) throw new FaultException("Cannot send or receive with an uninitialised Msg.");
        _slot = MsgSlot.Rent();
        _lease = _slot.Lease;
    }

    private readonly MsgSlot Own() =>
        _slot is { } slot && slot.Lease == _lease ? slot : throw new FaultException("A copy of this Msg has been closed.");
}
