namespace Acquisition.Restoration.Streaming;

/// <summary>A network applied to a volume that comes plane by plane. Gives what the network adds to the cubic enlargement, averaged over
/// orientations, to the receiver it was made with: every fine plane once and in order, as soon as its receptive field is filled.</summary>
/// <remarks>One thread at a time; the receiver is called on it.</remarks>
internal interface IDetailStream : IDisposable
{
    /// <summary>Takes the next coarse plane, (y, x).</summary>
    void Push(ReadOnlySpan<float> plane, CancellationToken cancellation);

    /// <summary>After the last coarse plane: gives all fine planes that are left.</summary>
    void Complete(CancellationToken cancellation);

    /// <summary>Makes ready for another volume, also after a cancelled one.</summary>
    void Reset();
}
