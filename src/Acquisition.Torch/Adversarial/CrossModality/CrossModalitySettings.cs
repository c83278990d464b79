using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Torch.Adversarial.CrossModality;

/// <summary>How networks are sized and moved. Defaults are the paper's (Wang et al. 2019, online methods), where it gives any.</summary>
internal sealed record CrossModalitySettings
{
    /// <summary>Name of <see cref="GeneratorChannels"/> on a model's card.</summary>
    public const string ChannelsKey = "generator_channels";

    /// <summary>Channels after the generator's first block; doubled by each of the three that follow. The paper's 64.</summary>
    public int GeneratorChannels { get; init => field = Require.InRange(value, 2, 1024); } = 64;

    /// <summary>Channels after the discriminator's first layer; doubled by each of its five blocks. The paper's 64, which end as 2048.</summary>
    public int DiscriminatorChannels { get; init => field = Require.InRange(value, 1, 1024); } = 64;

    public WeightDraw WeightDraw { get; init; } = WeightDraw.Paper;

    /// <summary>Edge of the square patches that are learned from, pixels; the whole number of 16 that networks take.</summary>
    public int PatchPx
    {
        get;
        init => field = value > 0 && value % UNetGenerator.Multiple == 0 ? value : throw new ArgumentOutOfRangeException(nameof(PatchPx), value, "Must be a multiple of 16.");
    } = 64;

    public int Batch { get; init => field = Require.InRange(value, 1, 1024); } = 8;

    /// <summary>Learning rate of the generator's Adam.</summary>
    public double GeneratorRate { get; init => field = Require.InRange(value, 1e-8, 1); } = 1e-4;

    /// <summary>β₁ of the generator's Adam.</summary>
    public double GeneratorBeta1 { get; init => field = Require.InRange(value, 0, 0.9999); } = 0.5;

    /// <summary>β₂ of the generator's Adam. A gradient out of the blue moves a weight by (1 − β₁)/√(1 − β₂) times the rate: by 16 times with 0.5 and 0.999, which can
    /// undo in one step what hundreds taught, and by no more than the rate with 0.9 and 0.99.</summary>
    public double GeneratorBeta2 { get; init => field = Require.InRange(value, 0, 0.99999); } = 0.999;

    /// <summary>Learning rate of the discriminator's Adam, which takes one step for each of the generator's and whose β₁ is 0.5 and β₂ 0.999.</summary>
    public double DiscriminatorRate { get; init => field = Require.InRange(value, 1e-8, 1); } = 1e-5;

    /// <summary>Of both learning rates.</summary>
    public RateFall RateFall { get; init; } = RateFall.None;

    /// <summary>Steps of the generator.</summary>
    public int Steps { get; init => field = Require.InRange(value, 1, int.MaxValue); } = 50_000;

    /// <summary>First steps of these, which know no adversary.</summary>
    public int PretrainingSteps { get; init => field = Require.InRange(value, 0, int.MaxValue); }

    /// <summary>Share of the generator's loss that is square error; the paper has it at 1 to 10 %.</summary>
    public double SquareErrorShare { get; init => field = Require.InRange(value, 0.001, 0.99); } = 0.05;

    /// <summary>Share that is dissimilarity; the paper has it at 1 to 10 %. What is left is the adversary's.</summary>
    public double SimilarityShare { get; init => field = Require.InRange(value, 0.001, 0.99); } = 0.05;

    /// <summary>Steps after which weights of the terms are set anew, so that shares are what they should be.</summary>
    public int StepsToReweigh { get; init => field = Require.InRange(value, 1, int.MaxValue); } = 100;

    /// <summary>The paper's networks, first without an adversary and then with one that has little of the loss: targets have noise, an adversary tells by it
    /// that predictions have none, and with more of the loss it makes the generator invent noise (tests/studies/cross_modality.md).</summary>
    private static CrossModalitySettings Safe { get; } = new() { PretrainingSteps = 500, SquareErrorShare = 0.49, SimilarityShare = 0.49 };

    public static CrossModalitySettings Of(TrainingPreset preset) => preset switch
    {
        TrainingPreset.Literal => new(),
        TrainingPreset.Safe => Safe,
        TrainingPreset.Small => Safe with
        {
            GeneratorChannels = 16,
            DiscriminatorChannels = 16,
            WeightDraw = WeightDraw.He,
            Batch = 4,
            GeneratorRate = 1e-3,
            GeneratorBeta1 = 0.9,
            GeneratorBeta2 = 0.99,
            DiscriminatorRate = 1e-4,
            RateFall = RateFall.Cosine,
            Steps = 3_000,
            PretrainingSteps = 2_400,
        },
        _ => throw new ArgumentOutOfRangeException(nameof(preset), preset, "Not a preset."),
    };

    /// <summary>As a card has them.</summary>
    public ImmutableSortedDictionary<string, string> ByName() => NamedSettings.Of(this);

    /// <summary>The same with some settings changed.</summary>
    /// <exception cref="RestorationException">There is no such setting, or no such value of it.</exception>
    public CrossModalitySettings With(ImmutableSortedDictionary<string, string> changes)
    {
        CrossModalitySettings changed = NamedSettings.Change(this, changes, ModelNames.CrossModality);
        return changed.SquareErrorShare + changed.SimilarityShare < 1
            ? changed
            : throw new RestorationException($"square_error_share and similarity_share of {ModelNames.CrossModality} leave nothing to the adversary; together they must be below 1.");
    }
}
