using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

/// <summary>What a run shows to people who look, and what they cannot do to it.</summary>
public sealed class ScreenTests : ScanRunCase
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Planes_are_shown_as_they_become_final_and_volumes_as_they_are_restored()
    {
        ScanPlan plan = Scans.Plan(timePoints: 3, channels: 2);
        using var screen = new Holding(false);
        RunReport report = await Run((o, _) => o.SendAll(plan), screen: screen).RunAsync(Cancel);

        AssertCloses(report);
        foreach (VolumeIndex index in Store.Raw.Volumes.Keys)
            Assert.Equal([1, 2, 3, 4], screen.Planes.Where(shown => shown.Index == index).Select(shown => shown.Planes));
        Assert.Equal(Store.Restored.Volumes.Keys.ToHashSet(), screen.Restored.Select(shown => shown.Index).ToHashSet());
        Assert.Equal(6, screen.Restored.Count);
        foreach (var (index, provisional, bytes) in screen.Restored)
        {
            Assert.False(provisional);
            Assert.Equal(Store.Restored.Volumes[index], bytes);
        }
    }

    [Fact]
    public async Task A_volume_that_lost_planes_is_shown_whole_once_none_can_come()
    {
        ScanPlan plan = Scans.Plan(timePoints: 1);
        using var screen = new Holding(false);
        RunReport report = await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan))
                if (index.Z != 1) o.Send(plan, sequence, index);
            o.OnEnd(Scans.End(plan));
        }, screen: screen).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal([1, 4], screen.Planes.Select(shown => shown.Planes));
    }

    [Fact]
    public async Task Previews_are_made_for_people_who_look_where_nobody_subscribes()
    {
        ScanPlan plan = Scans.Plan(timePoints: 1);
        using var screen = new Holding(false);
        using SemaphoreSlim shown = new(0);
        screen.OnPreview = () => shown.Release();
        Engine.OnTune = _ =>
        {
            Assert.True(shown.Wait(Patience, Cancel), "No preview came.");
            return Models.Better(1);
        };
        using var run = new ScanRun(
            new ScriptedSource((o, _) => o.SendAll(plan)), _ => Store, publisher: null, Restoring(), new(), new PipelineOptions(), TimeProvider.System, screen: screen);
        RunReport report = await run.RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal([true, false], screen.Restored.Select(made => made.Provisional));
    }

    [Fact]
    public async Task A_screen_that_holds_all_it_may_holds_up_neither_camera_nor_restoration()
    {
        // Memory for the camera's volumes and the screen's, and not for one more.
        ScanPlan plan = Scans.Plan(timePoints: 8, y: 128, x: 512);
        var options = new PipelineOptions { Previews = false };
        long budget = (options.OpenVolumesPerChannel + 1 + 2) * VolumePool.CostBytes(plan.Shape, plan.PixelType);
        using var screen = new Holding(true);
        RunReport report = await Run((o, _) => o.SendAll(plan), options with { MemoryBudgetBytes = budget }, screen: screen).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal(8, report.Status.Volumes.Restored);
        Assert.NotEmpty(screen.Planes);
    }

    [Fact]
    public async Task A_scan_that_leaves_no_memory_for_a_screen_goes_on_without_and_says_so()
    {
        ScanPlan plan = Scans.Plan(timePoints: 2, y: 128, x: 512);
        var options = new PipelineOptions { Previews = false };
        long budget = (options.OpenVolumesPerChannel + 1 + 1) * VolumePool.CostBytes(plan.Shape, plan.PixelType);
        using var screen = new Holding(true);
        RunReport report = await Run((o, _) => o.SendAll(plan), options with { MemoryBudgetBytes = budget }, screen: screen).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Empty(screen.Planes);
        Assert.Empty(screen.Restored);
        Assert.Contains(report.Warnings, w => w.Contains("no memory for live pictures", StringComparison.Ordinal));
    }

    /// <summary>A screen that notes what it is given, and may keep the newest volume of each kind and one more for ever.</summary>
    private sealed class Holding(bool holds) : IRunScreen, IDisposable
    {
        private readonly Lock _gate = new();
        private readonly List<(VolumeIndex Index, int Planes)> _planes = [];
        private readonly List<(VolumeIndex Index, bool Provisional, byte[] Bytes)> _restored = [];
        private readonly Dictionary<VolumeIndex, VolumeBuffer> _raw = [];
        private readonly List<RestoredVolume> _kept = [];

        public Action OnPreview { get; set; } = () => { };

        public bool IsWatched => true;

        public IReadOnlyList<(VolumeIndex Index, int Planes)> Planes { get { lock (_gate) return [.. _planes]; } }

        public IReadOnlyList<(VolumeIndex Index, bool Provisional, byte[] Bytes)> Restored => [.. All()];

        public void PlanesReceived(ScanPlan plan, VolumeIndex index, VolumeBuffer pixels, int planes)
        {
            lock (_gate)
            {
                _planes.Add((index, planes));
                if (!holds || _raw.Count == 2 || !_raw.TryAdd(index, pixels)) return;
                pixels.Retain();
            }
        }

        void IRunScreen.Restored(RestoredVolume volume)
        {
            lock (_gate)
            {
                _restored.Add((volume.Index, volume.Provenance.Provisional, MemoryVolumeStore.Bytes(volume.Pixels)));
                if (holds && _kept.Count < 2)
                {
                    volume.Retain();
                    _kept.Add(volume);
                }
            }

            if (volume.Provenance.Provisional) OnPreview();
        }

        public void Dispose()
        {
            foreach (VolumeBuffer pixels in _raw.Values) pixels.Release();
            foreach (RestoredVolume volume in _kept) volume.Release();
        }

        private List<(VolumeIndex Index, bool Provisional, byte[] Bytes)> All()
        {
            lock (_gate) return [.. _restored];
        }
    }
}
