using System.Collections.Immutable;

namespace Acquisition.Core;

/// <summary>What was corrected of one volume before it was restored, and what was found on the way.</summary>
public sealed record ConditioningReport
{
    /// <summary>What the volume went through, in this order: "offset", "flat field", "hot pixels", "line phase", "drift".</summary>
    public required ImmutableArray<string> Steps { get; init; }

    /// <summary>Samples that were not finite and became 0.</summary>
    public long NonFiniteSamples { get; init; }

    /// <summary>Pixels that are hot in nearly every plane and were replaced in all; <see langword="null"/> when nobody looked.</summary>
    public int? HotPixels { get; init; }

    /// <summary><see langword="null"/> when nobody looked.</summary>
    public LinePhase? LinePhase { get; init; }

    /// <summary><see langword="null"/> when nobody looked.</summary>
    public Drift? Drift { get; init; }
}

/// <summary>How far every second row lies off the others, as in scans that go to and fro.</summary>
public sealed record LinePhase
{
    /// <summary>How much further along x the odd rows (1, 3, …) show the specimen; pixels. <see langword="null"/> when nothing was found.</summary>
    public double? EstimatedPx { get; init; }

    /// <summary>Standard error of the estimate, from how well parts of the volume agree; pixels.</summary>
    public double? ErrorPx { get; init; }

    /// <summary>What the odd rows were moved back by: the estimate, or 0 where it is not certain enough; pixels.</summary>
    public double CorrectedPx { get; init; }
}

/// <summary>How far a volume lies off the first one of its channel.</summary>
public sealed record Drift
{
    /// <summary>The volume that this one was compared with.</summary>
    public required VolumeIndex Against { get; init; }

    /// <summary>How much further along each axis this volume shows the specimen, in scanned pixels; <see langword="null"/> on an axis for
    /// which nothing was found.</summary>
    public required Displacement Px { get; init; }

    /// <summary>The same in micrometres.</summary>
    public required Displacement Um { get; init; }

    /// <summary>What the volume was moved back by; pixels, 0 where that was not asked for.</summary>
    public required Displacement CorrectedPx { get; init; }
}

/// <summary>A distance along each axis, slow to fast; <see langword="null"/> where it is not known.</summary>
public readonly record struct Displacement(double? Z, double? Y, double? X);
