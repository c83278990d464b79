using System.Collections.Immutable;

namespace Acquisition.Core;

/// <summary>A restored volume on its way to storage, screen and network.</summary>
/// <remarks>Pixels are in the camera's units and type. Whoever keeps it past a call retains it and releases it once.</remarks>
public sealed record RestoredVolume
{
    public required ScanPlan Plan { get; init; }

    public required VolumeBuffer Pixels { get; init; }

    /// <summary>Standard error of each voxel in the steps that <see cref="Provenance.Uncertainty"/> explains; uint8, of the shape of
    /// <see cref="Pixels"/>. <see langword="null"/> when nobody asked for it or nothing is known.</summary>
    public VolumeBuffer? Uncertainty { get; init; }

    public required Provenance Provenance { get; init; }

    /// <summary>When the volume's last frame came, in ticks of the run's clock, for measuring how long it is on its way.</summary>
    public long LastFrameTimestamp { get; init; }

    public VolumeIndex Index => Provenance.Index;

    public long Bytes => Pixels.Bytes + (Uncertainty?.Bytes ?? 0);

    /// <summary>Keeps pixels and map beyond the call that lent them.</summary>
    public void Retain()
    {
        Pixels.Retain();
        Uncertainty?.Retain();
    }

    /// <summary>Gives one reference to pixels and map back.</summary>
    public void Release()
    {
        Pixels.Release();
        Uncertainty?.Release();
    }
}

/// <summary>How one restored volume was made: enough to make it again from the raw dataset.</summary>
public sealed record Provenance
{
    public required VolumeIndex Index { get; init; }

    /// <summary>What restored it: the name of a model, or of what stands in where none is better, as "cubic+back-projection".</summary>
    public required string Method { get; init; }

    /// <summary>SHA-256 of the weights, hex; empty for a method without weights.</summary>
    public string ModelSha256 { get; init; } = "";

    /// <summary>The volume the weights were tuned on; <see langword="null"/> for a method without weights.</summary>
    public VolumeIndex? TunedOn { get; init; }

    /// <summary>Whether a generative model invented detail. Never for Self-Vision.</summary>
    public bool Predicted { get; init; }

    /// <summary>SHA-256 of the resolved restoration settings, hex.</summary>
    public required string SettingsFingerprint { get; init; }

    /// <summary>Planes that never arrived and were interpolated before restoring, in scanned z; ascending.</summary>
    public ImmutableArray<int> MissingPlanes { get; init; } = [];

    /// <summary>Samples that were not finite and were replaced before restoring.</summary>
    public long NonFiniteSamples { get; init; }

    /// <summary>What was corrected before restoring; <see langword="null"/> when the volume was restored as it came.</summary>
    public ConditioningReport? Conditioning { get; init; }

    /// <summary>Camera units that map to 0 and to 1 inside the network; fixed for scan and channel.</summary>
    public required double ScaleLow { get; init; }

    public required double ScaleHigh { get; init; }

    /// <summary>Root mean square of (acquired − restored brought back to the scanned grid), camera units; models that know of a blur apply it.</summary>
    public required double ResidualRms { get; init; }

    /// <summary>How to read the map of standard errors; <see langword="null"/> for a volume without one.</summary>
    public UncertaintyScale? Uncertainty { get; init; }

    /// <summary>Whether a better result for this volume will follow. Only ever published, never stored.</summary>
    public bool Provisional { get; init; }

    /// <summary>How well the model predicts the volume from its own shrunk copy; <see langword="null"/> where it was not measured.</summary>
    public GaugeReading? Gauge { get; init; }

    /// <summary>Why this method and no better one; empty when it is the configured one.</summary>
    public string Note { get; init; } = "";

    /// <summary>Last frame of the volume received until restored.</summary>
    public required TimeSpan Lag { get; init; }

    /// <summary>Time spent restoring.</summary>
    public required TimeSpan Duration { get; init; }
}

/// <summary>How well a model suits a volume, read without a truth from smaller copies of the volume.</summary>
/// <param name="ModelDb">PSNR over the volume's contrast when the volume is shrunk and restored by the model, dB.</param>
/// <param name="ProjectedDb">The same, restored by cubic interpolation with back-projection, dB.</param>
/// <param name="Carries">By what the detail that the model adds should be multiplied on the acquired grid; 0 to 1.5. At 1 it is just right;
/// below 0.5 leaving it out comes closer to the truth.</param>
public readonly record struct GaugeReading(double ModelDb, double ProjectedDb, double Carries)
{
    /// <summary>Of <see cref="Carries"/>, below which the model does harm: an addition that should be half as large errs as much as none.</summary>
    public const double Harmful = 0.5;

    public bool IsHarmful => Carries < Harmful;
}
