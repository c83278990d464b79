using Acquisition.App.Configuration;
using Acquisition.Pipeline.Metering;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Acquisition.App.Runs;

/// <summary>Sends the metrics of every run to a collector, from a thread of its own. A collector that is absent, slow or broken costs
/// a run nothing but what it then does not see.</summary>
internal sealed class MetricsExport : IDisposable
{
    private const string Path = "/v1/metrics";

    /// <summary>Longest that one export, and the end of the program, wait for the collector.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly MeterProvider _provider;

    public MetricsExport(MetricsOptions options)
    {
        var endpoint = new UriBuilder(options.OtlpEndpoint);
        if (endpoint.Path is "" or "/") endpoint.Path = Path;
        _provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService("acquisition", serviceVersion: typeof(MetricsExport).Assembly.GetName().Version?.ToString(3)))
            .AddMeter(RunMetrics.MeterName)
            .AddOtlpExporter((exporter, reader) =>
            {
                exporter.Endpoint = endpoint.Uri;
                exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
                exporter.TimeoutMilliseconds = (int)Patience.TotalMilliseconds;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.Period.TotalMilliseconds;
                reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = (int)Patience.TotalMilliseconds;
            })
            .Build();
    }

    /// <summary>Sends what is known now, while a run that has ended still tells it.</summary>
    public void Flush() => _provider.ForceFlush((int)Patience.TotalMilliseconds);

    /// <summary>Sends the last figures, if the collector takes them soon.</summary>
    public void Dispose()
    {
        _provider.Shutdown((int)Patience.TotalMilliseconds);
        _provider.Dispose();
    }
}
