using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Acquisition.Core;

namespace Acquisition.Pipeline.Metering;

/// <summary>What a run counts, as instruments of <see cref="System.Diagnostics.Metrics"/>; durations in seconds, sizes in bytes.</summary>
/// <remarks>Counts and depths are read from the run when somebody collects them, so that a frame costs nothing; only durations, a few a
/// volume, are recorded as they happen. Each run has a meter of its own, whose scope is the run: two runs overlap while one drains. The tag
/// <c>acquisition.run</c> tells them apart. Every measurement has it, because an exporter may put all meters of one name under the tags of the
/// first; the meter has it as well, because an exporter may take meters of equal name and tags for one.</remarks>
public sealed class RunMetrics : IDisposable
{
    /// <summary>Name of every run's meter.</summary>
    public const string MeterName = "Acquisition";

    /// <summary>Tag of every measurement: when the run began.</summary>
    public const string RunTag = "acquisition.run";

    /// <summary>From a fast publisher to a night of waiting; s.</summary>
    private static readonly double[] Bounds =
        [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 20_000];

    private readonly KeyValuePair<string, object?> _run;
    private readonly Meter _meter;
    private readonly Func<RunStatus> _status;
    private readonly Histogram<double> _lag;
    private readonly Histogram<double> _stages;
    private readonly Histogram<double> _queues;
    private readonly ConcurrentDictionary<int, GaugeReading> _gauges = new();

    /// <param name="run">The <see cref="ScanRun"/> or <see cref="ResumedRun"/>.</param>
    /// <param name="status">Its status, for any thread.</param>
    internal RunMetrics(object run, Func<RunStatus> status, DateTimeOffset startedAt)
    {
        _status = status;
        _run = new(RunTag, startedAt.UtcDateTime.ToString("yyyyMMdd-HHmmss.fff", CultureInfo.InvariantCulture));
        _meter = new Meter(new MeterOptions(MeterName)
        {
            Version = typeof(RunMetrics).Assembly.GetName().Version?.ToString(3),
            Tags = [_run],
            Scope = run,
        });
        _lag = Durations("acquisition.volume.lag", "From a volume's last frame to its restoration.");
        _stages = Durations("acquisition.stage.duration", "Time that one volume took in a stage.");
        _queues = Durations("acquisition.queue.wait", "Time that one volume waited in a queue.");
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>Offers what the run counts. Only once the run is whole: whoever listens may read at once.</summary>
    internal void Observe()
    {
        Frames();
        Volumes();
        Queues();
        State();
    }

    /// <summary>Records what these histograms note from now on.</summary>
    internal void Record(IEnumerable<DurationHistogram> stages, IEnumerable<(string Name, DurationHistogram Waits)> queues)
    {
        foreach (DurationHistogram stage in stages) stage.RecordTo(_stages, _run, Tag("stage", stage.Stage));
        foreach (var (name, waits) in queues) waits.RecordTo(_queues, _run, Tag("queue", name));
    }

    internal void NoteRestored(Provenance made)
    {
        _lag.Record(made.Lag.TotalSeconds, _run, Tag("channel", made.Index.C));
        if (made.Gauge is { } gauge) _gauges[made.Index.C] = gauge;
    }

    private void Frames()
    {
        Counter("acquisition.frames.received", "{frame}", "Frame messages that arrived, good or bad.", s => s.Frames.Received);
        Counter("acquisition.frames.stored", "{frame}", "Frames that lie in a raw volume on disk.", s => s.Frames.Stored);
        Counters("acquisition.frames.refused", "{frame}", "Frames refused.", "reason", s => s.Frames.Refused);
        Counters("acquisition.messages.refused", "{message}", "Messages refused that were no frames.", "reason", s => s.Frames.RefusedMessages);
        Counter("acquisition.messages.repeated", "{message}", "Messages whose number had been seen.", s => s.Frames.RepeatedMessages);
        Counter("acquisition.messages.disordered", "{message}", "Messages that came after a later one.", s => s.Frames.DisorderedMessages);
        // Goes down when a message that was missing comes late.
        Level("acquisition.messages.lost", "{message}", "Numbers missing from the source's sequence.", s => s.Frames.LostMessages);
        Level("acquisition.frames.in_flight", "{frame}", "Frames in volumes that are not on disk yet.", s => s.Frames.InFlight);
        Gauge("acquisition.frames.rate", "{frame}/s", "Frames per second over the last two seconds.", s => s.FramesPerSecond);
    }

    private void Volumes()
    {
        Counter("acquisition.volumes.assembled", "{volume}", "Raw volumes on disk.", s => s.Volumes.Assembled);
        Counter("acquisition.volumes.incomplete", "{volume}", "Raw volumes with planes missing.", s => s.Volumes.Incomplete);
        Counter("acquisition.volumes.restored", "{volume}", "Restored volumes on disk.", s => s.Volumes.Restored);
        Counter("acquisition.volumes.previews", "{volume}", "Provisional volumes published.", s => s.Volumes.Previews);
        Counters("acquisition.volumes.skipped", "{volume}", "Volumes that will not be restored.", "reason", s => s.Volumes.Skipped);
        Level("acquisition.volumes.pending", "{volume}", "Raw volumes waiting to be restored.", s => s.Volumes.Pending);
        _meter.CreateObservableGauge(
            "acquisition.quality",
            () => _gauges.SelectMany(channel => new Measurement<double>[]
            {
                Of(channel.Value.ModelDb, Tag("channel", channel.Key), Tag("method", "model")),
                Of(channel.Value.ProjectedDb, Tag("channel", channel.Key), Tag("method", "projected")),
            }),
            "dB", "How well the newest gauged volume is predicted from its own shrunk copy.");
        _meter.CreateObservableGauge(
            "acquisition.gauge", () => _gauges.Select(channel => Of(channel.Value.Carries, Tag("channel", channel.Key))),
            "1", "By what the model's detail should be multiplied; 1 is just right, below 0.5 it does harm.");
    }

    private void Queues()
    {
        Queue("acquisition.queue.depth", "{volume}", "Volumes waiting.", queue => queue.Depth);
        Queue("acquisition.queue.bytes", "By", "Memory of what waits.", queue => queue.DepthBytes);
        Queue("acquisition.queue.high_water", "By", "Most memory that waited at once.", queue => queue.HighWaterBytes);
        Queue("acquisition.queue.limit", "By", "Most memory that may wait.", queue => queue.BudgetBytes);
        Queue("acquisition.queue.alarm", "1", "0 none, 1 three quarters full, 2 no room.", queue => (long)queue.Alarm);
        _meter.CreateObservableCounter(
            "acquisition.queue.dropped", () => _status().Queues.Select(queue => Of(queue.Dropped, Tag("queue", queue.Name))),
            "{volume}", "Volumes given up for want of room.");

        void Queue(string name, string unit, string description, Func<QueueStatus, long> read) => _meter.CreateObservableGauge(
            name, () => _status().Queues.Select(queue => Of(read(queue), Tag("queue", queue.Name))), unit, description);
    }

    private void State()
    {
        _meter.CreateObservableGauge(
            "acquisition.run.state",
            () =>
            {
                RunState now = _status().State;
                return Enum.GetValues<RunState>().Select(state => Of(state == now ? 1 : 0, Tag("state", state.ToString().ToLowerInvariant())));
            },
            "1", "1 for the state that the run is in, 0 for the others.");
        Optional("acquisition.disk.free", "By", "Room on the disk under the run.", s => s.FreeBytes);
        Optional("acquisition.disk.time_left", "s", "How long that lasts at the present rate.", s => s.DiskTimeLeft?.TotalSeconds);

        void Optional(string name, string unit, string description, Func<RunStatus, double?> read) => _meter.CreateObservableGauge(
            name, () => read(_status()) is { } value ? [Of(value)] : Array.Empty<Measurement<double>>(), unit, description);
    }

    private Histogram<double> Durations(string name, string description) =>
        _meter.CreateHistogram(name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Bounds });

    private void Counter(string name, string unit, string description, Func<RunStatus, long> read) =>
        _meter.CreateObservableCounter(name, () => Of(read(_status())), unit, description);

    private void Counters(string name, string unit, string description, string key, Func<RunStatus, IReadOnlyDictionary<string, long>> read) =>
        _meter.CreateObservableCounter(
            name, () => read(_status()).Select(count => Of(count.Value, Tag(key, count.Key))), unit, description);

    private void Level(string name, string unit, string description, Func<RunStatus, long> read) =>
        _meter.CreateObservableUpDownCounter(name, () => Of(read(_status())), unit, description);

    private void Gauge(string name, string unit, string description, Func<RunStatus, double> read) =>
        _meter.CreateObservableGauge(name, () => Of(read(_status())), unit, description);

    private Measurement<T> Of<T>(T value, params ReadOnlySpan<KeyValuePair<string, object?>> tags) where T : struct => new(value, [_run, .. tags]);

    private static KeyValuePair<string, object?> Tag(string key, object value) => new(key, value);
}
