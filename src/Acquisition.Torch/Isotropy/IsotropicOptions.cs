using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;

namespace Acquisition.Torch.Isotropy;

/// <summary>How a network is trained. Every value is checked, also through <c>with</c>.</summary>
public sealed record IsotropicOptions
{
    public IsotropicNetwork Network { get; init => field = Known(value); } = IsotropicNetwork.IsoNet2;

    /// <summary>The blur that the network learns to undo. Default: the split one, so that lateral planes stay what they are.</summary>
    public DegradationKernel Kernel { get; init => field = Known(value); } = DegradationKernel.Split;

    /// <summary>How lateral blur is made isotropic before it is split off.</summary>
    public IsotropicAverage Average { get; init => field = Known(value); } = IsotropicAverage.FocalPlane;

    public int Steps { get; init => field = Require.InRange(value, 1, 10_000_000); } = 2000;

    /// <summary>Patches for each step.</summary>
    public int Batch { get; init => field = Require.InRange(value, 1, 4096); } = 8;

    /// <summary>Edge of the square patches, pixels; a multiple of 4.</summary>
    public int PatchPx
    {
        get;
        init => field = value % 4 == 0
            ? Require.InRange(value, 4, 4096)
            : throw new ArgumentOutOfRangeException(nameof(PatchPx), value, $"PatchPx is {value}; it must be a multiple of 4.");
    } = 64;

    /// <summary>Of Adam. Default 1e-3; the article has 5e-3.</summary>
    public double LearningRate { get; init => field = Require.InRange(value, 1e-9, 1.0); } = 1e-3;

    public LearningRateSchedule Schedule { get; init => field = Known(value); } = LearningRateSchedule.Cosine;

    public IsotropicLoss Loss { get; init => field = Known(value); } = IsotropicLoss.LogSquareError;

    /// <summary>Share of activations set to 0. Default 0; the article's 0.2 costs a decibel in short trainings.</summary>
    public double Dropout { get; init => field = Require.InRange(value, 0, 0.9); }

    /// <summary>Added to degraded planes, in the volume's units. Default: none.</summary>
    public DegradationNoise? Noise { get; init; }

    /// <summary>Whether pairs are turned over at random, along x and along y.</summary>
    public bool Flips { get; init; } = true;

    public TrainingAxes Axes { get; init => field = Known(value); } = TrainingAxes.Both;

    /// <summary>Patches without a sample above this are passed over, as a share of the scale from the 0.1 % to the 99.9 % percentile.</summary>
    public double LeastBrightness { get; init => field = Require.InRange(value, 0, 1.0); } = 0.1;

    /// <summary>Share of the lateral planes kept from training to judge it by; at least one.</summary>
    public double HeldOutShare { get; init => field = Require.InRange(value, 0.001, 0.5); } = 0.1;

    /// <summary>Steps from one report, and measurement on held-out planes, to the next.</summary>
    public int ReportEvery { get; init => field = Require.Positive(value); } = 100;

    /// <summary>Equal seeds give equal weights on the processor, with the same number of threads.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Of libtorch, while it trains.</summary>
    public int Threads { get; init => field = Require.InRange(value, 1, 1024); } = 1;

    /// <summary>As libtorch names it: "cpu", "cuda", "cuda:1".</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>As Weigert et al. 2017 train: a learning rate of 5e-3 that stays, and dropout.</summary>
    public static IsotropicOptions Article { get; } = new() { LearningRate = 5e-3, Schedule = LearningRateSchedule.Constant, Dropout = 0.2 };

    /// <summary>As CSBDeep trains by default: 100 epochs of 400 steps.</summary>
    public static IsotropicOptions Care { get; } = new()
    {
        Network = IsotropicNetwork.CareIsotropic,
        Loss = IsotropicLoss.AbsoluteError,
        LearningRate = 4e-4,
        Schedule = LearningRateSchedule.HalveOnPlateau,
        Batch = 16,
        Steps = 40_000,
        ReportEvery = 400,
    };

    /// <summary>As a model is trained during a scan.</summary>
    /// <param name="model">A name of <see cref="ModelNames"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is of no isotropic network.</exception>
    public static IsotropicOptions For(string model, IsotropicScanOptions scan)
    {
        ArgumentNullException.ThrowIfNull(scan);
        IsotropicOptions preset = model switch
        {
            ModelNames.IsoNet2 => new() { Network = IsotropicNetwork.IsoNet2, Kernel = scan.Kernel },
            ModelNames.IsoNet1 => new() { Network = IsotropicNetwork.IsoNet1, Kernel = scan.Kernel },
            ModelNames.Srcnn => new() { Network = IsotropicNetwork.IsoNet1, Kernel = DegradationKernel.Identity },
            // A rate that halves on a plateau is made for many more steps than a scan has time for.
            ModelNames.CareIsotropic => Care with { Kernel = scan.Kernel, Schedule = LearningRateSchedule.Cosine, ReportEvery = 100 },
            _ => throw new ArgumentOutOfRangeException(nameof(model), model, $"'{model}' is no isotropic network."),
        };
        return preset with { Steps = scan.Steps, Batch = scan.BatchSize, PatchPx = scan.PatchPx, ReportEvery = Math.Min(preset.ReportEvery, Math.Max(1, scan.Steps / 8)) };
    }

    private static T Known<T>(T value) where T : struct, Enum =>
        Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(typeof(T).Name, value, $"{typeof(T).Name} is {value}; accepted are {string.Join(", ", Enum.GetNames<T>())}.");
}
