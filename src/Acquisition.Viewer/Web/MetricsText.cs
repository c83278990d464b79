using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Acquisition.Viewer.Web;

/// <summary>Everything that runs count, as Prometheus reads it (text format 0.0.4).</summary>
/// <remarks>Names follow OpenTelemetry's rules for Prometheus: dots become underscores, units are spelt out, counters end in _total.</remarks>
internal sealed class MetricsText : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private const string MeterName = "Acquisition";

    private readonly Lock _gate = new();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<Instrument, Dictionary<string, Series>> _instruments = [];

    public MetricsText()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == MeterName) listener.EnableMeasurementEvents(instrument);
        };
        _listener.MeasurementsCompleted = (instrument, _) =>
        {
            lock (_gate) _instruments.Remove(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>Reads everything once.</summary>
    public string Write()
    {
        lock (_gate)
        {
            // What is observed may come without values that it had before, such as the reason of a queue that is gone.
            foreach (var (instrument, series) in _instruments)
                if (instrument.IsObservable) series.Clear();
        }

        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        lock (_gate)
        {
            foreach (var family in _instruments.Where(i => i.Value.Count > 0).GroupBy(i => NameOf(i.Key)).OrderBy(f => f.Key, StringComparer.Ordinal))
            {
                Instrument first = family.First().Key;
                text.Append("# HELP ").Append(family.Key).Append(' ').Append(Escape(first.Description ?? "", quotes: false)).Append('\n');
                text.Append("# TYPE ").Append(family.Key).Append(' ').Append(KindOf(first)).Append('\n');
                foreach (Series series in family.SelectMany(instrument => instrument.Value.Values)) series.WriteTo(text, family.Key);
            }
        }

        return text.ToString();
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string labels = Labels(instrument, tags);
        lock (_gate)
        {
            if (!_instruments.TryGetValue(instrument, out Dictionary<string, Series>? all)) _instruments[instrument] = all = [];
            if (!all.TryGetValue(labels, out Series? series)) all[labels] = series = new Series(labels, BoundsOf(instrument));
            series.Note(value);
        }
    }

    private static IReadOnlyList<double>? BoundsOf(Instrument instrument) => (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries;

    private static string KindOf(Instrument instrument) => instrument switch
    {
        Histogram<double> => "histogram",
        ObservableCounter<long> or ObservableCounter<double> or Counter<long> or Counter<double> => "counter",
        _ => "gauge",
    };

    private static string NameOf(Instrument instrument)
    {
        string name = instrument.Name.Replace('.', '_');
        string unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            "dB" => "_decibels",
            { } rate when rate.EndsWith("/s", StringComparison.Ordinal) => "_per_second",
            _ => "",
        };
        return name + unit + (KindOf(instrument) == "counter" ? "_total" : "");
    }

    private static string Labels(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in instrument.Meter.Tags ?? [])
            if (!Has(tags, key)) Append(key, value); // no label may come twice
        foreach (var (key, value) in tags) Append(key, value);
        return text.ToString();

        void Append(string key, object? value) => text.Append(text.Length == 0 ? "" : ",").Append(key.Replace('.', '_')).Append("=\"")
            .Append(Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", quotes: true)).Append('"');
    }

    private static bool Has(ReadOnlySpan<KeyValuePair<string, object?>> tags, string wanted)
    {
        foreach (var (key, _) in tags)
            if (key == wanted) return true;
        return false;
    }

    private static string Escape(string text, bool quotes)
    {
        text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }

    /// <summary>One line of a family, or the lines of one histogram.</summary>
    private sealed class Series(string labels, IReadOnlyList<double>? bounds)
    {
        private readonly long[] _counts = new long[(bounds?.Count ?? 0) + 1];
        private double _value;

        public void Note(double value)
        {
            if (bounds is null)
            {
                _value = value;
                return;
            }

            int bucket = 0;
            while (bucket < bounds.Count && value > bounds[bucket]) bucket++;
            _counts[bucket]++;
            _value += value;
        }

        public void WriteTo(StringBuilder text, string name)
        {
            if (bounds is null)
            {
                Line(text, name, labels, Number(_value));
                return;
            }

            long below = 0;
            for (int i = 0; i <= bounds.Count; i++)
            {
                below += _counts[i];
                string bound = i < bounds.Count ? Number(bounds[i]) : "+Inf";
                Line(text, name + "_bucket", $"{labels}{(labels.Length == 0 ? "" : ",")}le=\"{bound}\"", Number(below));
            }

            Line(text, name + "_sum", labels, Number(_value));
            Line(text, name + "_count", labels, Number(below));
        }

        private static void Line(StringBuilder text, string name, string labels, string value) =>
            text.Append(name).Append(labels.Length == 0 ? "" : "{" + labels + "}").Append(' ').Append(value).Append('\n');

        private static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf"
            : value.ToString("R", CultureInfo.InvariantCulture);
    }
}
