namespace Acquisition.HardwareSim.Sending;

/// <summary>When the next frame and the next volume are due.</summary>
/// <remarks>Due times lie on a fixed beat, so single delays do not add up. A source held up for longer than one beat starts
/// a new one from there: a camera does not make up for what it missed with a burst.</remarks>
/// <param name="frameInterval">From frame to frame; <see cref="TimeSpan.Zero"/> for as fast as the receiver takes them.</param>
/// <param name="volumeInterval">From volume to volume; <see cref="TimeSpan.Zero"/> for one right after the other.</param>
internal sealed class Pacer(TimeSpan frameInterval, TimeSpan volumeInterval, TimeProvider clock)
{
    private readonly long _origin = clock.GetTimestamp();
    private TimeSpan? _frameDue;
    private TimeSpan? _volumeDue;

    /// <summary>How long to wait before the next frame; call once a frame.</summary>
    public TimeSpan BeforeFrame() => Before(ref _frameDue, frameInterval);

    /// <summary>How long to wait before the next volume; call once a volume.</summary>
    public TimeSpan BeforeVolume() => Before(ref _volumeDue, volumeInterval);

    private TimeSpan Before(ref TimeSpan? due, TimeSpan interval)
    {
        TimeSpan now = clock.GetElapsedTime(_origin);
        due = due is { } last && last + interval > now - interval ? last + interval : now;
        return due > now ? due.Value - now : TimeSpan.Zero;
    }
}
