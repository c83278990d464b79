using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Acquisition.Pipeline;
using Acquisition.Pipeline.Metering;
using Xunit;

namespace Acquisition.Tests.Support;

/// <summary>Listens to the meter of one run as an exporter does. Every measurement must name the run, and all of them the same one.</summary>
internal sealed class HeardMetrics : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _values = new();

    public HeardMetrics(ScanRun run)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == run) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Hear(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Hear(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Hear(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Durations as they were recorded, by instrument and tags.</summary>
    public ConcurrentQueue<(string Name, double Value)> Recorded { get; } = new();

    /// <summary>What was collected last, by instrument and tags: "name" or "name{key=value}".</summary>
    public IReadOnlyDictionary<string, double> Collect()
    {
        _values.Clear();
        _listener.RecordObservableInstruments();
        return new Dictionary<string, double>(_values);
    }

    public void Dispose() => _listener.Dispose();

    private void Hear(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        object? run = Assert.Single(tags.ToArray(), tag => tag.Key == RunMetrics.RunTag).Value;
        Assert.Equal(Assert.Single(instrument.Meter.Tags!, tag => tag.Key == RunMetrics.RunTag).Value, run);
        string labels = string.Join(',', tags.ToArray().Where(tag => tag.Key != RunMetrics.RunTag).Select(tag => $"{tag.Key}={tag.Value}"));
        string name = labels.Length == 0 ? instrument.Name : $"{instrument.Name}{{{labels}}}";
        if (instrument.IsObservable) _values[name] = value;
        else Recorded.Enqueue((name, value));
    }
}
