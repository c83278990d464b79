namespace Acquisition.HardwareSim.Sending;

/// <summary>Holds a stream to its own times.</summary>
/// <remarks>Single delays do not add up. A source held up for longer than the step to the next message goes on from there: a
/// camera does not make up for what it missed with a burst.</remarks>
internal sealed class Pacer(TimeProvider clock)
{
    private long? _origin;
    private TimeSpan _shift;
    private TimeSpan _last;

    /// <summary>How long to wait for a message.</summary>
    /// <param name="at">When it is due, from the beginning of the stream; never less than for the message before it.</param>
    public TimeSpan Before(TimeSpan at)
    {
        _origin ??= clock.GetTimestamp();
        TimeSpan ahead = at + _shift - clock.GetElapsedTime(_origin.Value);
        TimeSpan step = at - _last;
        _last = at;
        if (step > TimeSpan.Zero && -ahead >= step) _shift -= ahead;
        return ahead > TimeSpan.Zero ? ahead : TimeSpan.Zero;
    }

    /// <summary>Waits for a message.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Wait(TimeSpan at, CancellationToken cancellation)
    {
        TimeSpan delay = Before(at);
        if (delay > TimeSpan.Zero) cancellation.WaitHandle.WaitOne(delay);
        cancellation.ThrowIfCancellationRequested();
    }
}
