namespace Acquisition.Pipeline.Metering;

/// <summary>Events per second over the last two seconds. One writer, any readers.</summary>
internal sealed class RateMeter(TimeProvider clock)
{
    private const int Buckets = 8;
    private static readonly TimeSpan BucketLength = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly long[] _counts = new long[Buckets];
    private readonly long _start = clock.GetTimestamp();
    private long _newest;

    public void Note()
    {
        lock (_gate)
        {
            Advance();
            _counts[_newest % Buckets]++;
        }
    }

    public double PerSecond()
    {
        lock (_gate)
        {
            Advance();
            // The running bucket is partly empty, so only whole ones count.
            long whole = Math.Min(_newest, Buckets - 1);
            return whole == 0 ? 0 : (_counts.Sum() - _counts[_newest % Buckets]) / (whole * BucketLength.TotalSeconds);
        }
    }

    private void Advance()
    {
        long now = clock.GetElapsedTime(_start).Ticks / BucketLength.Ticks;
        for (long bucket = Math.Max(_newest + 1, now - Buckets + 1); bucket <= now; bucket++) _counts[bucket % Buckets] = 0;
        _newest = Math.Max(_newest, now);
    }
}
