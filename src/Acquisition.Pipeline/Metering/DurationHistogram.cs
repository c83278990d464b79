using System.Diagnostics.Metrics;
using Acquisition.Core;

namespace Acquisition.Pipeline.Metering;

/// <summary>Percentiles of durations in bounded memory: logarithmic buckets 2 % wide, from 1 µs to about 11 days. Thread-safe.</summary>
internal sealed class DurationHistogram(string stage)
{
    private const double Growth = 1.02;
    private const int Buckets = 1400;

    private readonly Lock _gate = new();
    private readonly long[] _counts = new long[Buckets];
    private long _count;
    private double _maxMs;
    private Histogram<double>? _instrument;
    private KeyValuePair<string, object?> _run, _tag;

    public string Stage => stage;

    /// <summary>Records every duration from now on, in seconds, as a metric as well.</summary>
    /// <param name="run">The tag that tells its run from others.</param>
    /// <param name="tag">The tag that tells this one from others of the instrument.</param>
    public void RecordTo(Histogram<double> instrument, KeyValuePair<string, object?> run, KeyValuePair<string, object?> tag) =>
        (_run, _tag, _instrument) = (run, tag, instrument);

    public void Note(TimeSpan duration)
    {
        double microseconds = Math.Max(duration.TotalMicroseconds, 1);
        int bucket = Math.Min((int)Math.Ceiling(Math.Log(microseconds, Growth)), Buckets - 1);
        lock (_gate)
        {
            _counts[bucket]++;
            _count++;
            _maxMs = Math.Max(_maxMs, duration.TotalMilliseconds);
        }

        _instrument?.Record(duration.TotalSeconds, _run, _tag);
    }

    public TimingSummary Summarize()
    {
        lock (_gate) return new TimingSummary(stage, _count, Percentile(0.50), Percentile(0.95), Percentile(0.99), _maxMs);
    }

    /// <summary>Upper bound of the bucket that holds the nearest-rank percentile, at most the largest duration seen.</summary>
    private double Percentile(double share)
    {
        long rank = (long)Math.Ceiling(share * _count);
        long passed = 0;
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            passed += _counts[bucket];
            if (passed >= rank) return Math.Min(Math.Pow(Growth, bucket) / 1000, _maxMs);
        }

        return _maxMs;
    }
}
