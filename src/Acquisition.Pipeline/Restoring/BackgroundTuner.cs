using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Uncertainty;

namespace Acquisition.Pipeline.Restoring;

/// <summary>Tunes on a thread of its own, one volume at a time, while volumes go on being stored and shown.</summary>
/// <remarks>Begun and asked by the restoration's thread, which alone decides what becomes of the outcome: a model is switched between
/// two volumes and never inside one.</remarks>
/// <param name="nudge">Called, on the tuner's thread, when there is something to take.</param>
internal sealed class BackgroundTuner(
    ScanPlan plan, RestorationOptions options, IRestorationEngine engine, ThreadBudget budget, ErrorEstimator errors, TimeProvider clock,
    Action nudge) : IProgress<TuningProgress>, IDisposable
{
    private readonly FloatVolume _acquired = new(plan.Shape);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private TuningJob? _job;
    private TuningProgress? _snapshot;
    private TuningOutcome? _outcome;
    private volatile TuningStatus? _status;

    /// <summary>The job under way, or whose outcome waits to be taken.</summary>
    public TuningJob? Job => _job;

    public TuningStatus? Status => _status;

    /// <summary>Where the volume to tune on is loaded; only while there is no job.</summary>
    public FloatVolume Acquired => _job is null ? _acquired : throw new InvalidOperationException("The tuner is at work.");

    /// <summary>Tunes on what was loaded into <see cref="Acquired"/>.</summary>
    public void Begin(TuningJob job)
    {
        _ = Acquired;
        _job = job;
        _running = NamedThread.Run("tuning", () => Tune(job, _stop.Token), yields: true);
    }

    /// <summary>The best weights since the last call, when there are better ones.</summary>
    public TuningProgress? TakeSnapshot() => Interlocked.Exchange(ref _snapshot, null);

    /// <summary>What tuning has come to; the tuner is then free for another job.</summary>
    public TuningOutcome? TakeOutcome()
    {
        TuningOutcome? outcome = Interlocked.Exchange(ref _outcome, null);
        if (outcome is not null) (_job, _snapshot, _status) = (null, null, null);
        return outcome;
    }

    /// <summary>Ends a job whose outcome nobody waits for any more. No other can begin.</summary>
    public void Stop()
    {
        _stop.Cancel();
        _running.Wait();
    }

    /// <summary>Only after <see cref="Stop"/>, or when no job was ever begun.</summary>
    public void Dispose()
    {
        _stop.Dispose();
        _acquired.Dispose();
    }

    void IProgress<TuningProgress>.Report(TuningProgress value)
    {
        _status = new TuningStatus
        {
            Channel = _job!.Channel.Channel,
            Stage = value.Stage,
            Stages = value.Stages,
            Step = value.Step,
            Steps = value.Steps,
            Loss = value.Loss,
            HeldOutDb = value.HeldOutDb,
            CubicDb = value.CubicDb,
            ProjectedDb = value.ProjectedDb,
            Elapsed = value.Elapsed,
            Remaining = value.Remaining,
        };
        if (value.Snapshot is null) return;
        Interlocked.Exchange(ref _snapshot, value);
        nudge();
    }

    private void Tune(TuningJob job, CancellationToken stop)
    {
        long started = clock.GetTimestamp();
        TuningOutcome outcome;
        try
        {
            TuningResult result = engine.Tune(
                new TuningRequest
                {
                    Acquired = _acquired,
                    Factors = plan.Undersampling,
                    Floor = job.Floor,
                    Options = options,
                    Start = job.Start,
                    Budget = budget,
                    Progress = this,
                },
                stop);
            TunedModel? model = result.BeatsProjection ? result.Model : null;
            GaugeReading? before = Read(job.Start, job, stop), after = job.Start is null ? null : Read(model, job, stop);
            ErrorModel? measured = errors.Calibrate(job.Channel.Channel, model, _acquired, job.Floor, stop);
            outcome = new TuningOutcome(job, result, "", before, after, measured, clock.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // Whatever stands in the way of tuning costs the network on this volume, and nothing else.
            outcome = new TuningOutcome(job, null, fault.Message, null, null, null, clock.GetElapsedTime(started));
        }

        Interlocked.Exchange(ref _outcome, outcome);
        nudge();
    }

    private GaugeReading? Read(TunedModel? model, TuningJob job, CancellationToken stop) =>
        model is null ? null : engine.Gauge(model, _acquired, plan.Undersampling, job.Floor, options, stop);
}
