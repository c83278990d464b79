using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Torch.Adversarial.C2Gan;

/// <summary>How networks are sized, weighted and trained. Defaults are those of the paper (Li et al. 2021) and of its authors' code of 2020.</summary>
internal sealed record C2GanSettings
{
    /// <summary>Half of them with one learning rate, half with one that falls to 0 (Zhu et al. 2017).</summary>
    public int Steps { get; init => field = Require.InRange(value, 1, int.MaxValue); } = 200_000;

    /// <summary>Edge of patches, pixels.</summary>
    public int PatchPx { get; init => field = Require.InRange(value, 16, 4096); } = 128;

    /// <summary>Of the generators' first layer.</summary>
    public int Channels { get; init => field = Require.InRange(value, 1, 1024); } = 64;

    /// <summary>Residual blocks of a generator: 6 for patches of up to 128 pixels.</summary>
    public int Blocks { get; init => field = Require.InRange(value, 1, 64); } = 6;

    /// <summary>Of the discriminators' first layer.</summary>
    public int DiscriminatorChannels { get; init => field = Require.InRange(value, 1, 1024); } = 64;

    /// <summary>Layers of a discriminator before its last.</summary>
    public int DiscriminatorLayers { get; init => field = Require.InRange(value, 1, 8); } = 4;

    /// <summary>How many of these halve the pitch: 4 as in the code of 2020, 3 to see 70 × 70 pixels as in CycleGAN.</summary>
    public int DiscriminatorHalvings { get; init => field = Require.InRange(value, 0, 8); } = 4;

    /// <summary>Of Adam with β₁ = 0.5 and β₂ = 0.999.</summary>
    public double LearningRate { get; init => field = Require.InRange(value, 1e-8, 1); } = 2e-4;

    /// <summary>What a discriminator is to say of real images: 0.9 rather than 1 keeps it from being too sure.</summary>
    public double RealLabel { get; init => field = Require.InRange(value, 0.1, 2); } = 0.9;

    public double AdversaryWeight { get; init => field = Require.InRange(value, 0, 1e6); } = 1;

    /// <summary>λ of both cycles.</summary>
    public double CycleWeight { get; init => field = Require.InRange(value, 0, 1e6); } = 10;

    /// <summary>ρ of the first step: content and background are to stay content and background.</summary>
    public double ContentWeight { get; init => field = Require.InRange(value, 0, 1e6); } = 5;

    /// <summary>After a share t of all steps ρ has fallen by exp(−decay · t) on its way to <see cref="ContentFloor"/>.</summary>
    public double ContentDecay { get; init => field = Require.InRange(value, 0, 1000); } = 6;

    /// <summary>ρ that remains.</summary>
    public double ContentFloor { get; init => field = Require.InRange(value, 0, 1e6); }

    /// <summary>κ of the first step, by how much content's mask rises for a unit of the networks' −1 to 1; in between, geometrically.</summary>
    public double FirstSlope { get; init => field = Require.InRange(value, 0.1, 1000); } = 10;

    /// <summary>κ of the last step, and of the map of doubt.</summary>
    public double LastSlope { get; init => field = Require.InRange(value, 0.1, 1000); } = 10;

    /// <summary>Images in each pool.</summary>
    public int PoolImages { get; init => field = Require.InRange(value, 0, 10_000); } = 50;

    /// <summary>What tanh cannot fall below, in scaled units, where 0 is the library's 1 % percentile.</summary>
    public double Lowest { get; init => field = Require.InRange(value, -100, 0); } = -0.25;

    /// <summary>What tanh cannot rise above, in scaled units, where 1 is the library's 99.9 % percentile: room for brighter pixels, so that results
    /// do not saturate as they do where the brightest pixel is 1.</summary>
    public double Highest { get; init => field = Require.InRange(value, 1, 100); } = 1.5;

    /// <summary>Masks that sharpen, so that in the end only what changes sides counts, and a weight of theirs that does not fade out.</summary>
    private static C2GanSettings Safe { get; } = new() { ContentWeight = 5, ContentFloor = 0.5, FirstSlope = 10, LastSlope = 25 };

    public static C2GanSettings Of(TrainingPreset preset) => preset switch
    {
        TrainingPreset.Literal => new(),
        TrainingPreset.Safe => Safe,
        TrainingPreset.Small => Safe with
        {
            Steps = 1_500,
            PatchPx = 64,
            Channels = 16,
            Blocks = 3,
            DiscriminatorChannels = 16,
            DiscriminatorLayers = 3,
            DiscriminatorHalvings = 2,
            LearningRate = 4e-4,
        },
        _ => throw new ArgumentOutOfRangeException(nameof(preset), preset, "Not a preset."),
    };

    /// <summary>As a card has them.</summary>
    public ImmutableSortedDictionary<string, string> ByName() => NamedSettings.Of(this);

    /// <summary>The same with some settings changed.</summary>
    /// <exception cref="RestorationException">There is no such setting, or no such value of it.</exception>
    public C2GanSettings With(ImmutableSortedDictionary<string, string> changes) => NamedSettings.Change(this, changes, ModelNames.C2Gan);

    /// <summary>The settings that made a model.</summary>
    /// <exception cref="DataFormatException">One is missing, or cannot be.</exception>
    public static C2GanSettings Of(ModelCard card) => NamedSettings.Of(card, new C2GanSettings());

    /// <summary>The learning rate of a step, the first of which is 1.</summary>
    public double RateAt(int step) => LearningRate * Math.Min(1, 2 * (1 - Passed(step)));

    /// <summary>ρ of a step.</summary>
    public double ContentWeightAt(int step) => ContentFloor + (ContentWeight - ContentFloor) * Math.Exp(-ContentDecay * Passed(step));

    /// <summary>κ of a step.</summary>
    public double SlopeAt(int step) => FirstSlope * Math.Pow(LastSlope / FirstSlope, Passed(step));

    /// <summary>Share of all steps that lie behind.</summary>
    private double Passed(int step) => (step - 1.0) / Steps;
}
