using Acquisition.App.Configuration;
using Acquisition.Torch.Adversarial;

namespace Acquisition.App.Training;

/// <summary>What a model is trained on before any scan, and how.</summary>
internal sealed record TrainingConfig
{
    public required string Input { get; init; }

    public required string Target { get; init; }

    public LibrarySetting InputSetting { get; init; } = new();

    public LibrarySetting TargetSetting { get; init; } = new();

    /// <summary>Default <see cref="TrainingPreset.Small"/>: what most machines beside a microscope can train.</summary>
    public TrainingPreset Preset { get; init; } = TrainingPreset.Small;

    /// <summary>Default <see langword="null"/>: as many as the preset takes.</summary>
    public int? Steps { get; init; }

    public int ReportEvery { get; init; } = 100;

    public int Patience { get; init; } = 20;

    public double HeldOutShare { get; init; } = 0.1;

    /// <summary>Whether pairs are registered.</summary>
    public bool Registration { get; init; } = true;

    public int Channel { get; init; }

    public string? StartFile { get; init; }

    /// <summary>As <see cref="NamedValues"/> reads it; default none.</summary>
    public string Overrides { get; init; } = NamedValues.None;
}
