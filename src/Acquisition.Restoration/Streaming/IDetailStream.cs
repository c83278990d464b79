namespace Acquisition.Restoration.Streaming;

/// <summary>A network applied to a volume that comes plane by plane. Gives what the network adds to the cubic enlargement, averaged over
/// orientations, to the receiver it was made with: every fine plane once and in order, the last ones with the last coarse plane.</summary>
/// <remarks>One thread at a time; the receiver is called on it.</remarks>
internal interface IDetailStream : IDisposable
{
    /// <summary>Takes the next coarse plane, (y, x).</summary>
    /// <param name="nextAtHand">Whether the next plane comes at once, so that work may wait to be done together.</param>
    void Push(ReadOnlySpan<float> plane, bool nextAtHand, CancellationToken cancellation);

    /// <summary>Makes ready for another volume, also after a cancelled one.</summary>
    void Reset();
}
