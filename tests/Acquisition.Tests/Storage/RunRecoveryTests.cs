using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Acquisition.Core;
using Acquisition.Storage;
using Acquisition.Storage.Zarr;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage;

/// <summary>What a program that was killed leaves in its run folder, and what becomes of it.</summary>
public sealed class RunRecoveryTests : IDisposable
{
    private static readonly ScanPlan Plan = StorageSamples.Plan(timePoints: 2) with { Channels = ["DNA"] };

    private readonly StorageFolder _folder = new();
    private readonly VolumePool _pool = new(64 << 20);

    public void Dispose()
    {
        _pool.Dispose();
        _folder.Dispose();
    }

    /// <summary>How many of the writes below happen before the program is killed.</summary>
    public static TheoryData<int> Writes => [.. Enumerable.Range(0, 16)];

    /// <summary>All that a run of two volumes writes, in the pipeline's order: the second raw volume before the first restored one.</summary>
    private List<Action<RunFolder>> AllWrites()
    {
        IVolumeStore? raw = null, restored = null, maps = null;
        return
        [
            run => raw = run.CreateRaw(Plan),
            run => restored = run.CreateRestored(Plan),
            run => maps = run.CreateUncertainty(Plan),
            run => run.AppendLedger(LedgerKinds.ScanStarted, new ScanStarted(Plan, "cd34", ImmutableSortedDictionary<string, string>.Empty)),
            _ => Write(raw!, 0, Plan.Shape),
            run => run.AppendLedger(LedgerKinds.VolumeStored, Stored(0, received: 4)),
            _ => Write(raw!, 1, Plan.Shape),
            run => run.AppendLedger(LedgerKinds.VolumeStored, Stored(1, received: 6)),
            run => run.SaveModel("weights"u8),
            run => run.AppendLedger(LedgerKinds.ModelChosen, new ModelStatus { Channel = 0, Method = "self-vision", ModelSha256 = "ab12", Reason = "better" }),
            _ => Write(maps!, 0, Plan.RestoredShape, PixelType.UInt8),
            _ => Write(restored!, 0, Plan.RestoredShape),
            run => run.AppendProvenance(How(0)),
            run => run.AppendLedger(LedgerKinds.VolumeRestored, How(0)),
            run => run.Complete(Report()),
            run => run.AppendLedger(LedgerKinds.ScanFinished, new ScanFinished(
                RunOutcome.Cancelled, "stopped", true, new FrameLedger { Received = 6, Stored = 6 },
                new VolumeLedger { Assembled = 2, Restored = 1, Pending = 1 })),
        ];
    }

    [Theory, MemberData(nameof(Writes))]
    public void Killed_after_any_write_a_run_goes_on_with_all_that_was_whole(int writes)
    {
        string path = Kill(writes);
        if (writes < 4)
        {
            Assert.Contains("no scan was taken", Assert.Throws<StorageException>(() => Reopen(path)).Message, StringComparison.Ordinal);
            return;
        }

        string before = Fingerprint(path);
        using (RunFolder run = Reopen(path))
        {
            Assert.Equal(before, Fingerprint(path));
            Expect(run.History!, stored: (writes > 4 ? 1 : 0) + (writes > 6 ? 1 : 0), restored: writes > 12 ? 1 : 0, models: writes > 9 ? 1 : 0);
            run.Repair();
        }

        using RunFolder again = Reopen(path);
        RunHistory history = again.History!;
        Assert.Empty(history.Repairs);
        Expect(history, stored: (writes > 4 ? 1 : 0) + (writes > 6 ? 1 : 0), restored: writes > 12 ? 1 : 0, models: writes > 9 ? 1 : 0);
        Assert.Equal(1, File.ReadLines(Ledger(path)).Count(line => line.Contains(LedgerKinds.Resumed, StringComparison.Ordinal)));
        // What is not accounted for is gone, so it can be made again: a store refuses to write a volume twice.
        if (writes <= 12) Write(again.CreateRestored(Plan), 0, Plan.RestoredShape);
        if (writes <= 12) Write(again.CreateUncertainty(Plan), 0, Plan.RestoredShape, PixelType.UInt8);
        AssertReadable(path, history);
    }

    [Fact]
    public void Half_a_line_of_any_length_is_cut_off_and_its_volume_found_on_disk()
    {
        string path = Kill(6), ledger = Ledger(path);
        byte[] whole = File.ReadAllBytes(ledger);
        int last = Array.LastIndexOf(whole, (byte)'\n', whole.Length - 2) + 1;
        for (int length = last; length < whole.Length; length++)
        {
            File.WriteAllBytes(ledger, whole[..length]);
            using RunFolder run = Reopen(path);
            Assert.Equal(length == last ? 1 : 2, run.History!.Repairs.Length);
            run.Repair();
            string[] lines = File.ReadAllLines(ledger);
            Assert.Equal(["scan-started", "run-resumed", "volume-stored"], lines.Select(line => (string?)JsonNode.Parse(line)!["kind"]));
            Assert.Equal(0, (int)JsonNode.Parse(lines[2])!["index"]!["t"]!);
        }
    }

    [Fact]
    public void Half_a_line_of_provenance_is_cut_off_and_its_volume_made_again()
    {
        string path = Kill(13), provenance = Path.Combine(path, "restored.zarr", "provenance.jsonl");
        File.WriteAllBytes(provenance, File.ReadAllBytes(provenance)[..^7]);
        using RunFolder run = Reopen(path);
        Assert.Empty(run.History!.Restored);
        run.Repair();
        Assert.Empty(File.ReadAllText(provenance));
        Write(run.CreateRestored(Plan), 0, Plan.RestoredShape);
        run.AppendProvenance(How(0));
        Assert.Single(File.ReadAllLines(provenance));
    }

    [Fact]
    public void Files_on_their_way_are_removed()
    {
        string path = Kill(8), partial = Path.Combine(path, "raw.zarr", "0", "c", "1", "0", "0", "0", "0.partial");
        File.WriteAllText(partial, "half");
        using RunFolder run = Reopen(path);
        Assert.Contains("0.partial", Assert.Single(run.History!.Repairs), StringComparison.Ordinal);
        run.Repair();
        Assert.False(File.Exists(partial));
    }

    [Fact]
    public void A_ledger_that_is_damaged_before_its_last_line_is_refused()
    {
        string path = Kill(8), ledger = Ledger(path);
        string[] lines = File.ReadAllLines(ledger);
        File.WriteAllLines(ledger, [lines[0], lines[1][..20], lines[2]]);
        var fault = Assert.Throws<DataFormatException>(() => Reopen(path));
        Assert.Contains("Line 2", fault.Message, StringComparison.Ordinal);
        Assert.Contains(ledger, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Planes_of_zeros_count_as_missing_in_a_volume_that_the_ledger_does_not_know()
    {
        string path = Kill(6);
        using (RunFolder run = Reopen(path))
        {
            VolumeBuffer volume = _pool.Rent(Plan).Fill(StorageSamples.Pixels(Plan.Shape, Plan.PixelType, new(1, 0)));
            volume.Plane(1).Clear();
            run.CreateRaw(Plan).Write(new(1, 0), volume);
            volume.Release();
        }

        using RunFolder found = Reopen(path);
        VolumeStored stored = found.History!.Stored[1];
        Assert.Equal((new VolumeIndex(1, 0), 2, 4L), (stored.Index, stored.Frames, stored.Received));
        Assert.Equal([1], stored.MissingPlanes);
        Assert.Equal(DateTime.UtcNow, stored.LastFrameAt.UtcDateTime, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void A_damaged_volume_that_the_ledger_does_not_know_is_put_aside()
    {
        string path = Kill(7), file = Path.Combine(path, "raw.zarr", "0", "c", "1", "0", "0", "0", "0");
        byte[] bytes = File.ReadAllBytes(file);
        bytes[3] ^= 1;
        File.WriteAllBytes(file, bytes);
        using RunFolder run = Reopen(path);
        Assert.Equal([new VolumeIndex(0, 0)], run.History!.Stored.Select(volume => volume.Index));
        run.Repair();
        Assert.False(File.Exists(file));
        Assert.True(File.Exists(file + ".damaged"));
    }

    [Fact]
    public void What_a_disk_lost_is_told_and_what_the_ledger_holds_of_it_is_copied_back()
    {
        string path = Kill(14);
        Directory.Delete(Path.Combine(path, "raw.zarr", "0", "c", "1"), recursive: true);
        File.Delete(Path.Combine(path, "restored.zarr", "provenance.jsonl"));
        using RunFolder run = Reopen(path);
        RunHistory history = run.History!;
        Assert.Contains("raw volume t1 c0 is in the ledger and not on disk", history.Repairs[0], StringComparison.Ordinal);
        Expect(history, stored: 1, restored: 1, models: 1);
        Assert.Equal((6L, 3L, 3L), (history.Frames.Received, history.Frames.Stored, history.LostFrames));
        run.Repair();
        Assert.Single(File.ReadAllLines(Path.Combine(path, "restored.zarr", "provenance.jsonl")));
    }

    [Fact]
    public void A_run_folder_belongs_to_one_program_at_a_time()
    {
        RunFolder run = Create();
        Assert.Equal(0, AllWrites().Take(6).Count(write => { write(run); return false; }));
        var fault = Assert.Throws<StorageException>(() => Reopen(run.Folder));
        Assert.Contains("Another program", fault.Message, StringComparison.Ordinal);
        Assert.Contains(run.Folder, fault.Message, StringComparison.Ordinal);
        run.Dispose();
        using RunFolder reopened = Reopen(run.Folder);
        Assert.Throws<StorageException>(() => Reopen(run.Folder));
    }

    [Fact]
    public void A_dataset_goes_on_as_it_was_begun_whatever_the_settings_say_now()
    {
        using (RunFolder first = RunFolder.Create(StorageSamples.Options(_folder.Path, Compression.Gzip, planes: 2, edgePx: 16), Plan, "", DateTimeOffset.UnixEpoch))
            foreach (var write in AllWrites().Take(6)) write(first);
        string path = Assert.Single(Directory.GetDirectories(_folder.Path));
        string group = File.ReadAllText(Path.Combine(path, "raw.zarr", "zarr.json"));
        using (RunFolder run = RunFolder.Reopen(path, StorageSamples.Options("elsewhere", Compression.None, planes: 16, edgePx: 128)))
        {
            run.Repair();
            Write(run.CreateRaw(Plan), 1, Plan.Shape);
            run.Complete(Report());
        }

        Assert.Equal(group, File.ReadAllText(Path.Combine(path, "raw.zarr", "zarr.json")));
        ZarrReader reader = ZarrReader.Open(Path.Combine(path, "raw.zarr"));
        Assert.Equal(2, reader.TimePoints);
        AssertVolume(reader, 0);
        AssertVolume(reader, 1);
    }

    [Fact]
    public void A_run_that_vanished_with_its_disk_is_not_begun_again_underneath()
    {
        using RunFolder run = Create();
        IVolumeStore raw = run.CreateRaw(Plan);
        run.CreateRestored(Plan);
        run.AppendLedger("first", new { });
        run.AppendProvenance(How(0));
        string moved = run.Folder + "-moved";
        Directory.Move(run.Folder, moved);

        foreach (Action write in (Action[])[() => Write(raw, 0, Plan.Shape), () => run.AppendLedger("second", new { }), () => run.AppendProvenance(How(1)),
            () => run.SaveModel("weights"u8), () => run.Complete(Report())])
        {
            var fault = Assert.Throws<StorageException>(write);
            Assert.Contains("check that its disk is mounted", fault.Message, StringComparison.OrdinalIgnoreCase);
        }

        Assert.False(Directory.Exists(run.Folder));
        Directory.Move(moved, run.Folder);
        run.AppendLedger("third", new { });
        Assert.Equal(2, File.ReadAllLines(Ledger(run.Folder)).Length);
    }

    [Fact]
    public void A_folder_that_is_no_run_is_refused_by_name()
    {
        var fault = Assert.Throws<StorageException>(() => Reopen(_folder.Path));
        Assert.Contains(_folder.Path, fault.Message, StringComparison.Ordinal);
        Assert.Contains("no run folder", fault.Message, StringComparison.Ordinal);
    }

    private string Kill(int writes)
    {
        // Disposing gives back the lock, which the system does for a killed process; nothing else is written by it.
        using RunFolder run = Create();
        foreach (var write in AllWrites().Take(writes)) write(run);
        return run.Folder;
    }

    private RunFolder Create() => RunFolder.Create(StorageSamples.Options(_folder.Path), Plan, "", DateTimeOffset.UnixEpoch);

    private static RunFolder Reopen(string path) => RunFolder.Reopen(path, StorageSamples.Options("nowhere"));

    private static string Ledger(string path) => Path.Combine(path, "ledger.jsonl");

    private static string Fingerprint(string path) => string.Join('\n', Directory.GetFiles(path, "*", SearchOption.AllDirectories)
        .Where(file => Path.GetFileName(file) != "run.lock").Order()
        .Select(file => file + Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))));

    private void Write(IVolumeStore store, int t, VolumeShape shape, PixelType type = PixelType.UInt16)
    {
        VolumeBuffer volume = _pool.TryRent(shape, type)!.Fill(StorageSamples.Pixels(shape, type, new(t, 0)));
        try { store.Write(new(t, 0), volume); }
        finally { volume.Release(); }
    }

    private static void Expect(RunHistory history, int stored, int restored, int models)
    {
        Assert.Equal("cd34", history.Scan.SettingsFingerprint);
        Assert.Equal(Plan.ScanId, history.Scan.Plan.ScanId);
        Assert.Equal(Enumerable.Range(0, stored), history.Stored.Select(volume => volume.Index.T));
        Assert.Equal(Enumerable.Range(0, restored), history.Restored.Select(volume => volume.Index.T));
        Assert.Equal(models, history.Models.Length);
        Assert.True(history.Frames.Closes);
        Assert.False(history.IsComplete);
    }

    private void AssertReadable(string path, RunHistory history)
    {
        ZarrReader reader = ZarrReader.Open(Path.Combine(path, "raw.zarr"));
        foreach (VolumeStored volume in history.Stored) AssertVolume(reader, volume.Index.T);
    }

    private void AssertVolume(ZarrReader reader, int t)
    {
        VolumeBuffer volume = _pool.Rent(Plan);
        reader.ReadVolume(new(t, 0), volume);
        Assert.Equal(StorageSamples.Pixels(Plan.Shape, Plan.PixelType, new(t, 0)), volume.ToBytes());
        volume.Release();
    }

    private static VolumeStored Stored(int t, long received) => new(
        new(t, 0), 3, [], DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, received, ImmutableSortedDictionary<string, long>.Empty);

    private static Provenance How(int t) => new()
    {
        Index = new(t, 0),
        Method = "self-vision",
        SettingsFingerprint = "cd34",
        ScaleLow = 1,
        ScaleHigh = 2,
        ResidualRms = 0,
        Lag = default,
        Duration = default,
    };

    private static RunReport Report() => new()
    {
        Status = new() { State = RunState.Finished, Reason = "", Elapsed = default },
        StartedAt = default,
        FinishedAt = default,
    };
}
