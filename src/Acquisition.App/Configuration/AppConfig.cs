using Acquisition.App.Models;
using Acquisition.App.Training;
using Acquisition.Conditioning;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;
using Acquisition.Storage;
using Acquisition.Transport;

namespace Acquisition.App.Configuration;

/// <summary>Everything a run is told, made of the parts' own options.</summary>
internal sealed record AppConfig
{
    public required SourceOptions Source { get; init; }

    /// <summary>What is corrected before restoring.</summary>
    public ConditioningOptions Conditioning { get; init; } = new();

    public RestorationOptions Restoration { get; init; } = new();

    public ComputeOptions Compute { get; init; } = new();

    /// <summary>For models that make stacks isotropic.</summary>
    public IsotropicScanOptions Isotropy { get; init; } = new();

    /// <summary>For models that were trained before the scan.</summary>
    public PredictionOptions Prediction { get; init; } = new();

    /// <summary>What 'acquisition train' learns from and how; <see langword="null"/> in the configuration of a scan.</summary>
    public TrainingConfig? Training { get; init; }

    public required StorageOptions Storage { get; init; }

    /// <summary>Where restored volumes go out; <see langword="null"/> publishes nothing.</summary>
    public PublisherOptions? Publish { get; init; }

    public PipelineOptions Pipeline { get; init; } = new();

    /// <summary>Where metrics go; <see langword="null"/> sends none.</summary>
    public MetricsOptions? Metrics { get; init; }

    /// <summary>Where people look.</summary>
    public ViewerSettings Viewer { get; init; } = new();

    /// <summary>Folder with the originals that a simulator kept, to score the run against; <see langword="null"/> scores nothing.</summary>
    public string? TruthFolder { get; init; }

    /// <summary>Where reading starts: every default, and stand-ins for what must be given.</summary>
    internal static AppConfig Draft { get; } = new()
    {
        Source = new SourceOptions { Address = "tcp://127.0.0.1:5555" },
        Storage = new StorageOptions { Root = "/" },
    };

    /// <summary>Where reading of the optional publish section starts.</summary>
    internal static PublisherOptions DraftPublisher { get; } = new() { Address = "tcp://127.0.0.1:5556" };

    /// <summary>Where reading of the optional training section starts.</summary>
    internal static TrainingConfig DraftTraining { get; } = new() { Input = "/", Target = "/" };

    /// <summary>Where reading of the optional metrics section starts.</summary>
    internal static MetricsOptions DraftMetrics { get; } = new() { OtlpEndpoint = "http://127.0.0.1:4318" };
}
