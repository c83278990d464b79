using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Acquisition.Core;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Inference;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Streaming;
using Acquisition.Restoration.Training;

namespace Acquisition.Restoration;

/// <summary>Self-Vision: the whole procedure around the networks. What computes them is the derived engine's.</summary>
/// <remarks>
/// Memory while restoring, beside the volumes given: <see cref="StreamBytes"/>, less where planes stand in the volume they go to, the
/// activation budget, and one turned copy of the acquired volume.
/// While tuning: three volumes of the acquired size but at most of 8 million voxels, which a larger one is cut to, one of the fine
/// grid, 30 MB of copies between the grids, the activation budget, and all feature maps of one crop a thread; before a second stage, those of the finer grid.
/// </remarks>
public class SelfVisionEngine : IRestorationEngine
{
    /// <summary>A network must win by this much: less is within what another choice of held-out blocks gives.</summary>
    private const double MarginDb = 0.02;

    /// <summary>Smallest extent in y and x that leaves something to learn beside borders.</summary>
    private const int MinEdgePx = 8;

    private const double MaxSaturatedShare = 0.5;

    private readonly INetworkBackend _backend;

    internal SelfVisionEngine(INetworkBackend backend) => _backend = backend;

    public string Name => _backend.Name;

    public TuningResult Tune(TuningRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        FloatVolume acquired = request.Acquired;
        Factors factors = request.Factors;
        RestorationOptions options = request.Start is null ? request.Options : Refreshing(request.Options);
        RequireSupported(factors);
        RequireTunable(acquired, factors);
        SelfVisionModel? start = Fitting(request.Start, factors);
        if (start is not null && start.Variant != options.Variant)
            throw new RestorationException($"The weights to go on from are of the {start.Variant} variant, but {options.Variant} is configured. Tune anew.");

        var clock = Stopwatch.StartNew();
        Factors[] stages = Stages(factors);
        if (stages.Length == 0)
            return new(null, false, double.NaN, double.NaN, double.NaN, 0, clock.Elapsed, 0, "Nothing is undersampled.");
        var budget = request.Budget ?? new ThreadBudget(options.Threads);
        var tuned = ImmutableArray.CreateBuilder<TunedStage>();
        var outcomes = new List<StageOutcome>();
        using FloatVolume? region = TuningRegion.Of(acquired);
        FloatVolume whole = region ?? acquired, input = whole;
        double noise = NoiseGauge.Share(whole, factors, options.Threads, cancellation);
        try
        {
            for (int stage = 0; stage < stages.Length; stage++)
            {
                var layout = new NetworkLayout(options.Variant, stages[stage]);
                using var tuner = new StageTuner(input, layout, request.Floor, options, budget, _backend);
                int current = stage;
                outcomes.Add(tuner.Run(start?.Stages[stage].Weights, report =>
                {
                    int done = current * options.Steps + report.Step, left = stages.Length * options.Steps - done;
                    // Only the last stage's weights make a whole model of those before.
                    SelfVisionModel? snapshot = report.Better is { } weights && current + 1 == stages.Length && report.HeldOutDb > report.ProjectedDb + MarginDb
                        ? new SelfVisionModel(options.Variant, [.. tuned, new(stages[current], [.. weights])])
                        : null;
                    request.Progress?.Report(new(current, stages.Length, report.Step, options.Steps, report.Loss, report.HeldOutDb, report.CubicDb,
                        report.ProjectedDb, clock.Elapsed, clock.Elapsed / done * left, snapshot));
                }, cancellation));
                tuned.Add(new(stages[stage], [.. outcomes[^1].Parameters]));
                if (stage + 1 == stages.Length) break;

                var next = new FloatVolume(input.Shape.Times(stages[stage]));
                StageRestorer.Restore(options.Variant, tuned[^1], _backend, input, request.Floor, options with { Threads = Math.Min(options.Threads, budget.Threads) }, next, cancellation);
                if (input != whole) input.Dispose();
                input = next;
            }
        }
        finally
        {
            if (input != whole) input.Dispose();
        }

        var model = new SelfVisionModel(options.Variant, tuned.ToImmutable())
            .WithNote("steps", options.Steps.ToString(CultureInfo.InvariantCulture))
            .WithNote("transfer_gains", string.Join(';', outcomes.Select(outcome => outcome.TransferGain.ToString("0.000", CultureInfo.InvariantCulture))))
            .WithNote("seed", options.Seed.ToString(CultureInfo.InvariantCulture));
        int loser = outcomes.FindIndex(outcome => !(outcome.HeldOutDb > outcome.ProjectedDb + MarginDb && outcome.TransferGain > 0));
        StageOutcome judged = outcomes[Math.Max(loser, 0)];
        string reason = string.Create(CultureInfo.InvariantCulture,
            $"On held-out blocks{(stages.Length > 1 ? $" of stage {Math.Max(loser, 0) + 1}" : "")} the network reaches {judged.HeldOutDb:0.00} dB, back-projected cubic interpolation {judged.ProjectedDb:0.00} dB, cubic interpolation {judged.CubicDb:0.00} dB. Detail counts {judged.TransferGain:0.00} times, as measured on copies between the shrunk and the acquired grid.");
        return new(model, loser < 0, outcomes[0].HeldOutDb, outcomes[0].CubicDb, outcomes[0].ProjectedDb,
            stages.Length * options.Steps, clock.Elapsed, noise, reason);
    }

    public void Restore(
        TunedModel? model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options,
        FloatVolume destination, out double residualRms, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(acquired);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(destination);
        SelfVisionModel? fitting = Fitting(model, factors);
        if (destination.Shape != acquired.Shape.Times(factors))
            throw new ArgumentException($"The destination is {destination.Shape}; a {acquired.Shape} volume restored by {factors} is {acquired.Shape.Times(factors)}.", nameof(destination));

        using var stream = new RestorationStream(
            fitting, acquired.Shape, factors, floor, options, _backend, acquired, destination, static (_, _) => { });
        for (int z = 0; z < acquired.Shape.Z; z++) stream.Advance(nextAtHand: z + 1 < acquired.Shape.Z, cancellation);
        residualRms = stream.Complete();
    }

    public GaugeReading? Gauge(
        TunedModel model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(acquired);
        ArgumentNullException.ThrowIfNull(options);
        return QualityGauge.Measure(this, _backend, Fitting(model, factors)!, acquired, factors, floor, options, cancellation);
    }

    public IPlaneRestorer OpenStream(
        TunedModel? model, VolumeShape acquired, Factors factors, float floor, RestorationOptions options, PlaneReceiver receiver)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(receiver);
        return new RestorationStream(Fitting(model, factors), acquired, factors, floor, options, _backend, acquired: null, whole: null, receiver);
    }

    /// <summary>Bytes that a stream holds at most, beside the activation budget.</summary>
    public static long StreamBytes(VolumeShape acquired, Factors factors, RestorationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        RequireSupported(factors);
        return RestorationStream.Bytes(acquired, options.Model == ModelNames.Cubic ? [factors] : Stages(factors), options);
    }

    /// <summary>Factors of 4 take two stages of 2.</summary>
    private static Factors[] Stages(Factors factors)
    {
        var first = new Factors(Math.Min(factors.Z, 2), Math.Min(factors.Y, 2), Math.Min(factors.X, 2));
        var second = new Factors(factors.Z / first.Z, factors.Y / first.Y, factors.X / first.X);
        return [.. new[] { first, second }.Where(stage => stage != Factors.One)];
    }

    /// <summary>Weights that were good for a sample like this need less to be good for this one.</summary>
    private static RestorationOptions Refreshing(RestorationOptions options) =>
        options with { Steps = (options.Steps + 1) / 2, LearningRate = options.LearningRate / 2 };

    /// <summary>The model as what it must be to restore this.</summary>
    private static SelfVisionModel? Fitting(TunedModel? model, Factors factors)
    {
        RequireSupported(factors);
        if (model is null) return null;
        if (model is not SelfVisionModel own)
            throw new RestorationException($"The model is of {model.Method}, and {ModelNames.SelfVision} restores with its own only. Tune one on a volume of this scan.");
        return own.Factors == factors ? own : throw new RestorationException(
            $"The model was tuned for factors {own.Factors}, but the scan is undersampled by {factors} (z,y,x). Tune it on a volume of this scan.");
    }

    private static void RequireSupported(Factors factors)
    {
        if (!factors.IsSupported)
            throw new RestorationException($"The undersampling factors are {factors} (z,y,x); 1, 2 or 4 is supported on each axis.");
    }

    private static void RequireTunable(FloatVolume volume, Factors factors)
    {
        VolumeShape shape = volume.Shape;
        int needZ = factors.Z == 1 ? 1 : 2 * factors.Z;
        int needY = Math.Max(MinEdgePx, 2 * factors.Y), needX = Math.Max(MinEdgePx, 2 * factors.X);
        if (shape.Z < needZ || shape.Y < needY || shape.X < needX)
            throw new RestorationException(
                $"A {shape} volume is too small to tune a network for factors {factors}: at least {needZ}×{needY}×{needX} samples (z×y×x) are needed. Scan a larger volume or restore with method Cubic.");

        SampleRange range = SampleRange.Of(volume);
        if (!(range.Max > range.Min))
            throw new RestorationException(
                "The volume to tune on is constant. Tune on one that holds structure, or restore with method Cubic.");
        long saturated = 0;
        for (int z = 0; z < shape.Z; z++) saturated += volume.Plane(z).Count(range.Max);
        if (saturated > MaxSaturatedShare * shape.Voxels)
            throw new RestorationException(
                $"{100.0 * saturated / shape.Voxels:0} % of the volume to tune on have its largest value; more than {100 * MaxSaturatedShare:0} % count as saturated. Lower exposure or gain, or restore with method Cubic.");
    }
}
