using System.Collections.Concurrent;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Storage.Zarr;
using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>Every fault that the simulator knows, against the real program, and the table of what came of it.</summary>
public sealed class FaultTableTests : IDisposable
{
    private const string RenewVariable = "ACQUISITION_RENEW_FAULT_TABLE";
    private const int TimePoints = 6, Planes = 6, Height = 24, Width = 28, Frames = TimePoints * Planes, PlaneBytes = Height * Width * 2;
    private const string Seed = "63"; // strikes from five to nine frames, whatever the fault

    /// <summary>Faults, and what the simulator's summary calls them.</summary>
    private static readonly Dictionary<string, string> KeyOf = new()
    {
        ["--drop"] = "dropped",
        ["--duplicate"] = "duplicated",
        ["--shuffle"] = "disordered",
        ["--reorder"] = "disordered",
        ["--delay"] = "delayed",
        ["--truncate"] = "truncated",
        ["--corrupt-header"] = "headers_corrupted",
        ["--corrupt-length"] = "lengths_corrupted",
        ["--corrupt-sequence"] = "sequences_corrupted",
        ["--wrong-index"] = "indices_wrong",
        ["--stray-index"] = "indices_stray",
        ["--clock-jump"] = "clock_jumps",
        ["--second-scan"] = "other_scan",
        ["--stall-after"] = "stalls",
        ["--disconnect-after"] = "disconnects",
        ["--restart-after"] = "restarts",
    };

    private static readonly string TablePath = Path.Combine(Workspace.Repository, "tests", "studies", "faults.md");

    private readonly Workspace _space = new();

    /// <summary>A fault, and what it takes to bring it about.</summary>
    private sealed record Case(string Name, params string[] Arguments)
    {
        /// <summary>Silence after which the run counts its source as lost; s.</summary>
        public int FrameTimeoutSec { get; init; } = 60;

        public string Outcome { get; init; } = "completed";

        /// <summary>Frames that the source does not live to send.</summary>
        public int Unsent { get; init; }

        /// <summary>Whether the source ends by itself, and tells what it did.</summary>
        public bool IsSilenced { get; init; }

        /// <summary>Whether a recording of the clean scan is sent instead of the stack.</summary>
        public bool IsReplay { get; init; }
    }

    private static readonly Case[] Cases =
    [
        new("none"),
        new("none, replayed from a recording") { IsReplay = true },
        new("one frame in five lost", "--drop", "0.2"),
        new("the same, replayed from a recording", "--drop", "0.2") { IsReplay = true },
        new("one frame in five sent twice", "--duplicate", "0.2"),
        new("frames of a volume in random order", "--shuffle"),
        new("four frames wait and leave in random order", "--reorder", "4"),
        new("one frame in five 20 ms late", "--delay", "0.2", "--delay-ms", "20", "--fps", "200"),
        new("one frame in five three volumes late", "--delay", "0.2", "--delay-ms", "90", "--fps", "200"),
        new("pixels cut short", "--truncate", "0.2"),
        new("header corrupt", "--corrupt-header", "0.2"),
        new("nbytes wrong", "--corrupt-length", "0.2"),
        new("sequence number far too large", "--corrupt-sequence", "0.2"),
        new("index outside the volume", "--wrong-index", "0.2"),
        new("one index in ten that of a volume up to three ahead", "--stray-index", "0.1"),
        new("clocks jump by an hour", "--clock-jump", "0.2"),
        new("a second source on the stream", "--second-scan"),
        new("silence for 1.5 s", "--stall-after", "15", "--stall-ms", "1500"),
        new("silence beyond frame_timeout_s", "--stall-after", "15", "--stall-ms", "600000") { FrameTimeoutSec = 2, Outcome = "source_lost", Unsent = 21, IsSilenced = true },
        new("source dies", "--die-after", "20") { FrameTimeoutSec = 2, Outcome = "source_lost", Unsent = 16, IsSilenced = true },
        new("source dies after its last frame", "--die-after", "36") { IsSilenced = true },
        new("disconnected and connected again", "--disconnect-after", "20", "--disconnect-ms", "300"),
        new("source restarts, the same scan goes on", "--restart-after", "20", "--restart-as", "continue"),
        new("source restarts, the same scan from its beginning", "--restart-after", "20", "--restart-as", "beginning"),
        new("source restarts with a new scan", "--restart-after", "20", "--restart-as", "new-scan"),
        new("many of these at once", "--drop", "0.1", "--duplicate", "0.1", "--reorder", "3", "--delay", "0.1", "--delay-ms", "20", "--fps", "200",
            "--truncate", "0.1", "--corrupt-header", "0.1", "--corrupt-length", "0.1", "--wrong-index", "0.1", "--clock-jump", "0.1", "--second-scan"),
    ];

    public void Dispose() => _space.Dispose();

    [Fact]
    public async Task Every_fault_ends_as_the_table_says()
    {
        string stack = _space.PathOf("stack.tif"), recording = _space.PathOf("stack.wire");
        await Workspace.PythonAsync("make_stack.py", stack, "uint16", $"{TimePoints},1,{Planes},{Height},{Width}");
        byte[] sent = await PixelsAsync(stack);
        await RecordAsync(stack, recording);

        var rows = new ConcurrentDictionary<int, string[]>();
        var failures = new ConcurrentQueue<string>();
        var limit = new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForAsync(0, Cases.Length, limit, async (i, _) =>
        {
            try
            {
                rows[i] = await ObserveAsync(Cases[i], Cases[i].IsReplay ? ["replay", recording, "--speed", "max"] : Play(stack), sent);
            }
            catch (Exception fault) when (fault is Xunit.Sdk.XunitException or InvalidOperationException or KeyNotFoundException or TimeoutException)
            {
                failures.Enqueue($"{Cases[i].Name}: {fault.Message}");
            }
        });
        Assert.True(failures.IsEmpty, string.Join("\n\n", failures));

        string table = Table(rows.OrderBy(row => row.Key).SelectMany(row => row.Value));
        if (Environment.GetEnvironmentVariable(RenewVariable) == "1") await File.WriteAllTextAsync(TablePath, table, TestContext.Current.CancellationToken);
        string committed = await File.ReadAllTextAsync(TablePath, TestContext.Current.CancellationToken);
        Assert.True(table == committed, $"{TablePath} is out of date; run this test with {RenewVariable}=1 to renew it. It is now:\n{table}");
    }

    private static string[] Play(string stack) => ["play", stack, "--announce", "1,2,2", "--fault-seed", Seed];

    /// <summary>Brings a fault about, checks what must hold, and tells a row for each run that there was.</summary>
    private static async Task<string[]> ObserveAsync(Case fault, string[] simulatorArguments, byte[] sent)
    {
        using var space = new Workspace();
        string address = Workspace.FreeAddress();
        string config = space.WriteConfig(address, restoration: "model: cubic", frameTimeoutSec: fault.FrameTimeoutSec);
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", config);
        string[] seed = fault.IsReplay ? ["--fault-seed", Seed] : [];
        await using RunningProcess simulator = RunningProcess.StartProgram("hardware-sim", [.. simulatorArguments, .. seed, .. fault.Arguments, "--address", address]);
        await program.SucceedsAsync();

        // Only a source that lives to its end says what it did.
        if (!fault.IsSilenced) await simulator.SucceedsAsync();
        var struck = new Struck(fault.IsSilenced ? null : SimulatorSummary.Of(simulator), Frames - fault.Unsent);
        if (!fault.IsSilenced)
            Assert.All(fault.Arguments.Where(KeyOf.ContainsKey), option => Assert.True(struck[KeyOf[option]] > 0, $"{option} has struck nothing"));
        Run[] runs = [.. Directory.GetDirectories(space.RunsFolder).Select(Run.Of).OrderBy(run => run.Outcome == "completed")];
        foreach (Run run in runs) AssertPixels(run, sent);
        if (runs.Length == 1)
        {
            AssertCounts(runs[0], struck);
            Assert.Equal(fault.Outcome, runs[0].Outcome);
            return [runs[0].Row(fault.Name)];
        }

        // A new scan supersedes the old one, and both keep every frame that was theirs.
        Assert.Equal((2, 1L), (runs.Length, struck["restarts"]));
        Assert.Equal(["superseded", "completed"], runs.Select(run => run.Outcome));
        Assert.Equal((20L, (long)Frames, 0L), (runs[0].Count("stored"), runs[1].Count("stored"), runs.Sum(run => run.Lost + run.Refused.Sum(refused => refused.Value))));
        return [runs[0].Row($"{fault.Name}: the first"), runs[1].Row($"{fault.Name}: the new one")];
    }

    /// <summary>What the program counted is what the simulator says it did.</summary>
    private static void AssertCounts(Run run, Struck struck)
    {
        Assert.True(run.Closes);
        Assert.Equal(run.Count("received"), run.Count("stored") + run.Refused.Sum(refused => refused.Value));
        Assert.Equal(struck["frames_sent"] + struck["duplicated"] + struck["other_scan"], run.Count("received"));
        Assert.Equal(struck["dropped"] + run.Reason("malformed") + struck["sequences_corrupted"], run.Lost); // a number that cannot be read is missed
        Assert.Equal(struck["other_scan"], run.Reason("other-scan"));

        // A frame may be struck twice, and is refused once.
        long bad = run.Reason("malformed") + run.Reason("bad-key") + run.Reason("size-mismatch") + run.Reason("index-outside-shape") + run.Reason("stray");
        Assert.InRange(bad, struck.LargestHarm, struck.Harm + struck["duplicated"]);
        if (struck.Harms == 1)
        {
            Assert.Equal(struck["headers_corrupted"], run.Reason("malformed") + run.Reason("bad-key"));
            Assert.Equal(struck["truncated"] + struck["lengths_corrupted"], run.Reason("size-mismatch"));
            Assert.Equal(struck["indices_wrong"] + struck["indices_stray"], run.Reason("index-outside-shape") + run.Reason("stray"));
        }

        if (struck.Harms == 0)
        {
            long again = struck["restarts"] > 0 && struck["frames_sent"] > Frames ? struck["frames_sent"] - Frames : 0;
            Assert.Equal(struck["duplicated"] + again, run.Reason("duplicate"));
            Assert.Equal(struck["frames_sent"] - again - run.Reason("late"), run.Count("stored"));
            if (again == 0) Assert.Equal(struck["disordered"] + struck["sequences_corrupted"], run.Count("disordered_messages"));
        }

        Assert.Equal(run.Assembled, run.Restored);
    }

    /// <summary>Planes that the run does not call missing hold what was sent; the others are zero.</summary>
    private static void AssertPixels(Run run, byte[] sent)
    {
        ZarrReader raw = ZarrReader.Open(Path.Combine(run.Folder, "raw.zarr"));
        using var pool = new VolumePool(1 << 22);
        VolumeBuffer volume = pool.TryRent(raw.Shape, raw.PixelType)!;
        long stored = 0;
        for (int t = 0; t < TimePoints; t++)
        {
            var index = new VolumeIndex(t, 0);
            if (!raw.Exists(index)) continue;
            raw.ReadVolume(index, volume);
            int[] missing = run.MissingPlanes(t);
            for (int z = 0; z < Planes; z++)
            {
                ReadOnlySpan<byte> plane = sent.AsSpan((t * Planes + z) * PlaneBytes, PlaneBytes);
                if (missing.Contains(z)) Assert.False(volume.Plane(z).ContainsAnyExcept((byte)0), $"t{t} z{z} is called missing and is not empty");
                else Assert.True(plane.SequenceEqual(volume.Plane(z)), $"t{t} z{z} is not what was sent");
            }

            stored += Planes - missing.Length;
        }

        volume.Release();
        Assert.Equal(run.Count("stored"), stored);
    }

    private static async Task<byte[]> PixelsAsync(string stack)
    {
        string pixels = stack + ".raw";
        await using RunningProcess python = RunningProcess.Start(
            "/usr/bin/python3", "-c", "import sys, tifffile; tifffile.imread(sys.argv[1]).astype('<u2').tofile(sys.argv[2])", stack, pixels);
        await python.SucceedsAsync();
        byte[] sent = await File.ReadAllBytesAsync(pixels, TestContext.Current.CancellationToken);
        Assert.Equal(Frames * PlaneBytes, sent.Length);
        return sent;
    }

    private static async Task RecordAsync(string stack, string recording)
    {
        string address = Workspace.FreeAddress();
        await using RunningProcess recorder = RunningProcess.StartProgram("acquisition", "record", "--source", address, "--output", recording);
        await using RunningProcess simulator = RunningProcess.StartProgram("hardware-sim", [.. Play(stack), "--address", address]);
        await simulator.SucceedsAsync();
        await recorder.SucceedsAsync();
    }

    private static string Table(IEnumerable<string> rows) =>
        $"""
        # What faults do to a run

        Written by `FaultTableTests`, which runs the program and the simulator as processes, once for each fault, over a push-pull stream. A scan
        of {TimePoints} volumes of {Planes} planes is sent; a fifth of the frames is struck by a fixed seed. In every case the test also compares what was counted with
        what the simulator says it did, and every stored plane with what was sent. Renew it with `{RenewVariable}=1`.

        A message whose sequence number cannot be read, or believed, is missing in the sequence: it counts as lost as well, whether it was refused or not.

        | fault | outcome | received | stored | refused | lost | volumes complete | incomplete | restored | ledger closes |
        |---|---|---|---|---|---|---|---|---|---|
        {string.Join('\n', rows)}

        """;

    /// <summary>What the simulator did wrong, by the keys of its summary.</summary>
    /// <param name="summary"><see langword="null"/> for a source that did not live to tell.</param>
    private sealed class Struck(JsonElement? summary, long framesWithoutSummary)
    {
        private static readonly string[] HarmKeys = ["truncated", "headers_corrupted", "lengths_corrupted", "indices_wrong", "indices_stray"];

        public long this[string key] => summary is { } told ? told.GetProperty(key).GetInt64() : key == "frames_sent" ? framesWithoutSummary : 0;

        /// <summary>Kinds of harm that were done to single frames.</summary>
        public int Harms => HarmKeys.Count(key => this[key] > 0);

        public long Harm => HarmKeys.Sum(key => this[key]);

        public long LargestHarm => HarmKeys.Max(key => this[key]);
    }

    /// <summary>What one run left behind.</summary>
    private sealed record Run(string Folder, JsonElement Report)
    {
        public static Run Of(string folder) => new(folder, Workspace.ReportOf(folder));

        private JsonElement Status => Report.GetProperty("status");

        private JsonElement Volumes => Status.GetProperty("volumes");

        public string Outcome => Status.GetProperty("outcome").GetString()!;

        public bool Closes => Report.GetProperty("ledger_closes").GetBoolean();

        public long Lost => Count("lost_messages");

        public long Assembled => Volumes.GetProperty("assembled").GetInt64();

        public long Incomplete => Volumes.GetProperty("incomplete").GetInt64();

        public long Restored => Volumes.GetProperty("restored").GetInt64();

        public Dictionary<string, long> Refused => Status.GetProperty("frames").GetProperty("refused").EnumerateObject()
            .ToDictionary(refused => refused.Name, refused => refused.Value.GetInt64());

        public long Count(string frames) => Status.GetProperty("frames").GetProperty(frames).GetInt64();

        public long Reason(string reason) => Refused.GetValueOrDefault(reason);

        /// <summary>Planes that the ledger says did not come.</summary>
        public int[] MissingPlanes(int t)
        {
            foreach (string line in File.ReadLines(Path.Combine(Folder, "ledger.jsonl")))
            {
                using var entry = JsonDocument.Parse(line);
                if (entry.RootElement.GetProperty("kind").GetString() == "volume-stored" && entry.RootElement.GetProperty("index").GetProperty("t").GetInt32() == t)
                    return [.. entry.RootElement.GetProperty("missing_planes").EnumerateArray().Select(z => z.GetInt32())];
            }

            throw new InvalidOperationException($"The ledger of {Folder} names no volume t{t}, which lies on disk.");
        }

        public string Row(string fault)
        {
            string refused = Refused.Count == 0 ? "–" : string.Join(", ", Refused.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => $"{r.Value} {r.Key}"));
            return $"| {fault} | {Outcome.Replace('_', ' ')} | {Count("received")} | {Count("stored")} | {refused} | {Lost} | {Assembled - Incomplete} | {Incomplete} | {Restored} | {(Closes ? "yes" : "no")} |";
        }
    }
}
