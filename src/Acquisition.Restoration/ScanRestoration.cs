using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Restoration;

/// <summary>How the volumes of one scan are restored: what computes, and what is known of it before the first volume.</summary>
public sealed record ScanRestoration
{
    public required IRestorationEngine Engine { get; init; }

    /// <summary>Where restored samples stand; <see langword="null"/> where the scan's factors say it.</summary>
    public RestoredGrid? Grid { get; init; }

    /// <summary>What restores without a model, as <see cref="Provenance.Method"/> says it.</summary>
    public required string Baseline { get; init; }

    /// <summary>Why no model is tuned, for people; <see langword="null"/> where one is.</summary>
    public string? WhyNotTuned { get; init; }

    /// <summary>Weights that restore from the first volume on, trained before the scan; <see langword="null"/> where a model is tuned, or none is used.
    /// Goes with <see cref="WhyNotTuned"/>.</summary>
    public TunedModel? Trained { get; init; }

    /// <summary>Scaling of all volumes where the model's training fixed it; <see langword="null"/> to measure it on each channel's first volume.</summary>
    public IntensityScale? Scale { get; init; }

    /// <summary>Whether the model can put in what was not acquired; its volumes are marked as predicted.</summary>
    public bool Predicts { get; init; }

    /// <summary>How the maps of doubt are read that streams give (<see cref="IPlaneRestorer.Doubt"/>); <see langword="null"/> where they give none.</summary>
    public DoubtScale? Doubt { get; init; }

    /// <summary>Bytes that a stream holds at most, beside the activation budget.</summary>
    public required long StreamBytes { get; init; }

    /// <summary>What decides what volumes look like beside <see cref="RestorationOptions"/>, by the names that it has in a configuration.</summary>
    public ImmutableSortedDictionary<string, string> Settings { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Reads weights that <see cref="TunedModel.ToSafeTensors"/> wrote; throws a <see cref="DataFormatException"/> where they are not of
    /// this scan's model.</summary>
    public required Func<byte[], TunedModel> ReadModel { get; init; }

    /// <summary>Self-Vision, or cubic interpolation where the options name that.</summary>
    public static ScanRestoration SelfVision(IRestorationEngine engine, ScanPlan plan, RestorationOptions options)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        bool isUnchanged = plan.Undersampling == Factors.One;
        return new ScanRestoration
        {
            Engine = engine,
            Baseline = isUnchanged ? "unchanged" : options.BackProjections == 0 ? "cubic" : "cubic+back-projection",
            WhyNotTuned = isUnchanged ? "the scan is not undersampled; volumes pass unchanged"
                : options.Model == ModelNames.Cubic ? "restoration.model is cubic" : null,
            StreamBytes = SelfVisionEngine.StreamBytes(plan.Shape, plan.Undersampling, options),
            ReadModel = file => SelfVisionModel.FromSafeTensors(file),
        };
    }
}
