namespace Acquisition.HardwareSim.Sending;

/// <summary>Everything that a source sends in one go: announcements, frames and ends, in order.</summary>
internal interface IMessageStream : IDisposable
{
    /// <summary>What it is, for people.</summary>
    string Title { get; }

    /// <summary>The scan it sends, or the first one.</summary>
    Guid ScanId { get; }

    /// <summary>Where the truth of what it sends lies; <see langword="null"/> for nowhere.</summary>
    string? Truth { get; }

    /// <summary>The messages, each made when it is due. Can be walked more than once, one walk at a time.</summary>
    /// <param name="pacer">Waits until a message is due.</param>
    /// <exception cref="Core.AcquisitionException">A volume cannot be made, or a file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    IEnumerable<Outgoing> Messages(Pacer pacer, CancellationToken cancellation);
}
