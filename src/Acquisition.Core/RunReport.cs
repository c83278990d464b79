using System.Collections.Immutable;

namespace Acquisition.Core;

/// <summary>Quality of one picture against the truth.</summary>
/// <param name="PsnrDb">Peak signal-to-noise ratio, dB, for data scaled to [0, 1].</param>
/// <param name="Ssim">Structural similarity, data range 1.</param>
public readonly record struct Score(double PsnrDb, double Ssim);

/// <summary>Scores of one volume by three methods.</summary>
public sealed record VolumeScores(VolumeIndex Index, Score Cubic, Score Projected, Score Restored);

/// <summary>Scores of a run against the originals that a simulator kept.</summary>
public sealed record ScoreReport(Score Cubic, Score Projected, Score Restored, ImmutableArray<VolumeScores> Volumes);

/// <summary>Distribution of one duration over a run.</summary>
public sealed record TimingSummary(string Stage, long Count, double P50Ms, double P95Ms, double P99Ms, double MaxMs);

/// <summary>What a run leaves to be read by people and programs.</summary>
public sealed record RunReport
{
    public required RunStatus Status { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }

    public ImmutableArray<TimingSummary> Timings { get; init; } = [];

    /// <summary>Faults that did not end the run, first of each kind, for people.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary><see langword="null"/> when no originals were given.</summary>
    public ScoreReport? Scores { get; init; }

    /// <summary>Whether both ledgers close.</summary>
    public bool LedgerCloses => Status.Frames.Closes && Status.Volumes.Closes;
}
