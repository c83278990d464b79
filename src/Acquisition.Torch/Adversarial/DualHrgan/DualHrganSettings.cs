using System.Collections.Immutable;
using System.Globalization;
using Acquisition.Core;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>Sizes of networks and weights of losses. The defaults are the paper's (Zhou et al., 3D-dualHRGAN) where it says something.</summary>
internal sealed record DualHrganSettings
{
    /// <summary>Channels of the generator of fine volumes between blocks. The paper's "192 filters reduced to 25" are WDSR-B's of 32 features.</summary>
    public required int Features { get; init => field = Require.Positive(value); }

    /// <summary>Channels where a block rectifies: six times the features.</summary>
    public required int Expanded { get; init => field = Require.Positive(value); }

    /// <summary>Channels that a block's convolution over 3³ voxels sees: 0.8 of the features.</summary>
    public required int Reduced { get; init => field = Require.Positive(value); }

    /// <summary>Residual blocks; eight in the paper.</summary>
    public required int Blocks { get; init => field = Require.Positive(value); }

    /// <summary>Whether the generator adds to the trilinearly enlarged input. Not in the paper; unpaired training is steadier with it.</summary>
    public required bool AddsEnlarged { get; init; }

    /// <summary>Channels of the generator of coarse volumes, which the paper gives five convolutions and no widths.</summary>
    public required int CoarseFeatures { get; init => field = Require.Positive(value); }

    /// <summary>Whether its first convolution has the stride instead of its last, as the paper has it. A coarse voxel then depends on 27 fine ones across
    /// instead of 11, so that wider blurs can be learned, and costs a thirtieth.</summary>
    public required bool StridesFirst { get; init; }

    /// <summary>Channels after each halving of the fine grid; five in the paper.</summary>
    public required ImmutableArray<int> FineCriticFeatures { get; init; }

    /// <summary>Channels of all but the last convolution over the coarse grid; three of the paper's five halve.</summary>
    public required ImmutableArray<int> CoarseCriticFeatures { get; init; }

    /// <summary>Edge of the coarse blocks that are learned from; 32 in the paper, with 96 on the fine grid.</summary>
    public required int BlockEdge { get; init => field = Require.Positive(value); }

    /// <summary>Blocks of each kind in a step.</summary>
    public required int Batch { get; init => field = Require.Positive(value); }

    /// <summary>Steps of the critic of fine volumes before each of the generators; five is Gulrajani's, the paper says nothing.</summary>
    public required int FineCriticSteps { get; init => field = Require.Positive(value); }

    /// <summary>Of that of coarse ones, which is cheap.</summary>
    public required int CoarseCriticSteps { get; init => field = Require.Positive(value); }

    /// <summary>Of Adam, which moves the generators; 1e-4 to 1e-3 in the paper.</summary>
    public required double GeneratorRate { get; init => field = Require.Positive(value); }

    /// <summary>Of RMSprop, which moves the critics; 1e-4 in the paper.</summary>
    public required double CriticRate { get; init => field = Require.Positive(value); }

    /// <summary>Whether the generators' rate falls along half a cosine to a twentieth.</summary>
    public required bool Cools { get; init; }

    /// <summary>Steps of the generators, where training is not told.</summary>
    public required int Steps { get; init => field = Require.Positive(value); }

    /// <summary>Weight of the score of fine volumes in what the generators minimise. Ten in the paper as printed, against 1 for the cycles.</summary>
    public required double FineAdversaryWeight { get; init; }

    /// <summary>That of coarse ones. What it makes is a model of the microscope: a volume that looks acquired invents nothing that anybody sees.</summary>
    public required double CoarseAdversaryWeight { get; init; }

    /// <summary>Whether both are divided by the root of a block's voxels. A critic's slope is 1 for each unit of Euclidean distance, so that the gradient
    /// it gives a block has length 1; that of the mean absolute difference of N voxels has length 1/√N. Divided, the weights of adversary and
    /// cycle compare alike for blocks of any size, and the cycle's, ten times larger, does outweigh.</summary>
    public required bool AdversaryIsPerVoxel { get; init; }

    /// <summary>Weight of |G(F(h)) − h| and |F(G(l)) − l|, means over voxels.</summary>
    public required double CycleWeight { get; init; }

    /// <summary>Weight of |mean over 3³ voxels of G(l) − l| at the beginning; none in the paper.</summary>
    public required double ConsistencyWeight { get; init; }

    /// <summary>Share of the steps over which that falls to 0, along a straight line.</summary>
    public required double ConsistencyShare { get; init; }

    /// <summary>Weight of (|∇D| − 1)²; ten is Gulrajani's, the paper says nothing.</summary>
    public required double PenaltyWeight { get; init; }

    public static DualHrganSettings Of(TrainingPreset preset) => preset switch
    {
        TrainingPreset.Literal => Paper,
        TrainingPreset.Safe => Paper with
        {
            AddsEnlarged = true, FineAdversaryWeight = 1, CoarseAdversaryWeight = 10, AdversaryIsPerVoxel = true, CycleWeight = 10, ConsistencyWeight = 5, ConsistencyShare = 0.1,
        },
        _ => Paper with
        {
            Features = 16, Expanded = 96, Reduced = 12, Blocks = 4, AddsEnlarged = true, CoarseFeatures = 16, StridesFirst = true,
            FineCriticFeatures = [8, 16, 32, 64, 64], CoarseCriticFeatures = [8, 16, 32, 64], BlockEdge = 12, FineCriticSteps = 1, CoarseCriticSteps = 3,
            GeneratorRate = 1e-3, CriticRate = 5e-4, Cools = true, Steps = 2000,
            FineAdversaryWeight = 1, CoarseAdversaryWeight = 10, AdversaryIsPerVoxel = true, CycleWeight = 10, ConsistencyWeight = 5, ConsistencyShare = 0.15,
        },
    };

    /// <summary>As a model's card has them.</summary>
    public ImmutableSortedDictionary<string, string> ToCard() => Named().ToImmutableSortedDictionary(entry => entry.Name, entry => entry.Value, StringComparer.Ordinal);

    /// <summary>Reads what networks are built from; what else <see cref="ToCard"/> wrote stays as the preset has it.</summary>
    /// <exception cref="DataFormatException">Something is missing or no number.</exception>
    public static DualHrganSettings FromCard(ModelCard card)
    {
        return Of(card.Preset) with
        {
            Features = Number("features"),
            Expanded = Number("expanded"),
            Reduced = Number("reduced"),
            Blocks = Number("blocks"),
            AddsEnlarged = Number("adds_enlarged") == 1,
            CoarseFeatures = Number("coarse_features"),
            StridesFirst = Number("strides_first") == 1,
        };

        int Number(string name) => card.Settings.TryGetValue(name, out string? text) && int.TryParse(text, CultureInfo.InvariantCulture, out int number) && number is >= 0 and <= 4096
            ? number
            : throw new DataFormatException($"The model's card says '{text}' for '{name}', and a number up to 4096 is expected.");
    }

    private static DualHrganSettings Paper { get; } = new()
    {
        Features = 32, Expanded = 192, Reduced = 25, Blocks = 8, AddsEnlarged = false, CoarseFeatures = 32, StridesFirst = false,
        FineCriticFeatures = [32, 64, 128, 256, 256], CoarseCriticFeatures = [32, 64, 128, 256], BlockEdge = 32, Batch = 1,
        FineCriticSteps = 5, CoarseCriticSteps = 5, GeneratorRate = 1e-4, CriticRate = 1e-4, Cools = false, Steps = 100_000,
        FineAdversaryWeight = 10, CoarseAdversaryWeight = 10, AdversaryIsPerVoxel = false, CycleWeight = 1, ConsistencyWeight = 0, ConsistencyShare = 0, PenaltyWeight = 10,
    };

    private IEnumerable<(string Name, string Value)> Named()
    {
        yield return ("features", Text(Features));
        yield return ("expanded", Text(Expanded));
        yield return ("reduced", Text(Reduced));
        yield return ("blocks", Text(Blocks));
        yield return ("adds_enlarged", AddsEnlarged ? "1" : "0");
        yield return ("coarse_features", Text(CoarseFeatures));
        yield return ("strides_first", StridesFirst ? "1" : "0");
        yield return ("fine_critic_features", string.Join(' ', FineCriticFeatures));
        yield return ("coarse_critic_features", string.Join(' ', CoarseCriticFeatures));
        yield return ("block_edge", Text(BlockEdge));
        yield return ("batch", Text(Batch));
        yield return ("fine_critic_steps", Text(FineCriticSteps));
        yield return ("coarse_critic_steps", Text(CoarseCriticSteps));
        yield return ("generator_rate", Text(GeneratorRate));
        yield return ("critic_rate", Text(CriticRate));
        yield return ("cools", Cools ? "1" : "0");
        yield return ("fine_adversary_weight", Text(FineAdversaryWeight));
        yield return ("coarse_adversary_weight", Text(CoarseAdversaryWeight));
        yield return ("adversary_is_per_voxel", AdversaryIsPerVoxel ? "1" : "0");
        yield return ("cycle_weight", Text(CycleWeight));
        yield return ("consistency_weight", Text(ConsistencyWeight));
        yield return ("consistency_share", Text(ConsistencyShare));
        yield return ("penalty_weight", Text(PenaltyWeight));
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
