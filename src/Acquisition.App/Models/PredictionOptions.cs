namespace Acquisition.App.Models;

/// <summary>What models are told that were trained before the scan.</summary>
internal sealed record PredictionOptions
{
    /// <summary>Default <see langword="null"/>: no such model is used.</summary>
    public string? WeightsFile { get; init; }

    /// <summary>Default <see langword="null"/>: as the microscope announces it.</summary>
    public string? Objective { get; init; }

    /// <summary>Default <see langword="null"/>: unknown.</summary>
    public double? Gain { get; init; }
}
