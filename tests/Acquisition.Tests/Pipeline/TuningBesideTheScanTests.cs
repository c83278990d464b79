using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

/// <summary>A model is tuned while frames come.</summary>
public sealed class TuningBesideTheScanTests : ScanRunCase
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly PipelineOptions Showing = new();

    [Fact]
    public async Task The_first_volume_is_shown_at_once_and_every_volume_is_restored_with_the_model()
    {
        ScanPlan plan = Scans.Plan(timePoints: 4);
        using SemaphoreSlim shown = new(0), sent = new(0);
        Publisher.OnPreview = _ => shown.Release();
        Engine.OnTune = _ =>
        {
            Await(sent);
            return Models.Better(1);
        };
        RunReport report = await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan))
            {
                o.Send(plan, sequence, index);
                if (index is { T: 0, Z: 3 }) Await(shown);
            }

            o.OnEnd(Scans.End(plan));
            sent.Release();
        }, Showing).RunAsync(Cancel);

        AssertCloses(report);
        (Provenance made, _) = Publisher.Previews.First();
        Assert.Equal((new VolumeIndex(0, 0), "cubic+back-projection", ""), (made.Index, made.Method, made.ModelSha256));
        Assert.Contains("provisional", made.Note, StringComparison.Ordinal);
        Assert.Equal(Publisher.Previews.Count, report.Status.Volumes.Previews);

        string hash = report.Status.Models.Single().ModelSha256;
        Assert.Equal([0, 1, 2, 3], Store.Provenance.Select(p => p.Index.T));
        Assert.All(Store.Provenance, p => Assert.Equal((hash, false, "self-vision"), (p.ModelSha256, p.Provisional, p.Method)));
        Assert.Equal([0, 1, 2, 3], Publisher.Volumes.Select(v => v.T));
    }

    [Fact]
    public async Task Better_snapshots_take_over_between_two_volumes_and_never_inside_one()
    {
        // The fake engine adds a model's weight to every sample, so each plane tells which model made it.
        ScanPlan plan = Scans.Plan(timePoints: 3);
        using SemaphoreSlim shown = new(0), wanted = new(0);
        Engine.Add = Models.Weight;
        Publisher.OnPreview = _ => shown.Release();
        Engine.OnTune = request =>
        {
            Await(shown);
            foreach (int step in (int[])[10, 20])
            {
                request.Progress!.Report(Progress(step, step / 100f));
                wanted.Release();
                Await(shown);
            }

            return Models.Better(0.3f);
        };
        RunReport report = await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan))
            {
                if (index is { T: > 0, Z: 0 }) Await(wanted);
                o.Send(plan, sequence, index);
            }

            o.OnEnd(Scans.End(plan));
        }, Showing).RunAsync(Cancel);

        AssertCloses(report);
        var snapshots = Store.LedgerEntries.OfType<SnapshotTaken>().ToList();
        Assert.Equal([10, 20], snapshots.Select(s => s.Step));
        Assert.All(snapshots, s => Assert.Equal((28.0, 25.0), (s.HeldOutDb, s.ProjectedDb)));
        var weights = new Dictionary<string, float> { [""] = 0, [snapshots[0].ModelSha256] = 0.1f, [snapshots[1].ModelSha256] = 0.2f };
        Assert.Equal(["", snapshots[0].ModelSha256, snapshots[1].ModelSha256], Publisher.Previews.Select(p => p.Made.ModelSha256));
        foreach ((Provenance made, byte[] pixels) in Publisher.Previews) AssertMadeBy(weights[made.ModelSha256], made, pixels);
        foreach (Provenance made in Store.Provenance) AssertMadeBy(0.3f, made, Store.Restored.Volumes[made.Index]);

        static TuningProgress Progress(int step, float weight) => new(
            0, 1, step, 30, Loss: 0.1, HeldOutDb: 28, CubicDb: 20, ProjectedDb: 25, TimeSpan.Zero, TimeSpan.Zero, Models.Of(weight));

        void AssertMadeBy(float weight, Provenance made, byte[] pixels)
        {
            double range = made.ScaleHigh - made.ScaleLow;
            ReadOnlySpan<ushort> fine = MemoryMarshal.Cast<byte, ushort>(pixels);
            ReadOnlySpan<ushort> acquired = MemoryMarshal.Cast<byte, ushort>(Store.Raw.Volumes[made.Index]);
            for (int z = 0; z < plan.Shape.Z; z++)
            {
                // The first sample of the plane that is not cut off at the end of the range.
                for (int i = 0; i < plan.Shape.PlaneVoxels; i++)
                {
                    int value = acquired[z * plan.Shape.PlaneVoxels + i];
                    if (value + 0.4 * range > 65_535) continue;
                    int at = z * plan.RestoredShape.PlaneVoxels + 2 * (i / plan.Shape.X) * plan.RestoredShape.X + 2 * (i % plan.Shape.X);
                    Assert.Equal(value + weight * range, fine[at], tolerance: 2.0);
                    break;
                }
            }
        }
    }

    [Fact]
    public async Task A_volume_that_cannot_be_tuned_on_waits_for_the_next_one()
    {
        ScanPlan plan = Scans.Plan(timePoints: 3);
        int tries = 0;
        Engine.OnTune = _ => ++tries == 1 ? throw new RestorationException("the volume is constant") : Models.Better(1);
        RunReport report = await Run((o, _) => o.SendAll(plan)).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal(2, tries);
        Assert.Equal(new VolumeIndex(1, 0), report.Status.Models.Single().TunedOn);
        Assert.All(Store.Provenance, p => Assert.Equal(new VolumeIndex(1, 0), p.TunedOn));
        Assert.Contains(report.Warnings, w => w.Contains("t0 c0 cannot be tuned on: the volume is constant", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(7, 3, "tuning was refused on 3 volumes; last: constant")]
    [InlineData(2, 2, "tuning was refused: constant")]
    public async Task A_channel_that_cannot_be_tuned_is_restored_without_a_network(int timePoints, int tries, string reason)
    {
        ScanPlan plan = Scans.Plan(timePoints: timePoints);
        Engine.OnTune = _ => throw new RestorationException("constant");
        RunReport report = await Run((o, _) => o.SendAll(plan)).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal((tries, (long)timePoints), (Engine.Tunings, report.Status.Volumes.Restored));
        Assert.Equal(reason, report.Status.Models.Single().Reason);
    }

    [Fact]
    public async Task Without_any_complete_volume_there_is_no_network()
    {
        ScanPlan plan = Scans.Plan(timePoints: 2);
        RunReport report = await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan).Where(f => f.Index.Z != 1)) o.Send(plan, sequence, index);
            o.OnEnd(Scans.End(plan));
        }).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal((0, 2L), (Engine.Tunings, report.Status.Volumes.Restored));
        Assert.Equal("no complete volume came to tune on", report.Status.Models.Single().Reason);
    }

    [Fact]
    public async Task Tuning_leaves_the_camera_a_thread_until_the_last_frame()
    {
        ScanPlan plan = Scans.Plan(timePoints: 1);
        using SemaphoreSlim begun = new(0), ended = new(0);
        int during = 0, after = 0;
        Engine.OnTune = request =>
        {
            during = request.Budget!.Threads;
            begun.Release();
            Await(ended);
            Assert.True(SpinWait.SpinUntil(() => request.Budget.Threads > during, Patience));
            after = request.Budget.Threads;
            return Models.Better(1);
        };
        await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan)) o.Send(plan, sequence, index);
            Await(begun);
            ended.Release();
            o.OnEnd(Scans.End(plan));
        }, restoration: new RestorationOptions { Threads = 4 }).RunAsync(Cancel);
        Assert.Equal((3, 4), (during, after));
    }

    [Fact]
    public async Task Abandoning_ends_tuning_and_leaves_all_volumes_pending()
    {
        ScanPlan plan = Scans.Plan(timePoints: 3);
        using var abandon = new CancellationTokenSource();
        using var begun = new SemaphoreSlim(0);
        Engine.OnTune = _ =>
        {
            begun.Release();
            abandon.Token.WaitHandle.WaitOne();
            throw new OperationCanceledException(abandon.Token);
        };
        RunReport report = await Run((o, _) =>
        {
            o.SendAll(plan);
            Await(begun);
            abandon.Cancel();
        }).RunAsync(Cancel, abandon.Token);
        AssertCloses(report);
        Assert.Equal((3L, 0L), (report.Status.Volumes.Pending, report.Status.Volumes.Restored));
    }

    [Fact]
    public async Task A_run_tells_its_states_and_why_it_is_in_them()
    {
        ScanPlan plan = Scans.Plan();
        Engine.OnTune = _ => Models.Better(1);
        using var chosen = new SemaphoreSlim(0);
        Store.BeforeLedger = kind =>
        {
            if (kind == LedgerKinds.VolumeRestored) chosen.Release();
        };
        await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan)) o.Send(plan, sequence, index);
            Await(chosen);
            o.OnEnd(Scans.End(plan));
        }).RunAsync(Cancel);

        var states = Store.LedgerEntries.OfType<StateChanged>().ToList();
        Assert.Equal([RunState.Scanning, RunState.Tuning, RunState.Live, RunState.Draining, RunState.Finished], states.Select(s => s.State));
        Assert.Contains("t0 c0", states[1].Reason, StringComparison.Ordinal);
        Assert.Contains("self-vision", states[2].Reason, StringComparison.Ordinal);
        Assert.Contains("completed", states[3].Reason, StringComparison.Ordinal);
        Assert.Equal(states[3].Reason, states[4].Reason);
        Assert.Equal([LedgerKinds.State, LedgerKinds.ScanFinished], Store.LedgerKinds.TakeLast(2));
        Assert.Equal((LedgerKinds.ScanStarted, LedgerKinds.ScanFinished), (Store.LedgerKinds.First(), Store.LedgerKinds.Last()));
    }

    [Fact]
    public async Task Whoever_wants_no_previews_gets_none()
    {
        ScanPlan plan = Scans.Plan();
        Engine.OnTune = _ => Models.Better(1);
        await Run((o, _) => o.SendAll(plan), Showing with { Previews = false }).RunAsync(Cancel);
        Assert.Empty(Publisher.Previews);
        Assert.Equal(3, Publisher.Volumes.Count);
    }

    private static void Await(SemaphoreSlim gate) => Assert.True(gate.Wait(Patience, Cancel), "The gate did not open.");
}
