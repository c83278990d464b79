using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>What <see cref="PaperJob"/> took.</summary>
/// <param name="StepsPerStage">Fewer than <see cref="PaperJob.PaperSteps"/> make the training time incomparable.</param>
/// <param name="Training">From the acquired volume to tuned networks, by the clock.</param>
/// <param name="Inference">From the acquired volume to the restored one, by the clock.</param>
/// <param name="Phases">Of both together.</param>
/// <param name="PeakBytes">Most memory that the process has held so far.</param>
/// <param name="HeldOutDb">PSNR of the first stage on held-out blocks, dB: shows that the network learned.</param>
/// <param name="ProjectedDb">PSNR of back-projected cubic interpolation there, dB.</param>
/// <param name="ResidualRms">Root mean square of (acquired − restored shrunk); the acquired volume's maximum is 1.</param>
public sealed record PaperJobResult(
    Machine Machine, VolumeShape Acquired, VolumeShape Restored, int StepsPerStage, int Threads, TimeSpan Training, TimeSpan Inference,
    ImmutableArray<PaperJobPhase> Phases, long PeakBytes, double HeldOutDb, double ProjectedDb, double ResidualRms)
{
    /// <summary>What the job may hold: it must run beside a microscope's own software.</summary>
    public const long MemoryLimitBytes = 4L << 30;

    /// <summary>Whether volume and steps are the paper's.</summary>
    public bool IsPapers => Acquired == PaperJob.PaperVolume && StepsPerStage == PaperJob.PaperSteps;
}
