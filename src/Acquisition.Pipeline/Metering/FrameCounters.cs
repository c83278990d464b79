using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Pipeline.Metering;

/// <summary>Counts what happened to each frame and message. Written by the source's thread and the raw writer's, read by any.</summary>
internal sealed class FrameCounters
{
    private static readonly RefusalReason[] Reasons = Enum.GetValues<RefusalReason>();

    private readonly long[] _refusedFrames = new long[Reasons.Length];
    private readonly long[] _refusedMessages = new long[Reasons.Length];
    private long _received;
    private long _placed;
    private long _stored;
    private long _lost;
    private long _repeated;
    private long _disordered;
    private long _sent = -1;

    public long Received => Interlocked.Read(ref _received);

    public void NoteReceived() => Interlocked.Increment(ref _received);

    public void NotePlaced() => Interlocked.Increment(ref _placed);

    /// <summary>A frame that had been counted as placed lost its place; it is to be counted as refused.</summary>
    public void NoteTakenBack() => Interlocked.Decrement(ref _placed);

    public void NoteStored(int frames) => Interlocked.Add(ref _stored, frames);

    /// <summary>Counts the frames that were placed in a volume and never stored as refused; once, when raw storage has ended.</summary>
    public void SettleNotStored()
    {
        long left = Interlocked.Read(ref _placed) - Interlocked.Read(ref _stored);
        Interlocked.Add(ref _placed, -left);
        Interlocked.Add(ref _refusedFrames[(int)RefusalReason.NotStored], left);
    }

    /// <returns>Whether this is the first refusal for this reason.</returns>
    public bool NoteRefused(RefusalReason reason, bool isFrame)
    {
        long[] counts = isFrame ? _refusedFrames : _refusedMessages;
        return Interlocked.Increment(ref counts[(int)reason]) == 1;
    }

    public void NoteSent(long frames) => Interlocked.Exchange(ref _sent, frames);

    public void NoteSequence(long lost, long repeated, long disordered)
    {
        Interlocked.Exchange(ref _lost, lost);
        Interlocked.Exchange(ref _repeated, repeated);
        Interlocked.Exchange(ref _disordered, disordered);
    }

    public FrameLedger Snapshot()
    {
        // Stored is read before placed, and refusals before received, so that no difference comes out negative.
        long stored = Interlocked.Read(ref _stored);
        long placed = Interlocked.Read(ref _placed);
        long sent = Interlocked.Read(ref _sent);
        return new FrameLedger
        {
            Stored = stored,
            InFlight = placed - stored,
            Refused = Nonzero(_refusedFrames),
            RefusedMessages = Nonzero(_refusedMessages),
            Received = Received,
            Sent = sent < 0 ? null : sent,
            LostMessages = Interlocked.Read(ref _lost),
            RepeatedMessages = Interlocked.Read(ref _repeated),
            DisorderedMessages = Interlocked.Read(ref _disordered),
        };
    }

    private static ImmutableSortedDictionary<string, long> Nonzero(long[] counts) =>
        Reasons.Where(reason => Interlocked.Read(ref counts[(int)reason]) != 0)
            .ToImmutableSortedDictionary(reason => reason.Name(), reason => Interlocked.Read(ref counts[(int)reason]));
}
