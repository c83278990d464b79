namespace Acquisition.App.Configuration;

/// <summary>Where a run's metrics go while it goes on.</summary>
internal sealed record MetricsOptions
{
    /// <summary>Collector that takes OTLP over HTTP, as protobuf; the path v1/metrics is added to an address without one.</summary>
    public required string OtlpEndpoint { get; init; }

    /// <summary>Time between two exports. Default 10 s: a screen that is looked at now and then.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(10);
}
