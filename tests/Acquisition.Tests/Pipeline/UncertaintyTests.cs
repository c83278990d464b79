using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Uncertainty;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

/// <summary>Maps of standard errors on their way through a run.</summary>
public sealed class UncertaintyTests : ScanRunCase
{
    private static readonly RestorationOptions Wanted = new() { Uncertainty = true };

    [Fact]
    public async Task Every_volume_comes_with_its_map_stored_and_published()
    {
        ScanPlan plan = Scans.Plan(timePoints: 6, channels: 2);
        RunReport report = await Run((o, _) => o.SendAll(plan), restoration: Wanted).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Empty(report.Warnings);
        Assert.Equal(12, Store.Uncertainty!.Volumes.Count);
        Assert.Equal(Store.Uncertainty.Volumes.OrderBy(v => (v.Key.T, v.Key.C)), Publisher.Maps.OrderBy(v => (v.Key.T, v.Key.C)));
        Assert.All(Store.Uncertainty.Volumes.Values, map => Assert.Equal(plan.RestoredShape.Voxels, map.Length));
        Assert.All(Store.Uncertainty.Volumes.Values, map => Assert.DoesNotContain(ErrorScale.Unknown, map));
        Assert.All(Store.Provenance, made =>
        {
            Assert.Equal(made.ScaleHigh - made.ScaleLow, made.Uncertainty!.Largest);
            Assert.Equal(new VolumeIndex(0, made.Index.C), made.Uncertainty.CalibratedOn);
            Assert.Equal((16, ErrorModel.Method), (made.Uncertainty.StepsPerOctave, made.Uncertainty.Method));
            Assert.InRange(made.Uncertainty.HeldOutWithinTwo!.Value, 0.5, 1);
        });
    }

    [Fact]
    public async Task Nobody_asked_nothing_is_made()
    {
        ScanPlan plan = Scans.Plan();
        await Run((o, _) => o.SendAll(plan)).RunAsync(Cancel);
        Assert.Null(Store.Uncertainty);
        Assert.Empty(Publisher.Maps);
        Assert.All(Store.Provenance, made => Assert.Null(made.Uncertainty));
    }

    [Fact]
    public async Task A_map_changes_nothing_about_the_volume_or_its_fingerprint()
    {
        ScanPlan plan = Scans.Plan();
        await Run((o, _) => o.SendAll(plan), restoration: Wanted).RunAsync(Cancel);
        LastRun!.Dispose();
        var without = new MemoryRunStore();
        using var run = new Acquisition.Pipeline.ScanRun(
            new ScriptedSource((o, _) => o.SendAll(plan)), _ => without, null, Restoring(), new RestorationOptions(), new(), TimeProvider.System);
        await run.RunAsync(Cancel);

        Assert.Equal(without.Restored.Volumes.OrderBy(v => v.Key.T), Store.Restored.Volumes.OrderBy(v => v.Key.T));
        Assert.Equal(without.Provenance.First().SettingsFingerprint, Store.Provenance.First().SettingsFingerprint);
    }

    [Fact]
    public async Task What_was_made_of_lost_planes_is_unknown()
    {
        ScanPlan plan = Scans.Plan(timePoints: 2, z: 6, undersampling: new(2, 2, 2));
        var lost = new FrameIndex(1, 0, 2);
        await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan).Where(frame => frame.Index != lost)) o.Send(plan, sequence, index);
            o.OnEnd(Scans.End(plan));
        }, restoration: Wanted).RunAsync(Cancel);

        byte[] map = Store.Uncertainty!.Volumes[new VolumeIndex(1, 0)];
        int plane = plan.RestoredShape.PlaneVoxels;
        for (int z = 0; z < 12; z++) Assert.Equal(z is 4 or 5, map[(z * plane)..((z + 1) * plane)].All(step => step == ErrorScale.Unknown));
    }

    [Fact]
    public async Task The_model_is_stored_with_what_is_known_of_its_errors()
    {
        ScanPlan plan = Scans.Plan(timePoints: 1);
        Engine.OnTune = _ => Models.Better(0);
        await Run((o, _) => o.SendAll(plan), restoration: Wanted).RunAsync(Cancel);

        TunedModel stored = SelfVisionModel.FromSafeTensors(Assert.Single(Store.Models));
        ErrorModel errors = ErrorModel.FromText(stored.Notes["errors"]);
        Assert.Equal(errors.HeldOut.Rank, Assert.Single(Store.Provenance).Uncertainty!.HeldOutRank);
    }

    [Fact]
    public async Task When_the_model_cannot_be_kept_errors_are_measured_again_without_it()
    {
        ScanPlan plan = Scans.Plan(timePoints: 1);
        Engine.OnTune = _ => Models.Better(0);
        Store.BeforeModel = () => throw new StorageException("no room");
        int restorations = 0;
        Engine.OnRestore = () => restorations++;
        await Run((o, _) => o.SendAll(plan), restoration: Wanted).RunAsync(Cancel);

        Assert.Equal(3, restorations); // with the model, without it, and the volume itself
        Assert.NotNull(Assert.Single(Store.Provenance).Uncertainty);
    }

    [Fact]
    public async Task A_channel_that_cannot_be_calibrated_is_restored_without_maps_and_says_so_once()
    {
        ScanPlan plan = Scans.Plan(timePoints: 3, z: 1, undersampling: new(2, 2, 2));
        RunReport report = await Run((o, _) => o.SendAll(plan), restoration: Wanted).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal(3, report.Status.Volumes.Restored);
        Assert.Empty(Store.Uncertainty!.Volumes);
        Assert.Contains("no uncertainty maps", Assert.Single(report.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scan_that_is_not_undersampled_has_no_errors_to_map()
    {
        ScanPlan plan = Scans.Plan(undersampling: Factors.One);
        RunReport report = await Run((o, _) => o.SendAll(plan), restoration: Wanted).RunAsync(Cancel);
        Assert.Empty(report.Warnings);
        Assert.Null(Store.Uncertainty);
    }

    [Fact]
    public async Task Without_a_network_maps_come_as_well()
    {
        ScanPlan plan = Scans.Plan();
        await Run((o, _) => o.SendAll(plan), restoration: Wanted with { Model = ModelNames.Cubic }).RunAsync(Cancel);
        Assert.Equal(3, Store.Uncertainty!.Volumes.Count);
        Assert.Equal(0, Engine.Tunings);
    }

    [Fact]
    public async Task A_map_that_cannot_be_stored_costs_the_restored_volume_and_is_counted()
    {
        ScanPlan plan = Scans.Plan(timePoints: 3);
        var refused = new VolumeIndex(1, 0);
        Store.BeforeMap = index => { if (index == refused) throw new StorageException("no room"); };
        RunReport report = await Run((o, _) => o.SendAll(plan), restoration: Wanted).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal(1, report.Status.Volumes.Skipped["restored not stored"]);
        Assert.False(Store.Restored.Volumes.ContainsKey(refused));
    }
}
