using Acquisition.Core;

namespace Acquisition.Restoration;

/// <summary>Which Self-Vision network.</summary>
public enum NetworkVariant
{
    /// <summary>The layers of the public code without its defects: 16-12-(4×12)-16, nearest upsampling, 3³ convolution.</summary>
    Public,

    /// <summary>The layers of He et al. 2023: 16-6-(4×6 in 3 groups), voxel shuffle.</summary>
    Paper,
}

/// <summary>How volumes are restored. Every value is checked, also through <c>with</c>.</summary>
public sealed record RestorationOptions
{
    /// <summary>What restores volumes; see <see cref="ModelNames"/>.</summary>
    public string Model { get; init; } = ModelNames.SelfVision;

    /// <summary>Default <see cref="NetworkVariant.Public"/>: it never fell below cubic on real volumes, the other did.</summary>
    public NetworkVariant Variant { get; init; } = NetworkVariant.Public;

    /// <summary>Training steps per stage; 1 to 100,000. Default 500: more sharpens beyond the truth.</summary>
    public int Steps { get; init => field = Require.InRange(value, 1, 100_000); } = 500;

    /// <summary>Adam's learning rate in the first step, falling to zero along half a cosine wave; (0, 0.1].</summary>
    public double LearningRate { get; init => field = Require.InRange(Require.Positive(value), 0, 0.1); } = 2e-3;

    /// <summary>Crops per training step; 1 to 64. More are taken where the volume holds no crop of full size.</summary>
    public int BatchSize { get; init => field = Require.InRange(value, 1, 64); } = 4;

    /// <summary>Depth of a training crop as the network sees it, planes of the shrunk copy; 1 to 32. Default 8: in shallower crops
    /// the network learns little but borders, and adds the wrong amount of detail inside whole volumes.</summary>
    public int CropPlanes { get; init => field = Require.InRange(value, 1, 32); } = 8;

    /// <summary>Edge of a training crop in y and x, acquired pixels; 8 to 256.</summary>
    public int CropEdgePx { get; init => field = Require.InRange(value, 8, 256); } = 64;

    /// <summary>Rounds of back-projection after the network; 0 to 100, 0 for none.</summary>
    public int BackProjections { get; init => field = Require.InRange(value, 0, 100); } = 10;

    /// <summary>Average over the eight orientations (four turns, z flipped or not). Eight times the work.</summary>
    public bool Ensemble { get; init; } = true;

    /// <summary>Whether z may be mirrored in training and ensemble; false for a point spread function that differs above and below focus.</summary>
    public bool FlipZ { get; init; } = true;

    /// <summary>Share of the network's detail that is added to back-projected cubic interpolation; 0 to 1.</summary>
    public double DetailGain { get; init => field = Require.InRange(value, 0, 1); } = 1;

    /// <summary>Whether restored volumes come with a map of standard errors. Default: they do not; a map compresses badly
    /// and takes about as much room on disk as its volume.</summary>
    public bool Uncertainty { get; init; }

    /// <summary>Whether each volume is asked how well the model suits it. A volume that it would harm is restored without it. Default:
    /// it is; the price is that of one orientation of 270,000 samples a volume.</summary>
    public bool Gauge { get; init; } = true;

    /// <summary>Share of what the gauge read on the model's first three volumes, below which the sample counts as changed; 0 to 1, 0 for
    /// never. Default 0.5, on average of three volumes in a row. A model that stays keeps these volumes as its reference.</summary>
    public double DriftAlarm { get; init => field = Require.InRange(value, 0, 1); } = 0.5;

    /// <summary>Whether the model is tuned again, from its own weights on the newest volume, when the sample has changed; once for each
    /// time that it has. Default: people are told, and the model stays.</summary>
    public bool Refresh { get; init; }

    /// <summary>Seed of weights and crops.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads that tune and restore; 1 to 256. Default: one per processor.</summary>
    public int Threads { get; init => field = Require.InRange(value, 1, 256); } = Environment.ProcessorCount;

    /// <summary>Most bytes of activations held while restoring a volume; at least 16 MiB. Larger volumes go in tiles.</summary>
    public long ActivationBudgetBytes { get; init => field = Require.InRange(value, 16L << 20, 1L << 40); } = 512L << 20;
}
