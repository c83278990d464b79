using System.Collections.Immutable;
using System.Globalization;
using Acquisition.Core;

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

    /// <summary>Deviation of the normal distribution, cut at twice that, which weights are drawn from: the paper's 0.05. <see langword="null"/> for
    /// what keeps variances through leaky rectifiers (He et al. 2015): with a quarter of the channels the paper's lets signals fade.</summary>
    public double? WeightDeviation { get; init; } = 0.05;

    /// <summary>Edge of the square patches that are learned from, pixels; the whole number of 16 that networks take.</summary>
    public int PatchPx { get; init => field = value > 0 && value % UNetGenerator.Multiple == 0 ? value : throw new ArgumentOutOfRangeException(nameof(PatchPx), value, "Must be a multiple of 16."); } = 64;

    public int Batch { get; init => field = Require.InRange(value, 1, 1024); } = 8;

    /// <summary>Learning rate of the generator's Adam.</summary>
    public double GeneratorRate { get; init; } = 1e-4;

    /// <summary>Learning rate of the discriminator's Adam, which takes one step for each of the generator's.</summary>
    public double DiscriminatorRate { get; init; } = 1e-5;

    /// <summary>Whether both rates fall to 0 along half a cosine.</summary>
    public bool Decays { get; init; }

    /// <summary>Steps of the generator.</summary>
    public int Steps { get; init; } = 50_000;

    /// <summary>First steps of these, which know no adversary.</summary>
    public int PretrainingSteps { get; init; }

    /// <summary>Share of the generator's loss that is square error; the paper has it at 1 to 10 %.</summary>
    public double SquareErrorShare { get; init; } = 0.05;

    /// <summary>Share that is dissimilarity; the paper has it at 1 to 10 %. What is left is the adversary's.</summary>
    public double SimilarityShare { get; init; } = 0.05;

    /// <summary>Steps after which weights of the terms are set anew, so that shares are what they should be.</summary>
    public int StepsToReweigh { get; init; } = 100;

    public static CrossModalitySettings Of(TrainingPreset preset) => preset switch
    {
        TrainingPreset.Literal => new(),
        TrainingPreset.Safe => new() { PretrainingSteps = 500, SquareErrorShare = 0.25, SimilarityShare = 0.25 },
        _ => new()
        {
            GeneratorChannels = 16,
            DiscriminatorChannels = 16,
            WeightDeviation = null,
            GeneratorRate = 1e-3,
            DiscriminatorRate = 1e-4,
            Decays = true,
            Steps = 2000,
            PretrainingSteps = 500,
            SquareErrorShare = 0.25,
            SimilarityShare = 0.25,
        },
    };

    /// <summary>As a model's card has them.</summary>
    public ImmutableSortedDictionary<string, string> ToCard()
    {
        var card = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        card[ChannelsKey] = Say(GeneratorChannels);
        card["discriminator_channels"] = Say(DiscriminatorChannels);
        card["weight_deviation"] = WeightDeviation is double deviation ? Say(deviation) : "he";
        card["patch_px"] = Say(PatchPx);
        card["batch"] = Say(Batch);
        card["generator_rate"] = Say(GeneratorRate);
        card["discriminator_rate"] = Say(DiscriminatorRate);
        card["rates_decay"] = Decays ? "cosine" : "no";
        card["pretraining_steps"] = Say(PretrainingSteps);
        card["square_error_share"] = Say(SquareErrorShare);
        card["similarity_share"] = Say(SimilarityShare);
        card["steps_to_reweigh"] = Say(StepsToReweigh);
        return card.ToImmutable();

        static string Say(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
    }
}
