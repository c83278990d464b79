using Acquisition.Core;
using Acquisition.Transport;

namespace Acquisition.HardwareSim.Sending;

/// <summary>One message on its way out. Its memory is lent until the stream is asked for the next one.</summary>
/// <param name="At">When it is due, from the beginning of the stream.</param>
internal sealed record Outgoing(TimeSpan At, WireMessage Message)
{
    /// <summary>A frame that the source made, not a copy of one.</summary>
    public bool IsOwnFrame { get; init; }

    public bool IsDelayed { get; init; }

    /// <summary>What the frame was called before it was falsified; <see langword="null"/> for other messages.</summary>
    public MessageId? MadeAs { get; init; }

    /// <summary>The same in memory of its own.</summary>
    public Outgoing Keep() => this with { Message = Message.Copy() };
}
