namespace Acquisition.Pipeline.Metering;

/// <summary>How long the free space of a disk lasts at the rate at which it shrinks, whoever fills it. One writer, any readers.</summary>
internal sealed class DiskGauge(TimeProvider clock)
{
    /// <summary>Long enough to average over volumes and the file system's delays, short enough to follow a change of the scan.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);

    private readonly Queue<(long Timestamp, long FreeBytes)> _samples = new();
    private volatile Reading? _reading;

    /// <summary>Bytes free when last asked; <see langword="null"/> before.</summary>
    public long? FreeBytes => _reading?.FreeBytes;

    /// <summary><see langword="null"/> while free space does not shrink or has been watched for less than 10 s.</summary>
    public TimeSpan? TimeLeft => _reading?.TimeLeft;

    public void Note(long freeBytes)
    {
        long now = clock.GetTimestamp();
        _samples.Enqueue((now, freeBytes));
        while (clock.GetElapsedTime(_samples.Peek().Timestamp, now) > Window) _samples.Dequeue();

        var (since, before) = _samples.Peek();
        TimeSpan watched = clock.GetElapsedTime(since, now);
        TimeSpan? left = null;
        if (watched >= Shortest && before > freeBytes)
        {
            // A disk that fills by a byte now and then lasts longer than a TimeSpan can say.
            double seconds = freeBytes * watched.TotalSeconds / (before - freeBytes);
            if (seconds < TimeSpan.FromDays(3650).TotalSeconds) left = TimeSpan.FromSeconds(seconds);
        }

        _reading = new Reading(freeBytes, left);
    }

    private sealed record Reading(long FreeBytes, TimeSpan? TimeLeft);
}
