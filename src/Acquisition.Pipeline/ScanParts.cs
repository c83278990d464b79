using Acquisition.Core;
using Acquisition.Pipeline.Metering;
using Acquisition.Restoration;

namespace Acquisition.Pipeline;

/// <summary>What a scan's pipeline is built from and counts into; all of it outlives the scan and belongs to the run.</summary>
internal sealed record ScanParts
{
    public required TimeProvider Clock { get; init; }

    public required PipelineOptions Options { get; init; }

    public required RestorationOptions Restoration { get; init; }

    /// <summary>Says how a scan is restored.</summary>
    public required Func<ScanPlan, Action<string>, ScanRestoration> Restoring { get; init; }

    /// <summary>Makes what corrects a scan's volumes before they are restored; <see langword="null"/> for nothing.</summary>
    public Func<ScanPlan, IVolumeConditioner>? Conditioning { get; init; }

    /// <summary><see langword="null"/> when nobody is to be told.</summary>
    public required IVolumePublisher? Publisher { get; init; }

    /// <summary>Where people look; <see langword="null"/> when nobody can.</summary>
    public IRunScreen? Screen { get; init; }

    /// <summary>Memory of the volumes that the camera fills.</summary>
    public required VolumePool CameraPool { get; init; }

    /// <summary>Ticks of the clock when the run began, and what time that was.</summary>
    public required (long Timestamp, DateTimeOffset At) Started { get; init; }

    /// <summary>What time it was at some ticks of the clock.</summary>
    public DateTimeOffset TimeOf(long timestamp) => Started.At + Clock.GetElapsedTime(Started.Timestamp, timestamp);

    public required RunMetrics Metrics { get; init; }

    public FrameCounters Frames { get; } = new();

    public VolumeCounters Volumes { get; } = new();
}
