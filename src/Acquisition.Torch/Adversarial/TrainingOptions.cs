using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Torch.Adversarial;

/// <summary>How a system is trained before any scan.</summary>
public sealed record TrainingOptions
{
    public TrainingPreset Preset { get; init; } = TrainingPreset.Safe;

    /// <summary>Steps of the generators; <see langword="null"/> for as many as the preset takes.</summary>
    public int? Steps { get; init; }

    /// <summary>Of weights and patches.</summary>
    public int Seed { get; init; }

    public int Threads { get; init => field = Require.InRange(value, 1, 256); } = Environment.ProcessorCount;

    /// <summary>As libtorch names it.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Steps from one report, with held-out scores, to the next.</summary>
    public int ReportEvery { get; init => field = Require.InRange(value, 1, int.MaxValue); } = 100;

    /// <summary>Training ends after so many reports without a better score; 0 for never.</summary>
    public int Patience { get; init => field = Require.InRange(value, 0, int.MaxValue); }

    /// <summary>Share of images that nothing is learned from and scores are taken on; at least one image of each library.</summary>
    public double HeldOutShare { get; init => field = Require.InRange(value, 0, 0.5); } = 0.1;

    /// <summary>Settings of the system to replace those of the preset, by the names that a card gives them; others than those are refused.</summary>
    public ImmutableSortedDictionary<string, string> Overrides { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Weights of the same system and preset to go on from; <see langword="null"/> begins anew.</summary>
    public OfflineModel? Start { get; init; }
}
