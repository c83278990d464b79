using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Storage;
using Acquisition.Storage.Export;
using Acquisition.Storage.Inspection;
using Acquisition.Storage.Zarr;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage;

/// <summary>What is said of datasets that are whole, and of those that lack something.</summary>
public sealed class InspectorTests : IDisposable
{
    private static readonly ScanPlan Plan = StorageSamples.Plan(timePoints: 2) with { Channels = ["DNA"] };

    private readonly StorageFolder _folder = new();
    private readonly VolumePool _pool = new(64 << 20);

    public void Dispose()
    {
        _pool.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_finished_run_is_whole_and_says_how_it_was_made()
    {
        string run = StoreRun(stored: 2, restored: 2, finishes: true);
        Finding found = Inspector.Look(run);
        Assert.Equal("run", found.Kind);
        Assert.Empty(found.Lacks);
        Assert.Contains("2 time points, one every 1.50 s, 1 channel", Fact(found, "scan"), StringComparison.Ordinal);
        Assert.Contains("2 volumes", Fact(found, "raw stored"), StringComparison.Ordinal);
        Assert.Equal("2 time points × 1 channel (DNA) of 6×20×7 uint16, voxels of 1×0.125×0.25 µm", Fact(found, "restored volumes"));
        Assert.Equal("2 volumes by self-vision, weights ab12 tuned on t0 c0; residual 1.5 camera units rms", Fact(found, "made"));
        Assert.Equal("completed: all came", Fact(found, "outcome"));
        Assert.StartsWith("closed: every frame", Fact(found, "ledger"), StringComparison.Ordinal);
        Assert.Equal("none, and none needed", Fact(found, "raw levels"));
    }

    [Fact]
    public void A_run_that_was_cut_off_lacks_what_it_did_not_come_to()
    {
        string run = StoreRun(stored: 1, restored: 0, finishes: false);
        Assert.Equal(
            ["the ledger is not closed; 'acquisition resume' closes it", "1 volume of 2 that were planned were never stored", "1 volume not restored: t0 of channel 0"],
            Inspector.Look(run).Lacks);
    }

    [Fact]
    public void A_run_that_goes_on_is_told_from_one_that_was_cut_off()
    {
        using RunFolder run = Begin();
        Assert.Contains("the run goes on", Inspector.Look(run.Folder).Lacks);
        run.AppendLedger(LedgerKinds.State, new StateChanged(RunState.Scanning, "frames come")); // looking has taken nothing
    }

    [Fact]
    public void Volumes_that_were_acknowledged_and_are_gone_are_named()
    {
        string run = StoreRun(stored: 2, restored: 2, finishes: true);
        File.Delete(Path.Combine(run, "restored.zarr", "0", "c", "1", "0", "0", "0", "0"));
        Assert.Equal(["1 volume that the ledger acknowledges not in restored.zarr: t1 of channel 0"], Inspector.Look(run).Lacks);
        Directory.Delete(Path.Combine(run, "restored.zarr"), recursive: true);
        Assert.Equal(["restored.zarr is not there"], Inspector.Look(run).Lacks);
    }

    [Fact]
    public void A_dataset_tells_its_levels_and_which_volumes_are_missing()
    {
        ScanPlan plan = StorageSamples.Plan(new(2, 20, 300), timePoints: 9);
        var store = ZarrVolumeStore.Create(_folder["raw.zarr"], ZarrDataset.Raw(plan), StorageSamples.Options(_folder.Path));
        Write(store, new(2, 0), plan.Shape);
        Finding found = Inspector.Look(store.Location);
        Assert.Equal("dataset, OME-Zarr 0.5", found.Kind);
        Assert.Equal(["17 volumes of those announced: t0 to t1, t3 to t8 of channel 0; t0 to t8 of channel 1"], found.Lacks);
        Assert.Equal("none; 'acquisition finish' adds them", Fact(found, "levels"));
        RunLevels.Complete(store.Location);
        Assert.Equal("2×20×150", Fact(Inspector.Look(store.Location), "levels"));
    }

    [Fact]
    public void Exports_say_what_they_were_made_from()
    {
        string run = StoreRun(stored: 2, restored: 2, finishes: true);
        foreach (var (format, name, kind) in new[] { (ExportFormat.OmeTiff, "a.ome.tif", "OME-TIFF"), (ExportFormat.ImageJ, "a.tif", "ImageJ hyperstack"), (ExportFormat.OmeZarr04, "a.zarr", "dataset, OME-Zarr 0.4") })
        {
            Exporter.Write(new() { Source = run, Format = format, Output = _folder[name] });
            Finding found = Inspector.Look(_folder[name]);
            Assert.Equal(kind, found.Kind);
            Assert.Empty(found.Lacks);
            if (format != ExportFormat.ImageJ) Assert.Contains("by self-vision, weights ab12 tuned on t0 c0", Fact(found, "made"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_TIFF_that_was_cut_off_lacks_its_end()
    {
        string run = StoreRun(stored: 2, restored: 2, finishes: true);
        Exporter.Write(new() { Source = run, Output = _folder["a.ome.tif"] });
        using (FileStream file = File.OpenWrite(_folder["a.ome.tif"])) file.SetLength(file.Length - 1);
        Assert.Contains("last plane cannot be read", Assert.Single(Inspector.Look(_folder["a.ome.tif"]).Lacks), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_nothing_of_the_kind_is_refused()
    {
        Assert.Contains("There is nothing", Assert.Throws<StorageException>(() => Inspector.Look(_folder["none"])).Message, StringComparison.Ordinal);
        Assert.Contains("neither a run folder", Assert.Throws<StorageException>(() => Inspector.Look(_folder.Path)).Message, StringComparison.Ordinal);
        File.WriteAllText(_folder["a.txt"], "no picture");
        Assert.Throws<DataFormatException>(() => Inspector.Look(_folder["a.txt"]));
        File.WriteAllText(_folder[".zattrs"], "{}");
        Assert.Throws<DataFormatException>(() => Inspector.Look(_folder.Path));
    }

    private static string Fact(Finding found, string what) => found.Facts.First(fact => fact.What == what).Value;

    private RunFolder Begin()
    {
        RunFolder run = RunFolder.Create(StorageSamples.Options(_folder.Path), Plan, "steps: 1\n", DateTimeOffset.UnixEpoch);
        run.AppendLedger(LedgerKinds.ScanStarted, new ScanStarted(Plan, "cd34", ImmutableSortedDictionary<string, string>.Empty));
        return run;
    }

    private string StoreRun(int stored, int restored, bool finishes)
    {
        using RunFolder run = Begin();
        IVolumeStore raw = run.CreateRaw(Plan), fine = run.CreateRestored(Plan);
        for (int t = 0; t < stored; t++)
        {
            Write(raw, new(t, 0), Plan.Shape);
            run.AppendLedger(LedgerKinds.VolumeStored, new VolumeStored(
                new(t, 0), 3, [], DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, 3 * (t + 1), ImmutableSortedDictionary<string, long>.Empty));
        }

        for (int t = 0; t < restored; t++)
        {
            Write(fine, new(t, 0), Plan.RestoredShape);
            var how = new Provenance
            {
                Index = new(t, 0), Method = "self-vision", ModelSha256 = "ab12", TunedOn = default(VolumeIndex), SettingsFingerprint = "cd34",
                ScaleLow = 0, ScaleHigh = 1, ResidualRms = 1 + t, Lag = default, Duration = default,
            };
            run.AppendProvenance(how);
            run.AppendLedger(LedgerKinds.VolumeRestored, how);
        }

        if (!finishes) return run.Folder;
        var frames = new FrameLedger { Received = 3 * stored, Stored = 3 * stored };
        var volumes = new VolumeLedger { Assembled = stored, Restored = restored, Pending = stored - restored };
        run.Complete(new RunReport
        {
            Status = new RunStatus { State = RunState.Finished, Reason = "all came", Elapsed = default, Outcome = RunOutcome.Completed, Plan = Plan, Frames = frames, Volumes = volumes },
            StartedAt = DateTimeOffset.UnixEpoch,
            FinishedAt = DateTimeOffset.UnixEpoch,
        });
        run.AppendLedger(LedgerKinds.ScanFinished, new ScanFinished(RunOutcome.Completed, "all came", true, frames, volumes));
        return run.Folder;
    }

    private void Write(IVolumeStore store, VolumeIndex index, VolumeShape shape)
    {
        VolumeBuffer volume = _pool.TryRent(shape, PixelType.UInt16)!;
        store.Write(index, volume.Fill(StorageSamples.Pixels(shape, PixelType.UInt16, index)));
        volume.Release();
    }
}
