using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Torch.Adversarial.C2Gan;
using Acquisition.Torch.Adversarial.CrossModality;
using Acquisition.Torch.Adversarial.DualHrgan;

namespace Acquisition.Torch.Adversarial;

/// <summary>A published system with adversaries, as training and restoring need it.</summary>
public sealed record AdversarialSystem
{
    /// <summary>As <see cref="ModelNames"/> has it.</summary>
    public required string Method { get; init; }

    /// <summary>Whether image number n of both libraries must show the same.</summary>
    public required bool IsPaired { get; init; }

    /// <summary>By how much the predicted grid is finer on every axis.</summary>
    public required int Finer { get; init; }

    /// <summary>Whether planes are restored one by one, without their neighbours.</summary>
    public required bool IsPlanar { get; init; }

    /// <summary>What its map of doubt says; <see langword="null"/> for a system without one.</summary>
    public required DoubtUnit? Doubt { get; init; }

    /// <summary>Begins training on two libraries, of what is restored and of what results are to look like.</summary>
    public required Func<ImageLibrary, ImageLibrary, TrainingOptions, AdversarialTraining> Begin { get; init; }

    /// <summary>Makes ready to restore with a model of this system.</summary>
    public required Func<OfflineModel, PredictorOptions, Predictor> Open { get; init; }

    public static ImmutableArray<AdversarialSystem> All { get; } = [CrossModalitySystem.System, DualHrganSystem.System, C2GanSystem.System];

    /// <exception cref="RestorationException">There is no such system.</exception>
    public static AdversarialSystem Get(string method) => All.FirstOrDefault(system => system.Method == method)
        ?? throw new RestorationException($"'{method}' is not trained before a scan; {string.Join(", ", All.Select(system => system.Method))} are.");
}
