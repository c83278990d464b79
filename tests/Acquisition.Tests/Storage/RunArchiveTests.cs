using System.Collections.Immutable;
using System.Text;
using Acquisition.Core;
using Acquisition.Storage;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage;

public sealed class RunArchiveTests : IDisposable
{
    private readonly StorageFolder _folder = new();
    private readonly VolumePool _pool = new(64L << 20);
    private readonly ScanPlan _plan = StorageSamples.Plan();
    private readonly RunFolder _run;
    private readonly IVolumeStore _raw;

    public RunArchiveTests()
    {
        _run = RunFolder.Create(StorageSamples.Options(_folder.Path), _plan, "a: 1\n", DateTimeOffset.UnixEpoch);
        _raw = _run.CreateRaw(_plan);
        _run.CreateRestored(_plan);
    }

    public void Dispose()
    {
        _run.Dispose();
        _pool.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Volumes_appear_as_the_ledger_acknowledges_them_and_are_read_back()
    {
        RunArchive archive = RunArchive.Open(_run.Folder);
        Assert.Null(archive.Plan);
        Assert.Equal(RunState.Waiting, archive.Status.State);

        Begin();
        Assert.False(archive.Refresh());
        Assert.Equal(_plan.ScanId, archive.Plan!.ScanId);
        foreach (int t in (int[])[3, 0, 1, 5, 4])
        {
            StoreRaw(new VolumeIndex(t, 1));
            Assert.True(archive.Refresh());
            Assert.True(archive.IsStored(VolumeKind.Raw, new VolumeIndex(t, 1)));
        }

        Assert.False(archive.Refresh());
        Assert.Equal([new(0, 1), new(3, 5)], archive.Stored(VolumeKind.Raw, 1));
        Assert.Empty(archive.Stored(VolumeKind.Raw, 0));
        Assert.Empty(archive.Stored(VolumeKind.Restored, 1));
        VolumeBuffer volume = _pool.Rent(_plan);
        archive.Read(VolumeKind.Raw, new VolumeIndex(5, 1), from: default, volume);
        Assert.Equal(StorageSamples.Pixels(_plan.Shape, _plan.PixelType, new VolumeIndex(5, 1)), volume.ToBytes());
        volume.Release();
    }

    [Fact]
    public void How_a_volume_was_restored_is_found_among_many()
    {
        Begin();
        RunArchive archive = RunArchive.Open(_run.Folder);
        for (int t = 0; t < 20; t++) _run.AppendLedger(LedgerKinds.VolumeRestored, Made(new VolumeIndex(t, 0), residual: t / 8.0));
        Assert.True(archive.Refresh());
        Assert.Equal(13 / 8.0, archive.ProvenanceOf(new VolumeIndex(13, 0))!.ResidualRms);
        Assert.Null(archive.ProvenanceOf(new VolumeIndex(13, 1)));
        Assert.Equal([new TimePointRange(0, 19)], archive.Stored(VolumeKind.Restored, 0));
    }

    [Fact]
    public void The_beginning_of_a_line_waits_for_its_rest()
    {
        Begin();
        StoreRaw(default);
        string ledger = Path.Combine(_run.Folder, "ledger.jsonl");
        byte[] whole = File.ReadAllBytes(ledger);
        int last = Array.LastIndexOf(whole, (byte)'\n', whole.Length - 2) + 1;
        using (var file = File.OpenWrite(ledger)) file.SetLength(last);
        RunArchive archive = RunArchive.Open(_run.Folder);
        for (int cut = last + 1; cut < whole.Length; cut += 7)
        {
            Set(whole[..cut]);
            Assert.False(archive.Refresh());
            Assert.False(archive.IsStored(VolumeKind.Raw, default));
        }

        Set(whole);
        Assert.True(archive.Refresh());
        Assert.True(archive.IsStored(VolumeKind.Raw, default));

        void Set(byte[] bytes)
        {
            using var file = new FileStream(ledger, FileMode.Open, FileAccess.Write);
            file.Position = last;
            file.Write(bytes.AsSpan(last));
        }
    }

    [Fact]
    public void A_run_that_was_cut_off_tells_what_its_ledger_knows()
    {
        Begin();
        _run.AppendLedger(LedgerKinds.State, new StateChanged(RunState.Live, "why"));
        StoreRaw(new VolumeIndex(0, 0), received: 9, missing: [2]);
        StoreRaw(new VolumeIndex(1, 0), received: 12);
        _run.AppendLedger(LedgerKinds.VolumeRestored, Made(new VolumeIndex(0, 0), 0));
        File.AppendAllText(Path.Combine(_run.Folder, "ledger.jsonl"), "{\"at\":\"2026-01-01T00:0", Encoding.UTF8);

        RunStatus status = RunArchive.Open(_run.Folder).Status;

        Assert.Equal((RunState.Live, "why"), (status.State, status.Reason));
        Assert.Equal((12, 5, 6, 1), (status.Frames.Received, status.Frames.Stored, status.Frames.InFlight, status.Frames.RefusedTotal));
        Assert.Equal((2, 1, 1, 1), (status.Volumes.Assembled, status.Volumes.Incomplete, status.Volumes.Restored, status.Volumes.Pending));
    }

    [Fact]
    public void A_finished_run_tells_what_its_report_says()
    {
        Begin();
        RunArchive archive = RunArchive.Open(_run.Folder);
        var status = new RunStatus { State = RunState.Finished, Reason = "done", Outcome = RunOutcome.Completed, Elapsed = TimeSpan.FromSeconds(7), FramesPerSecond = 3.25 };
        _run.Complete(new RunReport { Status = status, StartedAt = DateTimeOffset.UnixEpoch, FinishedAt = DateTimeOffset.UnixEpoch });
        _run.AppendLedger(LedgerKinds.ScanFinished, new ScanFinished(RunOutcome.Completed, "done", true, new FrameLedger(), new VolumeLedger()));
        archive.Refresh();
        Assert.Equal((RunState.Finished, RunOutcome.Completed, 3.25), (archive.Status.State, archive.Status.Outcome, archive.Status.FramesPerSecond));
    }

    [Fact]
    public void Time_points_in_any_order_are_kept_as_ranges()
    {
        var random = new Random(4711);
        int[] order = [.. Enumerable.Range(0, 200).OrderBy(_ => random.Next())];
        var points = new StoredTimePoints();
        var added = new SortedSet<int>();
        foreach (int t in order)
        {
            Assert.True(points.Add(t));
            Assert.False(points.Add(t));
            added.Add(t);
            Assert.Equal(added, points.Ranges.SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1)));
        }

        Assert.Equal([new TimePointRange(0, 199)], points.Ranges);
    }

    private void Begin() => _run.AppendLedger(LedgerKinds.ScanStarted, new ScanStarted(_plan, "", ImmutableSortedDictionary<string, string>.Empty));

    private void StoreRaw(VolumeIndex index, long received = 0, ImmutableArray<int> missing = default)
    {
        if (missing.IsDefault) missing = [];
        VolumeBuffer volume = _pool.Rent(_plan).Fill(StorageSamples.Pixels(_plan.Shape, _plan.PixelType, index));
        _raw.Write(index, volume);
        volume.Release();
        _run.AppendLedger(LedgerKinds.VolumeStored, new VolumeStored(
            index, _plan.Shape.Z - missing.Length, missing, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, received,
            ImmutableSortedDictionary<string, long>.Empty.Add("late", 1)));
    }

    private static Provenance Made(VolumeIndex index, double residual) => ViewerSamples.Made(index, isPreview: false) with { ResidualRms = residual };
}
