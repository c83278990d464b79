using Acquisition.Core;
using Acquisition.HardwareSim.Optics;

namespace Acquisition.HardwareSim.Phantoms;

/// <summary>How a phantom is imaged.</summary>
internal sealed record ImagingOptions
{
    /// <summary>"beads", "nuclei" or "neurites".</summary>
    public required string Specimen { get; init; }

    /// <summary>"light-sheet" or "two-photon"; announced as it is.</summary>
    public required string Mode { get; init; }

    /// <summary>The fine grid; each extent a multiple of its factor.</summary>
    public required Field Field { get; init; }

    public required PointSpread PointSpread { get; init; }

    public required Detector Detector { get; init; }

    /// <summary>How many times coarser than the fine grid the microscope samples.</summary>
    public Factors Factors { get; init; } = Factors.One;

    public SamplingKernel Sampling { get; init; } = SamplingKernel.Cubic;

    /// <summary>How much further along x odd rows show the specimen; scanned pixels.</summary>
    public double LinePhasePx { get; init; }

    /// <summary>From this time point on the point spread function is <see cref="Defocused"/>; <see langword="null"/> for never.</summary>
    public int? DefocusFrom { get; init; }

    /// <summary>What the point spread function is out of focus.</summary>
    public PointSpread? Defocused { get; init; }

    public int TimePoints { get; init => field = Require.Positive(value); } = 1;

    public int Channels { get; init => field = Require.Positive(value); } = 1;

    public bool Moving { get; init; }

    /// <summary>Seed of specimen and noise.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where the fine volumes go, in camera units and without noise; <see langword="null"/> for nowhere.</summary>
    public TruthFolder? Truth { get; init; }
}
