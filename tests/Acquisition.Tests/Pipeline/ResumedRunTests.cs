using Acquisition.Conditioning;
using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

/// <summary>A run that goes on after its program was killed comes to what it would have come to.</summary>
public sealed class ResumedRunTests : ScanRunCase
{
    private const float Weight = 0.05f;

    private readonly MemoryRunStore _left = new();

    [Fact]
    public async Task Only_what_is_missing_is_restored_with_the_model_and_scale_there_were()
    {
        ScanPlan plan = Scans.Plan(timePoints: 5);
        RunHistory history = await CutOffAsync(plan, restored: [0, 2]);
        RunReport report = await ResumeAsync(history);

        AssertCloses(report);
        Assert.Equal((RunOutcome.Completed, 5L, 0L), (report.Status.Outcome, report.Status.Volumes.Restored, report.Status.Volumes.Pending));
        Assert.Equal([1, 3, 4], _left.Restored.Volumes.Keys.Select(index => index.T).Order());
        Assert.Equal(1, Engine.Tunings);
        foreach (var (index, bytes) in _left.Restored.Volumes) Assert.Equal(Store.Restored.Volumes[index], bytes);
        foreach (Provenance made in _left.Provenance)
        {
            Provenance live = Store.Provenance.Single(p => p.Index == made.Index);
            Assert.Equal(live with { Lag = default, Duration = default }, made with { Lag = default, Duration = default, MissingPlanes = live.MissingPlanes });
        }

        Assert.Equal(["volume-restored", "volume-restored", "volume-restored", "state", "scan-finished"], _left.LedgerKinds);
        Assert.Equal(new StateChanged(RunState.Finished, report.Status.Reason), _left.LedgerEntries.OfType<StateChanged>().Single());
        Assert.Same(report, _left.Report);
    }

    [Fact]
    public async Task A_scale_that_no_restored_volume_tells_is_measured_where_it_was_measured()
    {
        // Volumes are random, so their scales differ; the model was tuned on the first one.
        ScanPlan plan = Scans.Plan(timePoints: 3);
        RunHistory history = await CutOffAsync(plan, restored: []);
        history = history with { Stored = [history.Stored[2], history.Stored[1], history.Stored[0]] };
        await ResumeAsync(history);
        Assert.Equal(1, Engine.Tunings);
        foreach (var (index, bytes) in Store.Restored.Volumes) Assert.Equal(bytes, _left.Restored.Volumes[index]);
    }

    [Fact]
    public async Task Tuning_that_was_not_over_is_done_again_on_the_same_volume()
    {
        ScanPlan plan = Scans.Plan(timePoints: 3);
        RunHistory history = (await CutOffAsync(plan, restored: [])) with { Models = [] };
        RunReport report = await ResumeAsync(history);
        Assert.Equal(2, Engine.Tunings);
        Assert.Equal(new VolumeIndex(0, 0), report.Status.Models.Single().TunedOn);
        foreach (var (index, bytes) in Store.Restored.Volumes) Assert.Equal(bytes, _left.Restored.Volumes[index]);
    }

    [Fact]
    public async Task Each_time_point_gets_the_model_that_was_chosen_for_it()
    {
        ScanPlan plan = Scans.Plan(timePoints: 4);
        RunHistory history = await CutOffAsync(plan, restored: []);
        string second = _left.SaveModel(Models.Of(3 * Weight).ToSafeTensors());
        ModelStatus first = history.Models.Single();
        await ResumeAsync(history with { Models = [first, first with { ModelSha256 = second, TunedOn = new(2, 0), FromTimePoint = 2 }] });
        Assert.Equal(
            [first.ModelSha256, first.ModelSha256, second, second],
            _left.Provenance.OrderBy(p => p.Index.T).Select(p => p.ModelSha256));
        Assert.Equal(Store.Restored.Volumes[new(1, 0)], _left.Restored.Volumes[new(1, 0)]);
        Assert.NotEqual(Store.Restored.Volumes[new(2, 0)], _left.Restored.Volumes[new(2, 0)]);
    }

    /// <summary>Volumes that were spared the model were judged with it.</summary>
    [Fact]
    public async Task Drift_goes_on_being_measured_where_it_was()
    {
        int judged = 0;
        Engine.OnGauge = _ => ++judged <= 4 ? new GaugeReading(30, 25, 1.5) : new GaugeReading(24, 25, 0.45);
        RunHistory history = await CutOffAsync(Scans.Plan(timePoints: 8), restored: [0, 1, 2, 3, 4, 5]);
        Assert.Equal(["", ""], history.Restored.Where(volume => volume.Index.T >= 4).Select(volume => volume.ModelSha256));
        await ResumeAsync(history);
        DriftNoticed drift = Assert.Single(_left.LedgerEntries.OfType<DriftNoticed>());
        Assert.Equal((6, 1.5), (drift.Index.T, drift.Reference));
        Assert.Equal(0.45, drift.Carries, 1e-9);
    }

    [Fact]
    public async Task Whoever_looks_sees_what_is_restored_and_nothing_that_is_stored()
    {
        RunHistory history = await CutOffAsync(Scans.Plan(timePoints: 4), restored: [0, 2]);
        var screen = new NotingScreen();
        AssertCloses(await ResumeAsync(history, screen: screen));
        Assert.Equal([new VolumeIndex(1, 0), new VolumeIndex(3, 0)], screen.Restored.Select(shown => shown.Index));
        foreach (var (index, bytes) in screen.Restored) Assert.Equal(_left.Restored.Volumes[index], bytes);
        Assert.Equal(0, screen.Planes);
    }

    [Fact]
    public async Task What_cannot_be_restored_gets_one_try_and_is_counted()
    {
        RunHistory history = await CutOffAsync(Scans.Plan(timePoints: 3), restored: [0]);
        bool isFirst = true;
        Engine.OnRestore = () =>
        {
            bool fails = isFirst;
            isFirst = false;
            if (fails) throw new InvalidOperationException("injected");
        };
        _left.Restored.BeforeWrite = _ => throw new StorageException("the disk refused");
        RunReport report = await ResumeAsync(history);
        AssertCloses(report);
        Assert.Equal((1L, 1L), (report.Status.Volumes.Skipped["restoration failed"], report.Status.Volumes.Skipped["restored not stored"]));
        Assert.Contains(report.Warnings, warning => warning.Contains("the disk refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stopped_it_leaves_the_rest_pending_and_can_go_on()
    {
        RunHistory history = await CutOffAsync(Scans.Plan(timePoints: 4), restored: [0]);
        using var stop = new CancellationTokenSource();
        Engine.OnRestore = stop.Cancel;
        RunReport report = await ResumeAsync(history, stop);
        AssertCloses(report);
        long pending = report.Status.Volumes.Pending;
        Assert.InRange(pending, 2, 3);
        Assert.Contains($"{pending} volume(s) are not restored yet", report.Status.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RunOutcome.Cancelled, 2, RunOutcome.Cancelled)]
    [InlineData(RunOutcome.SourceLost, 2, RunOutcome.SourceLost)]
    [InlineData(RunOutcome.DiskFull, 2, RunOutcome.Interrupted)]
    [InlineData(RunOutcome.Failed, 2, RunOutcome.Interrupted)]
    [InlineData(RunOutcome.Failed, 3, RunOutcome.Completed)]
    [InlineData(null, 2, RunOutcome.Interrupted)]
    [InlineData(null, 3, RunOutcome.Completed)]
    public async Task The_outcome_tells_how_the_scan_ended_and_not_the_program(RunOutcome? before, int stored, RunOutcome expected)
    {
        RunHistory history = await CutOffAsync(Scans.Plan(timePoints: 3), restored: [0]);
        history = history with
        {
            Stored = [.. history.Stored.Take(stored)],
            Finished = before is { } outcome ? new ScanFinished(outcome, "No space left.", true, history.LastKnown, new VolumeLedger()) : null,
        };
        RunReport report = await ResumeAsync(history);
        AssertCloses(report);
        Assert.Equal(expected, report.Status.Outcome);
        Assert.Equal(12 - 4 * stored, report.Status.Frames.Refused.GetValueOrDefault("lost-in-crash"));
        if (before == RunOutcome.DiskFull) Assert.Contains("No space left", report.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ledger_that_cannot_be_written_fails_the_run()
    {
        RunHistory history = await CutOffAsync(Scans.Plan(timePoints: 3), restored: []);
        _left.BeforeLedger = kind =>
        {
            if (kind == LedgerKinds.VolumeRestored) throw new StorageException("No space left for the ledger.") { DiskFull = true };
        };
        RunReport report = await ResumeAsync(history);
        Assert.Equal(RunOutcome.DiskFull, report.Status.Outcome);
        Assert.True(report.LedgerCloses);
    }

    [Fact]
    public async Task Settings_that_change_volumes_are_named_and_others_are_not()
    {
        RunHistory history = await CutOffAsync(Scans.Plan(timePoints: 1), restored: []);
        var options = new RestorationOptions();
        Assert.Empty(ResumedRun.ChangedSettings(history.Scan, options with { Threads = 7, ActivationBudgetBytes = 64 << 20, Uncertainty = true }, How(history)));
        Assert.Equal(
            ["restoration.back_projections was 10 and is 3", "restoration.model was self-vision and is cubic"],
            ResumedRun.ChangedSettings(history.Scan, options with { BackProjections = 3, Model = ModelNames.Cubic }, How(history)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Conditioning_goes_on_as_it_was_against_the_volume_that_was_stored_first(int restored)
    {
        var options = new ConditioningOptions { OffsetAdu = 7, ReportDrift = true, CorrectDrift = true };
        VolumeConditioner Make(ScanPlan plan) => new(plan, options);
        ScanPlan plan = Scans.Plan(timePoints: 4, z: 9, y: 32, x: 40);
        RunHistory history = await CutOffAsync(plan, [.. Enumerable.Range(0, restored)], Make);
        await ResumeAsync(history, conditioner: Make(plan));

        foreach (int t in (int[])[2, 3])
        {
            var index = new VolumeIndex(t, 0);
            Assert.Equal(Store.Restored.Volumes[index], _left.Restored.Volumes[index]);
            Assert.Equal(new VolumeIndex(0, 0), _left.Provenance.Single(volume => volume.Index == index).Conditioning!.Drift!.Against);
        }

        Assert.Contains("conditioning was offset=7;", Assert.Single(ResumedRun.ChangedSettings(history.Scan, new RestorationOptions(), How(history))), StringComparison.Ordinal);
        Assert.Empty(ResumedRun.ChangedSettings(history.Scan, new RestorationOptions(), How(history), Make(plan).Settings));
    }

    /// <summary>A whole run, and then what it would have left if it had been killed with these time points restored.</summary>
    private async Task<RunHistory> CutOffAsync(ScanPlan plan, int[] restored, Func<ScanPlan, IVolumeConditioner>? conditioning = null)
    {
        Engine.Add = Models.Weight;
        Engine.OnTune = _ => Models.Better(Weight);
        RunReport whole = await Run((o, _) => o.SendAll(plan), conditioning: conditioning).RunAsync(Cancel);
        Assert.Equal(RunOutcome.Completed, whole.Status.Outcome);

        foreach (var (index, bytes) in Store.Raw.Volumes) _left.Raw.Volumes[index] = bytes;
        foreach (byte[] model in Store.Models) _left.Models.Enqueue(model);
        return new RunHistory
        {
            Scan = Store.LedgerEntries.OfType<ScanStarted>().Single(),
            StartedAt = whole.StartedAt,
            Stored = [.. Store.LedgerEntries.OfType<VolumeStored>()],
            Restored = [.. Store.Provenance.Where(volume => restored.Contains(volume.Index.T))],
            Models = [.. Store.LedgerEntries.OfType<ModelStatus>()],
            LastKnown = whole.Status.Frames,
            IsClosed = false,
        };
    }

    private ScanRestoration How(RunHistory history) => ScanRestoration.SelfVision(Engine, history.Scan.Plan, new RestorationOptions());

    private async Task<RunReport> ResumeAsync(
        RunHistory history, CancellationTokenSource? stop = null, IVolumeConditioner? conditioner = null, IRunScreen? screen = null)
    {
        using var run = new ResumedRun(_left, history, How(history), new RestorationOptions(), new PipelineOptions(), TimeProvider.System, conditioner, screen);
        Assert.Equal(RunState.Draining, run.Status.State);
        RunReport report = await run.RunAsync(stop?.Token ?? Cancel);
        Assert.Equal(RunState.Finished, report.Status.State);
        return report;
    }

    /// <summary>A screen that notes what it is given.</summary>
    private sealed class NotingScreen : IRunScreen
    {
        public bool IsWatched => true;

        public int Planes { get; private set; }

        public List<(VolumeIndex Index, byte[] Bytes)> Restored { get; } = [];

        public void PlanesReceived(ScanPlan plan, VolumeIndex index, VolumeBuffer pixels, int planes) => Planes++;

        void IRunScreen.Restored(RestoredVolume volume) => Restored.Add((volume.Index, MemoryVolumeStore.Bytes(volume.Pixels)));
    }
}
