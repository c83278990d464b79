using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>Sizes of networks and weights of losses. The defaults are the paper's (Zhou et al., 3D-dualHRGAN) where it says something.</summary>
internal sealed record DualHrganSettings
{
    private const int MostChannels = 4096;

    /// <summary>Channels of the generator of fine volumes between blocks. The paper's "192 filters reduced to 25" are WDSR-B's of 32 features.</summary>
    public required int Features { get; init => field = Require.InRange(value, 1, MostChannels); }

    /// <summary>Channels where a block rectifies: six times the features.</summary>
    public required int Expanded { get; init => field = Require.InRange(value, 1, MostChannels); }

    /// <summary>Channels that a block's convolution over 3³ voxels sees: 0.8 of the features.</summary>
    public required int Reduced { get; init => field = Require.InRange(value, 1, MostChannels); }

    /// <summary>Residual blocks; eight in the paper.</summary>
    public required int Blocks { get; init => field = Require.InRange(value, 1, 256); }

    /// <summary>Whether the generator of fine volumes adds to the trilinearly enlarged input. Not in the paper; unpaired training is steadier
    /// with it.</summary>
    public required bool AddsEnlarged { get; init; }

    /// <summary>Whether the generator of coarse volumes adds to means over 3³ voxels, and begins by adding nothing. Where the coarse objective blurs much more than its
    /// voxels do, it learns that later than from nothing.</summary>
    public required bool AddsMeans { get; init; }

    /// <summary>Channels of the generator of coarse volumes, which the paper gives five convolutions and no widths.</summary>
    public required int CoarseFeatures { get; init => field = Require.InRange(value, 1, MostChannels); }

    /// <summary>Slope below 0 of what rectifies between its convolutions; the paper says nothing. At 1 nothing rectifies, and what it learns is a blur: images are linear in the specimen,
    /// so that it cannot go wrong in more ways than a microscope does.</summary>
    public required double CoarseSlope { get; init => field = Require.InRange(value, 0, 1); }

    /// <summary>Whether its first convolution has the stride instead of its last, as the paper has it. A coarse voxel then depends on 27 fine ones across
    /// instead of 11, so that wider blurs can be learned, and costs a thirtieth.</summary>
    public required bool StridesFirst { get; init; }

    /// <summary>Whether what the generator of coarse volumes makes gets noise like that of the acquired ones before anything looks at it. Without, the generator of fine volumes
    /// learns to sharpen volumes that have none, and makes dots of the noise of those that do. The paper gives both generators noise and does not say where.</summary>
    public required bool DetectsNoise { get; init; }

    /// <summary>Channels after each halving of the fine grid; five in the paper.</summary>
    public required ImmutableArray<int> FineCriticFeatures { get; init => field = Channels(value); }

    /// <summary>Channels of all but the last convolution over the coarse grid; three of the paper's five halve.</summary>
    public required ImmutableArray<int> CoarseCriticFeatures { get; init => field = Channels(value); }

    /// <summary>Edge of the coarse blocks that are learned from; 32 in the paper, with 96 on the fine grid.</summary>
    public required int BlockEdge { get; init => field = Require.Positive(value); }

    /// <summary>Coarse voxels at each face of a block that critics and losses leave out. Beyond a block is light that networks cannot see there, so that
    /// what they make near its faces is not what they would make inside a volume; none in the paper.</summary>
    public required int Margin { get; init => field = Require.InRange(value, 0, 256); }

    /// <summary>Blocks of each kind in a step.</summary>
    public required int Batch { get; init => field = Require.Positive(value); }

    /// <summary>Blocks of each kind that the critic of coarse volumes sees in a step, its own and the generators'. They cost little, and what it sees of
    /// one is mostly noise.</summary>
    public required int CoarseBatch { get; init => field = Require.InRange(value, 1, 1024); }

    /// <summary>Steps of the critic of fine volumes before each of the generators; five is Gulrajani's, the paper says nothing.</summary>
    public required int FineCriticSteps { get; init => field = Require.Positive(value); }

    /// <summary>Of that of coarse ones.</summary>
    public required int CoarseCriticSteps { get; init => field = Require.Positive(value); }

    /// <summary>Of that, while only the generator of coarse volumes learns.</summary>
    public required int DegradationCriticSteps { get; init => field = Require.Positive(value); }

    /// <summary>Steps of the generator of fine volumes on G(F(h)) ≈ h alone before each of both generators. They cost little beside one with critics, and what it can sharpen
    /// is learned from them; none in the paper.</summary>
    public required int CycleSteps { get; init => field = Require.InRange(value, 0, 100); }

    /// <summary>Of Adam, which moves the generator of fine volumes; 1e-4 to 1e-3 in the paper.</summary>
    public required double GeneratorRate { get; init => field = Require.Positive(value); }

    /// <summary>Of the one that moves the generator of coarse volumes.</summary>
    public required double DegradationRate { get; init => field = Require.Positive(value); }

    /// <summary>Of RMSprop, which moves the critics; 1e-4 in the paper.</summary>
    public required double CriticRate { get; init => field = Require.Positive(value); }

    /// <summary>Whether the generators' rates fall along half a cosine to a twentieth; that of F to a fifth while it learns alone, and from there to a twentieth.</summary>
    public required bool Cools { get; init; }

    /// <summary>Steps of the generators, where training is not told.</summary>
    public required int Steps { get; init => field = Require.Positive(value); }

    /// <summary>Weight of the score of fine volumes in what the generators minimise. Ten in the paper as printed, against 1 for the cycles.</summary>
    public required double FineAdversaryWeight { get; init => field = Require.InRange(value, 0, 1e6); }

    /// <summary>That of coarse ones. What it makes is a model of the microscope: a volume that looks acquired invents nothing that anybody sees.</summary>
    public required double CoarseAdversaryWeight { get; init => field = Require.InRange(value, 0, 1e6); }

    /// <summary>Whether both are divided by the root of a block's voxels. A critic's slope is 1 for each unit of Euclidean distance, so that the gradient
    /// it gives a block has length 1; that of the mean absolute difference of N voxels has length 1/√N. Divided, the weights of adversary and
    /// cycle compare alike for blocks of any size, and the cycle's, ten times larger, does outweigh.</summary>
    public required bool AdversaryIsPerVoxel { get; init; }

    /// <summary>Weight of |G(F(h)) − h| and |F(G(l)) − l|, means over voxels.</summary>
    public required double CycleWeight { get; init => field = Require.InRange(value, 0, 1e6); }

    /// <summary>Whether |G(F(h)) − h| moves F too, as in the paper. F then comes to blur less than the microscope, since that is easier to undo, and G learns to undo too little.
    /// |F(G(l)) − l| always moves it: without, its gain goes round and round what its critic wants.</summary>
    public required bool FineCycleMovesDegradation { get; init; }

    /// <summary>Share of the steps, the first ones, in which only the generator of coarse volumes and its critic learn. What comes after learns from
    /// pairs that it makes, and those of a generator that knows nothing of the microscope teach nothing; none in the paper.</summary>
    public required double DegradationShare { get; init => field = Require.InRange(value, 0, 0.9); }

    /// <summary>Weight of |mean over 3³ voxels of G(l) − l| at the beginning, and in the first steps of |F(h) − mean over 3³ voxels of h| where <see cref="BlurWeight"/> is 0, so that
    /// structures stay where they are; none in the paper.</summary>
    public required double ConsistencyWeight { get; init => field = Require.InRange(value, 0, 1e6); }

    /// <summary>Share of the other steps over which that falls to 0, along a straight line; over the first ones it does so as well.</summary>
    public required double ConsistencyShare { get; init => field = Require.InRange(value, 0, 1); }

    /// <summary>Weight of |F(h) − B(h)| in what moves F, B being the <see cref="MeasuredBlur"/> of both libraries, which then takes the place of the mean over 3³ voxels. None in the paper; but
    /// held by its critic alone, F's gain and blur go astray by up to a fifth.</summary>
    public required double BlurWeight { get; init => field = Require.InRange(value, 0, 1e6); }

    /// <summary>Weight of (|∇D| − 1)²; ten is Gulrajani's, the paper says nothing.</summary>
    public required double PenaltyWeight { get; init => field = Require.InRange(value, 0, 1e6); }

    public static DualHrganSettings Of(TrainingPreset preset) => preset switch
    {
        TrainingPreset.Literal => Paper,
        TrainingPreset.Safe => Paper with
        {
            AddsEnlarged = true,
            DetectsNoise = true,
            FineAdversaryWeight = 1,
            CoarseAdversaryWeight = 20,
            AdversaryIsPerVoxel = true,
            CycleWeight = 10,
            FineCycleMovesDegradation = false,
            DegradationShare = 0.3,
            ConsistencyWeight = 5,
            ConsistencyShare = 0.1,
            BlurWeight = 40,
        },
        _ => Paper with
        {
            Features = 16,
            Expanded = 96,
            Reduced = 12,
            Blocks = 4,
            AddsEnlarged = true,
            DetectsNoise = true,
            CoarseFeatures = 8,
            CoarseSlope = 1,
            StridesFirst = true,
            FineCriticFeatures = [8, 16, 32, 32],
            CoarseCriticFeatures = [8, 16, 32, 64],
            BlockEdge = 14,
            Margin = 2,
            CoarseBatch = 6,
            FineCriticSteps = 1,
            CoarseCriticSteps = 1,
            DegradationCriticSteps = 3,
            CycleSteps = 14,
            GeneratorRate = 3e-3,
            DegradationRate = 1e-3,
            CriticRate = 5e-4,
            Cools = true,
            Steps = 1540,
            FineAdversaryWeight = 10,
            CoarseAdversaryWeight = 20,
            AdversaryIsPerVoxel = true,
            CycleWeight = 10,
            FineCycleMovesDegradation = false,
            DegradationShare = 0.23,
            ConsistencyWeight = 2,
            ConsistencyShare = 0.1,
            BlurWeight = 40,
        },
    };

    /// <summary>As a card has them.</summary>
    public ImmutableSortedDictionary<string, string> ToCard() => NamedSettings.Of(this);

    /// <summary>The settings that made a model.</summary>
    /// <exception cref="DataFormatException">One is missing, or cannot be.</exception>
    public static DualHrganSettings FromCard(ModelCard card) => NamedSettings.Of(card, Paper);

    /// <summary>The same with some settings changed.</summary>
    /// <exception cref="RestorationException">There is no such setting, or no such value of it.</exception>
    public DualHrganSettings With(ImmutableSortedDictionary<string, string> changes) => NamedSettings.Change(this, changes, ModelNames.DualHrgan);

    private static DualHrganSettings Paper { get; } = new()
    {
        Features = 32,
        Expanded = 192,
        Reduced = 25,
        Blocks = 8,
        AddsEnlarged = false,
        AddsMeans = false,
        CoarseFeatures = 32,
        CoarseSlope = 0.2,
        StridesFirst = false,
        DetectsNoise = false,
        FineCriticFeatures = [32, 64, 128, 256, 256],
        CoarseCriticFeatures = [32, 64, 128, 256],
        BlockEdge = 32,
        Margin = 0,
        Batch = 1,
        CoarseBatch = 1,
        FineCriticSteps = 5,
        CoarseCriticSteps = 5,
        DegradationCriticSteps = 5,
        CycleSteps = 0,
        GeneratorRate = 1e-4,
        DegradationRate = 1e-4,
        CriticRate = 1e-4,
        Cools = false,
        Steps = 100_000,
        FineAdversaryWeight = 10,
        CoarseAdversaryWeight = 10,
        AdversaryIsPerVoxel = false,
        CycleWeight = 1,
        FineCycleMovesDegradation = true,
        DegradationShare = 0,
        ConsistencyWeight = 0,
        ConsistencyShare = 0,
        BlurWeight = 0,
        PenaltyWeight = 10,
    };

    private static ImmutableArray<int> Channels(ImmutableArray<int> features) => features is { IsDefaultOrEmpty: false } && features.All(count => count is >= 1 and <= MostChannels)
        ? features
        : throw new ArgumentException($"Channels are whole numbers from 1 to {MostChannels}, one at least.");
}
