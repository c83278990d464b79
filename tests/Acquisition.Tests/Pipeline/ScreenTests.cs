using System.Collections.Concurrent;
using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

/// <summary>What a run shows to people who look, and what they may ask of it.</summary>
public sealed class ScreenTests : ScanRunCase
{
    [Fact]
    public async Task A_screen_sees_planes_as_they_become_final_and_every_restored_volume()
    {
        ScanPlan plan = Scans.Plan(timePoints: 3, channels: 2);
        var screen = new MemoryScreen();
        RunReport report = await Run((o, _) => o.SendAll(plan), screen: screen).RunAsync(Cancel);

        AssertCloses(report);
        for (int t = 0; t < 3; t++)
        {
            for (int c = 0; c < 2; c++)
            {
                var index = new VolumeIndex(t, c);
                Assert.Equal([1, 2, 3, 4], screen.Planes.Where(p => p.Index == index).Select(p => p.Planes));
                Assert.Equal(
                    Enumerable.Range(0, 4).SelectMany(z => Scans.Pixels(plan, new FrameIndex(t, c, z))), screen.Planes.Last(p => p.Index == index).Pixels);
                Assert.Equal(Store.Restored.Volumes[index], screen.Restorations.Single(v => v.Index == index).Pixels);
            }
        }
    }

    [Fact]
    public async Task A_screen_that_holds_what_it_may_stops_nothing()
    {
        // As little memory as the scan needs, and what the screen may hold.
        ScanPlan plan = Scans.Plan(timePoints: 12, z: 64, y: 64, x: 64);
        var options = new PipelineOptions
        {
            Previews = false,
            MemoryBudgetBytes = ScanPipeline.MemoryNeeded(plan, new PipelineOptions()) + 2 * VolumePool.CostBytes(plan.Shape, plan.PixelType),
        };
        var screen = new MemoryScreen { Holds = 2 };
        RunReport report = await Run((o, _) => o.SendAll(plan), options, screen: screen).RunAsync(Cancel);
        AssertCloses(report);
        Assert.Equal(12, report.Status.Volumes.Restored);
        Assert.Equal(12, screen.Restorations.Count);
        screen.LetGo();
    }

    [Fact]
    public async Task Without_memory_for_a_screen_the_scan_goes_on_without_it_and_says_so()
    {
        ScanPlan plan = Scans.Plan(timePoints: 2, z: 64, y: 64, x: 64);
        var screen = new MemoryScreen();
        var options = new PipelineOptions { Previews = false, MemoryBudgetBytes = ScanPipeline.MemoryNeeded(plan, new PipelineOptions()) };
        RunReport report = await Run((o, _) => o.SendAll(plan), options, screen: screen).RunAsync(Cancel);
        AssertCloses(report);
        Assert.Equal(RunOutcome.Completed, report.Status.Outcome);
        Assert.Empty(screen.Planes);
        Assert.Contains(report.Warnings, w => w.Contains("viewer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_person_can_have_the_network_tuned_again_and_volumes_to_come_are_restored_by_it()
    {
        ScanPlan plan = Scans.Plan(timePoints: 6);
        using var threeRestored = new CountdownEvent(3);
        using var mayGoOn = new ManualResetEventSlim();
        using var mayTune = new ManualResetEventSlim();
        Engine.OnTune = request =>
        {
            Assert.Equal(Engine.Tunings > 1, request.Start is not null);
            if (Engine.Tunings > 1) mayTune.Wait(Cancel);
            return Models.Better(Engine.Tunings);
        };
        Engine.OnGauge = model => new GaugeReading(30 + Models.Weight(model), 25, 1);
        var screen = new MemoryScreen { OnRestored = _ => { if (!threeRestored.IsSet) threeRestored.Signal(); } };
        ScanRun run = Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan))
            {
                if (index is { T: 3, Z: 0 }) mayGoOn.Wait(Cancel);
                o.Send(plan, sequence, index);
            }

            o.OnEnd(Scans.End(plan));
        }, screen: screen);
        Assert.False(run.Retune().IsAccepted); // no scan yet
        Task<RunReport> running = run.RunAsync(Cancel);
        await Task.Run(() => threeRestored.Wait(Cancel), Cancel);

        Assert.True(run.Retune().IsAccepted);
        Assert.False(run.Retune().IsAccepted); // it is being done
        mayTune.Set();
        while (run.Status.Models.Length < 2)
        {
            Cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        mayGoOn.Set();
        RunReport report = await running;

        AssertCloses(report);
        Assert.Equal([0, 3], report.Status.Models.Select(model => model.FromTimePoint));
        Assert.Equal(new VolumeIndex(2, 0), report.Status.Models[1].TunedOn);
        Assert.All(Store.Provenance, p => Assert.Equal(report.Status.Models[p.Index.T < 3 ? 0 : 1].ModelSha256, p.ModelSha256));
        Assert.Contains(Store.LedgerEntries.OfType<Warned>(), w => w.Message.Contains("person", StringComparison.Ordinal));
        Assert.False(run.Retune().IsAccepted); // the scan has ended
    }

    [Fact]
    public async Task Without_a_network_there_is_nothing_to_tune_again()
    {
        ScanPlan plan = Scans.Plan(timePoints: 1);
        string? refused = null;
        ScanRun? run = null;
        run = Run((o, stop) =>
        {
            o.OnStart(plan, 0, repeat: false);
            refused = run!.Retune().Reason;
            foreach (var (sequence, index) in Scans.Frames(plan)) o.Send(plan, sequence, index);
            o.OnEnd(Scans.End(plan));
        }, restoration: new RestorationOptions { Method = RestorationMethod.Cubic });
        await run.RunAsync(Cancel);
        Assert.Equal("Volumes of this scan are restored without a network.", refused);
    }

    /// <summary>Keeps copies of what it is shown, and holds the newest volumes as a screen may.</summary>
    private sealed class MemoryScreen : IRunScreen
    {
        private readonly Queue<RestoredVolume> _heldRestored = new();
        private readonly Queue<VolumeBuffer> _heldRaw = new();

        public ConcurrentQueue<(VolumeIndex Index, int Planes, byte[] Pixels)> Planes { get; } = new();

        public ConcurrentQueue<(VolumeIndex Index, byte[] Pixels)> Restorations { get; } = new();

        public Action<RestoredVolume> OnRestored { get; init; } = _ => { };

        public int Holds { get; init; }

        public bool IsWatched => true;

        public void PlanesReceived(ScanPlan plan, VolumeIndex index, VolumeBuffer pixels, int planes)
        {
            Planes.Enqueue((index, planes, MemoryVolumeStore.Bytes(pixels)));
            if (Holds == 0 || planes > 1) return;
            pixels.Retain();
            _heldRaw.Enqueue(pixels);
            if (_heldRaw.Count > Holds) _heldRaw.Dequeue().Release();
        }

        public void Restored(RestoredVolume volume)
        {
            Restorations.Enqueue((volume.Index, MemoryVolumeStore.Bytes(volume.Pixels)));
            OnRestored(volume);
            if (Holds == 0) return;
            volume.Retain();
            _heldRestored.Enqueue(volume);
            if (_heldRestored.Count > Holds) _heldRestored.Dequeue().Release();
        }

        public void LetGo()
        {
            foreach (RestoredVolume volume in _heldRestored) volume.Release();
            foreach (VolumeBuffer volume in _heldRaw) volume.Release();
        }
    }
}
