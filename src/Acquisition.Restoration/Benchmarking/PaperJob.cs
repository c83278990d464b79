using System.Diagnostics;
using Acquisition.Core;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>The job that He et al. 2023 give times for: training on one volume of 256×256×38 (x,y,z) and restoring it to 1024×1024×152,
/// by the paper's network in two stages, with eight orientations and back-projection.</summary>
public static class PaperJob
{
    /// <summary>Training steps of each stage in the paper's code.</summary>
    public const int PaperSteps = 1500;

    private const int Seed = 1;

    public static VolumeShape PaperVolume { get; } = new(38, 256, 256);

    public static Factors Factors { get; } = new(4, 4, 4);

    /// <summary>Training time on a TITAN X: He et al. 2023, table 1.</summary>
    public static TimeSpan PaperTraining { get; } = TimeSpan.FromMinutes(6);

    /// <summary>Inference time there.</summary>
    public static TimeSpan PaperInference { get; } = TimeSpan.FromSeconds(62);

    /// <summary>Does the job on a made-up volume of beads.</summary>
    /// <param name="acquired">Extent of the volume; <see cref="PaperVolume"/> for the paper's job.</param>
    /// <param name="steps">Training steps of each stage; <see cref="PaperSteps"/> for the paper's job.</param>
    /// <param name="progress">Told where it stands, for people, on the calling thread.</param>
    /// <exception cref="RestorationException">The volume is too small.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static PaperJobResult Run(
        VolumeShape acquired, int steps, int threads, IProgress<string>? progress, CancellationToken cancellation)
    {
        var options = new RestorationOptions
        {
            Variant = NetworkVariant.Paper,
            Steps = steps,
            LearningRate = 1e-3,
            BatchSize = 8,
            CropPlanes = 4,
            CropEdgePx = 64,
            BackProjections = 10,
            Ensemble = true,
            Seed = Seed,
            Threads = threads,
        };
        progress?.Report("making up beads");
        using FloatVolume volume = Beads.Draw(acquired, Factors, new Random(Seed));
        var engine = new CpuEngine();
        var phases = new PhaseWatch(options, progress);
        TuningResult tuned = engine.Tune(
            new TuningRequest { Acquired = volume, Factors = Factors, Floor = 0, Options = options, Progress = phases }, cancellation);
        using var restored = new FloatVolume(acquired.Times(Factors));
        TimeSpan training = tuned.Duration;
        phases.Start("inference: both stages, back-projected");
        progress?.Report($"restoring {acquired} to {restored.Shape}");
        long start = Stopwatch.GetTimestamp();
        engine.Restore(tuned.Model, volume, Factors, 0, options, restored, out double residual, cancellation);
        TimeSpan inference = Stopwatch.GetElapsedTime(start);
        return new(
            Machine.Current, acquired, restored.Shape, steps, threads, training, inference, phases.End(),
            ProcessMemory.PeakBytes(), tuned.HeldOutDb, tuned.ProjectedDb, residual);
    }
}
