namespace Acquisition.Core;

/// <summary>How the bytes of an uncertainty map are read, and what they rest on.</summary>
/// <remarks>A map says standard errors, calibrated on held-out blocks; of models that predict detail it says how far each voxel is to be doubted, which
/// nothing was calibrated for. A byte v from 1 to 255 says <see cref="Largest"/> · 2^((v − 255) / <see cref="StepsPerOctave"/>); 255 also stands for
/// everything larger, 0 for unknown.</remarks>
public sealed record UncertaintyScale
{
    /// <summary>What predicted the errors, or what is doubted: see protocol.md.</summary>
    public required string Method { get; init; }

    /// <summary>Standard error, or doubt, that 255 says; camera units, greater than 0.</summary>
    public required double Largest { get; init => field = Require.Positive(value); }

    public required int StepsPerOctave { get; init => field = Require.Positive(value); }

    /// <summary>The volume on whose held-out blocks the prediction was calibrated; <see langword="null"/> for doubt.</summary>
    public VolumeIndex? CalibratedOn { get; init; }

    /// <summary>Rank correlation of predicted and true error there; -1 to 1; <see langword="null"/> for doubt.</summary>
    public double? HeldOutRank { get; init; }

    /// <summary>Share of voxels there whose error was at most the standard error predicted; 0.683 for normal errors; <see langword="null"/> for doubt.</summary>
    public double? HeldOutWithinOne { get; init; }

    /// <summary>Share within twice the standard error predicted; 0.954 for normal errors; <see langword="null"/> for doubt.</summary>
    public double? HeldOutWithinTwo { get; init; }
}
