using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Acquisition.Core;
using Acquisition.Storage;
using Acquisition.Storage.Reporting;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage;

public sealed class RunPageTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private readonly StorageFolder _folder = new();
    private readonly VolumePool _pool = new(256 << 20);

    public void Dispose()
    {
        _pool.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(PixelType.UInt8, 3, 5, 7)]
    [InlineData(PixelType.UInt16, 4, 21, 700)] // x is shrunk on both grids, y and z on neither
    [InlineData(PixelType.UInt16, 2, 300, 9)] // y is shrunk on the restored grid alone
    [InlineData(PixelType.Float32, 3, 6, 10)] // with samples that are not finite
    public void Numbers_are_those_of_the_report_and_pictures_those_of_the_datasets(PixelType type, int z, int y, int x)
    {
        RunFolder run = Store(StorageSamples.Plan(new VolumeShape(z, y, x), type, timePoints: 5, undersampling: new(2, 2, 2)), volumes: 5);
        run.Complete(Report());
        JsonNode page = JsonNode.Parse(StorageOracles.RunPython("read_report.py", run.Folder))!;

        Assert.True((int)page["numbers"]! >= 30);
        string[] pictures = [.. page["pictures"]!.AsArray().Select(picture => $"{picture![0]} {picture[1]} {picture[2]}")];
        Assert.Equal(
            [
                .. from c in (int[])[0, 1]
                   from t in (int[])[0, 2, 4]
                   from kind in (string[])["raw", "restored"]
                   from view in (string[])["xy", "xz", "yz"]
                   select $"t{t} c{c} {kind} {view}",
            ],
            pictures);
        Assert.Equal(2, page["limits"]!.AsArray().Count); // one contrast a channel
        Assert.True((int)page["grey_levels"]! > 20);

        // Voxels are 2×0.5×0.25 µm: panels are as wide and high as the sample is.
        foreach (JsonNode? picture in page["pictures"]!.AsArray())
        {
            double ratio = (double)picture![3]! / (double)picture[4]!;
            double expected = (string)picture[2]! switch { "xy" => x * 0.25 / (y * 0.5), "xz" => x * 0.25 / (z * 2), _ => z * 2 / (y * 0.5) };
            Assert.InRange(ratio / expected, 0.98, 1.02);
        }

        Assert.Equal(["PSNR (dB)", "gauge", "lag (s)"], page["charts"]!.AsArray().Select(label => (string)label!));
        Assert.Equal(
            ["Account", "Pictures", "Quality", "Lag", "Times per stage", "Queues", "States", "Models", "Warnings", "Scan", "Settings"],
            page["headings"]!.AsArray().Select(heading => (string)heading!));
        string text = (string)page["text"]!;
        foreach (string part in (string[])[
            "10 frames were received = 8 stored + 2 refused (duplicate 1, late 1).", "5 volumes were assembled = 3 restored + 1 pending + 1 skipped (cancelled 1).",
            "the first volume is tuned on", "self-vision", "drift", "seed: 1", "disk full", "0.5000"])
            Assert.Contains(part, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_from_outside_is_text_whatever_it_says()
    {
        const string Attack = "</title></style><script>alert('1')</script><img src=x onerror=\"alert(2)\"/>&amp;]]>";
        const string Hidden = "a\u0000b\u001bc\u202ed\ud800e";
        ScanPlan plan = StorageSamples.Plan(channels: [Attack, Hidden]) with { Mode = Attack, Objective = Hidden, UserJson = $"{{\"x\":\"{Attack}\"}}" };
        RunFolder run = Store(plan, volumes: 1);
        run.AppendLedger(LedgerKinds.State, new StateChanged(RunState.Draining, Attack));
        run.AppendLedger(LedgerKinds.Warning, new Warned(Hidden));
        run.AppendLedger(LedgerKinds.ModelChosen, new ModelStatus { Channel = 0, Method = Attack, Reason = Attack, ModelSha256 = Attack });
        RunReport report = Report();
        report = report with
        {
            Status = report.Status with
            {
                Reason = Attack,
                Plan = plan,
                Frames = report.Status.Frames with { Refused = Counts(Attack, 2) },
                Queues = [new QueueStatus(Attack, Attack, 1, 2, 3, 4, 5)],
            },
            Warnings = [Attack],
        };
        run.Complete(report);

        JsonNode page = JsonNode.Parse(StorageOracles.RunPython("read_report.py", run.Folder))!;
        string text = (string)page["text"]!, source = File.ReadAllText(Path.Combine(run.Folder, RunPage.FileName));
        Assert.Contains(Attack, text, StringComparison.Ordinal);
        Assert.Contains("a\uFFFDb\uFFFDc\uFFFDd\uFFFDe", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", source, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\u202e", source, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_without_volumes_frames_or_ledger_still_has_a_page()
    {
        ScanPlan plan = StorageSamples.Plan();
        RunFolder run = RunFolder.Create(StorageSamples.Options(_folder.Path), plan, "seed: 1\n", Start);
        run.CreateRaw(plan);
        run.CreateRestored(plan);
        run.Complete(new RunReport
        {
            Status = new RunStatus { State = RunState.Finished, Reason = "stopped by the user", Outcome = RunOutcome.Cancelled, Plan = plan, Elapsed = TimeSpan.FromSeconds(1) },
            StartedAt = Start,
            FinishedAt = Start,
        });

        JsonNode page = JsonNode.Parse(StorageOracles.RunPython("read_report.py", run.Folder))!;
        Assert.Empty(page["pictures"]!.AsArray());
        Assert.Equal(["Account", "Scan", "Settings"], page["headings"]!.AsArray().Select(heading => (string)heading!));
        Assert.Contains("stopped by the user", (string)page["text"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_corrected_is_told_by_channel_and_drawn_over_time()
    {
        ScanPlan plan = StorageSamples.Plan();
        RunFolder run = Store(plan, volumes: 1);
        for (int t = 1; t < 4; t++)
        {
            run.AppendLedger(LedgerKinds.VolumeRestored, new Provenance
            {
                Index = new(t, 0), Method = "self-vision", SettingsFingerprint = "ff", ScaleLow = 0, ScaleHigh = 1, ResidualRms = 1, Lag = TimeSpan.Zero, Duration = TimeSpan.Zero,
                Conditioning = new ConditioningReport
                {
                    Steps = ["hot pixels", "line phase", "drift"],
                    HotPixels = 10 + t,
                    LinePhase = new LinePhase { EstimatedPx = t == 3 ? null : 0.5 + t, ErrorPx = 0.01, CorrectedPx = t == 1 ? 1.5 : 0 },
                    Drift = new Drift { Against = new(1, 0), Px = new(null, 3 * t, 4 * t), Um = new(null, 1.5 * t, 2 * t), CorrectedPx = default },
                },
            });
        }

        run.Complete(Report());
        JsonNode page = JsonNode.Parse(StorageOracles.RunPython("read_report.py", run.Folder))!;
        Assert.Contains("Conditioning", page["headings"]!.AsArray().Select(heading => (string)heading!));
        Assert.Equal(["line phase (pixels)", "drift (µm)"], page["charts"]!.AsArray().Select(label => (string)label!).Where(label => label.Contains('(') && label is not ("PSNR (dB)" or "lag (s)")));
        string text = (string)page["text"]!;
        foreach (string told in (string[])["hot pixels, line phase, drift", "13", "2 px", "7.5 µm"]) Assert.Contains(told, text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_or_damaged_costs_its_own_place_on_the_page()
    {
        RunFolder run = Store(StorageSamples.Plan(channels: ["DNA"]), volumes: 3);
        File.AppendAllText(Path.Combine(run.Folder, "ledger.jsonl"), "{\"at\":\"2026-03-04T05:06:07Z\",\"kind\":\"warn");
        string damaged = Path.Combine(run.Folder, "raw.zarr", "0", "c", "1", "0", "0", "0", "0");
        File.WriteAllBytes(damaged, [1, 2, 3]);
        Directory.Delete(Path.Combine(run.Folder, "restored.zarr", "0", "c", "2"), recursive: true);
        run.Complete(Report());
        File.Delete(damaged); // the oracle reads whole datasets

        JsonNode page = JsonNode.Parse(StorageOracles.RunPython("read_report.py", run.Folder))!;
        Assert.Equal(
            ["t0 c0 raw", "t0 c0 restored", "t1 c0 restored", "t2 c0 raw"],
            page["pictures"]!.AsArray().Select(picture => $"{picture![0]} {picture[1]}").Distinct());
        Assert.Contains("Volume t2 c0 is not restored.", (string)page["text"]!, StringComparison.Ordinal);
        Assert.Contains(damaged, (string)page["text"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_that_cannot_be_written_fails_no_run_and_can_be_made_later()
    {
        RunFolder run = Store(StorageSamples.Plan(), volumes: 1);
        string page = Path.Combine(run.Folder, RunPage.FileName);
        Directory.CreateDirectory(page);
        run.Complete(Report());

        Assert.Equal(8, RunReportJson.Read(Path.Combine(run.Folder, "report.json")).Status.Frames.Stored);
        Assert.Contains(page, Assert.Throws<StorageException>(() => RunPage.Write(run.Folder)).Message, StringComparison.Ordinal);
        Directory.Delete(page);
        Assert.Equal(page, RunPage.Write(run.Folder));
        Assert.Contains("<h2>Pictures</h2>", File.ReadAllText(page), StringComparison.Ordinal);
        File.Delete(Path.Combine(run.Folder, "report.json"));
        Assert.Throws<StorageException>(() => RunPage.Write(run.Folder));
    }

    /// <summary>A run folder with volumes in both datasets and an event of every kind in its ledger.</summary>
    private RunFolder Store(ScanPlan plan, int volumes)
    {
        RunFolder run = RunFolder.Create(StorageSamples.Options(_folder.Path), plan, "seed: 1\n", Start);
        IVolumeStore raw = run.CreateRaw(plan), restored = run.CreateRestored(plan);
        run.AppendLedger(LedgerKinds.ScanStarted, new { plan });
        run.AppendLedger(LedgerKinds.State, new StateChanged(RunState.Scanning, "the first volume is tuned on"));
        for (int t = 0; t < volumes; t++)
        {
            for (int c = 0; c < plan.Channels.Length; c++)
            {
                var index = new VolumeIndex(t, c);
                Write(raw, index, plan.Shape, plan.PixelType);
                Write(restored, index, plan.RestoredShape, plan.PixelType);
                run.AppendLedger(LedgerKinds.VolumeStored, new VolumeStored(
                    index, plan.Shape.Z, [], Start, Start, plan.Shape.Z, ImmutableSortedDictionary<string, long>.Empty));
                run.AppendLedger(LedgerKinds.VolumeRestored, new Provenance
                {
                    Index = index, Method = "self-vision", SettingsFingerprint = "ff", ScaleLow = 0, ScaleHigh = 1, ResidualRms = 1,
                    Lag = TimeSpan.FromMilliseconds(10 + 200 * t), Duration = TimeSpan.Zero, Gauge = new GaugeReading(30 + t, 29, 0.9),
                });
            }
        }

        run.AppendLedger(LedgerKinds.Snapshot, new SnapshotTaken(0, new string('a', 64), 100, 33, 32));
        run.AppendLedger(LedgerKinds.ModelChosen, new ModelStatus { Channel = 0, Method = "self-vision", Reason = "better", HeldOutDb = 33, Steps = 100, ModelSha256 = new string('b', 64) });
        run.AppendLedger(LedgerKinds.Drift, new DriftNoticed(new(1, 0), 0.1, 0.5, IsRefreshed: true));
        run.AppendLedger(LedgerKinds.VolumeSkipped, new VolumeSkipped(new(0, 0), "cancelled", "by hand"));
        run.AppendLedger(LedgerKinds.Warning, new Warned("a warning"));
        run.AppendLedger(LedgerKinds.Resumed, new RunResumed(["a line was torn"], 2));
        return run;
    }

    private void Write(IVolumeStore store, VolumeIndex index, VolumeShape shape, PixelType type)
    {
        VolumeBuffer volume = _pool.TryRent(shape, type)!.Fill(StorageSamples.Pixels(shape, type, index));
        store.Write(index, volume);
        volume.Release();
    }

    private static RunReport Report() => new()
    {
        Status = new()
        {
            State = RunState.Finished,
            Reason = "no room",
            Outcome = RunOutcome.DiskFull,
            Plan = StorageSamples.Plan(),
            Frames = new() { Received = 10, Stored = 8, Refused = Counts("late", 1).Add("duplicate", 1), RefusedMessages = Counts("malformed", 3), Sent = 12, LostMessages = 2 },
            Volumes = new() { Assembled = 5, Restored = 3, Pending = 1, Incomplete = 1, Skipped = Counts("cancelled", 1) },
            Queues =
            [
                new("raw", "wait", 0, 0, 5 << 20, 10L << 30, 0) { TimesHigh = 2, TimesFull = 1, TimeInQueue = new("wait in queue 'raw'", 5, 0.123456789, 20, 300, 4000) },
                new("restore", "spill to disk (3 spilled)", 0, 0, 0, 100, 0),
            ],
            Models = [new() { Channel = 0, Method = "self-vision", Reason = "better", HeldOutDb = 33, ProjectedDb = 32, Steps = 100 }],
            Elapsed = TimeSpan.FromSeconds(3.25),
        },
        StartedAt = Start,
        FinishedAt = Start.AddSeconds(10),
        Timings = [new("restore", 3, 1.0625, 2, 3, 4e6), new("last frame to restored", 3, 250.5, 400, 400, 400)],
        Warnings = ["µ"],
        Scores = new(new(20, 0.5), new(21.5, 0.6), new(double.PositiveInfinity, 1), [new(new(0, 1), new(20, 0.5), new(21.5, 0.6), new(22, 0.7))]),
    };

    private static ImmutableSortedDictionary<string, long> Counts(string reason, long count) =>
        ImmutableSortedDictionary<string, long>.Empty.Add(reason, count);
}
