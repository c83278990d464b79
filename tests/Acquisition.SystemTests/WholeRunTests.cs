using System.Text.Json;
using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>Simulator, program and independent readers as processes over real sockets.</summary>
public sealed class WholeRunTests : IDisposable
{
    private readonly Workspace _space = new();

    public void Dispose() => _space.Dispose();

    private static void AssertCloses(JsonElement report)
    {
        JsonElement frames = report.GetProperty("status").GetProperty("frames");
        long refused = frames.GetProperty("refused").EnumerateObject().Sum(r => r.Value.GetInt64());
        Assert.Equal(frames.GetProperty("received").GetInt64(), frames.GetProperty("stored").GetInt64() + refused);
        JsonElement volumes = report.GetProperty("status").GetProperty("volumes");
        long skipped = volumes.GetProperty("skipped").EnumerateObject().Sum(r => r.Value.GetInt64());
        Assert.Equal(
            volumes.GetProperty("assembled").GetInt64(),
            volumes.GetProperty("restored").GetInt64() + volumes.GetProperty("pending").GetInt64() + skipped);
        Assert.Equal(0, volumes.GetProperty("pending").GetInt64());
        Assert.True(report.GetProperty("ledger_closes").GetBoolean());
    }

    private static long Frames(JsonElement report, string count) =>
        report.GetProperty("status").GetProperty("frames").GetProperty(count).GetInt64();

    private static long Volumes(JsonElement report, string count) =>
        report.GetProperty("status").GetProperty("volumes").GetProperty(count).GetInt64();

    private static string Outcome(JsonElement report) => report.GetProperty("status").GetProperty("outcome").GetString()!;

    private async Task<JsonElement> SimulatorSummaryAsync(RunningProcess simulator)
    {
        await simulator.SucceedsAsync();
        return SimulatorSummary.Of(simulator);
    }

    [Theory]
    [InlineData("uint8", "1,1,9,33,41", "2,2,2")]
    [InlineData("uint16", "3,2,5,40,37", "1,2,2")]
    [InlineData("float32", "2,1,1,48,56", "1,2,2")]
    public async Task Raw_holds_what_the_camera_sent_byte_for_byte(string dtype, string shape, string factor)
    {
        string stack = _space.PathOf("stack.tif"), address = Workspace.FreeAddress();
        await Workspace.PythonAsync("make_stack.py", stack, dtype, shape);
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(address));
        await using RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", "play", stack, "--announce", factor, "--address", address);
        await simulator.SucceedsAsync();
        await program.SucceedsAsync();

        AssertCloses(_space.Report);
        int[] extent = [.. shape.Split(',').Select(int.Parse)];
        Assert.Equal(extent[0] * extent[1], Volumes(_space.Report, "restored"));
        Assert.Contains("equal", await Workspace.PythonAsync("compare_raw.py", Path.Combine(_space.RunFolder, "raw.zarr"), stack), StringComparison.Ordinal);
        Assert.Contains("conforms", await Workspace.PythonAsync("check_run.py", _space.RunFolder), StringComparison.Ordinal);
        foreach (string dataset in (string[])["raw.zarr", "restored.zarr"])
        {
            string folder = Path.Combine(_space.RunFolder, dataset), first = _space.PathOf("first"), second = _space.PathOf("second");
            await Workspace.PythonAsync("read_zarr3.py", folder, first);
            await Workspace.NodeAsync("read_zarrita.mjs", folder, second);
            Assert.Equal(
                await File.ReadAllBytesAsync(first, TestContext.Current.CancellationToken),
                await File.ReadAllBytesAsync(second, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task A_python_subscriber_receives_the_volumes_that_are_stored()
    {
        string address = Workspace.FreeAddress(), publish = Workspace.FreeAddress(), collected = _space.PathOf("collected");
        await using RunningProcess subscriber = RunningProcess.Start(
            "/usr/bin/python3", Path.Combine(Workspace.Repository, "tests", "oracles", "collect_volumes.py"), publish, collected);
        await subscriber.LineAsync(line => line == "ready");
        await using RunningProcess program = RunningProcess.StartProgram(
            "acquisition", "run", "--config", _space.WriteConfig(address, publish));
        await using RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", "scan", "nuclei", "--shape", "8,64,64", "--factor", "1,2,2", "--timepoints", "3", "--channels", "2",
            "--address", address);
        await simulator.SucceedsAsync();
        await program.SucceedsAsync();
        await subscriber.SucceedsAsync();

        AssertCloses(_space.Report);
        Assert.Equal(6, Directory.GetFiles(collected, "*.npy").Length);
        Assert.Contains("equal", await Workspace.PythonAsync("compare_published.py", Path.Combine(_space.RunFolder, "restored.zarr"), collected), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_python_subscriber_receives_the_maps_of_errors_that_are_stored()
    {
        string address = Workspace.FreeAddress(), publish = Workspace.FreeAddress(), collected = _space.PathOf("collected");
        await using RunningProcess subscriber = RunningProcess.Start(
            "/usr/bin/python3", Path.Combine(Workspace.Repository, "tests", "oracles", "collect_volumes.py"), publish, collected);
        await subscriber.LineAsync(line => line == "ready");
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config",
            _space.WriteConfig(address, publish, restoration: "steps: 5\n  ensemble: false\n  uncertainty: true"));
        await using RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", "scan", "nuclei", "--shape", "9,66,70", "--factor", "1,2,2", "--timepoints", "2", "--channels", "2",
            "--address", address, "--truth", _space.PathOf("truth"));
        await simulator.SucceedsAsync();
        await program.SucceedsAsync();
        await subscriber.SucceedsAsync();

        AssertCloses(_space.Report);
        Assert.Equal(4, Directory.GetFiles(collected, "*.map").Length);
        Assert.Contains("equal", await Workspace.PythonAsync(
            "compare_published.py", Path.Combine(_space.RunFolder, "restored.zarr"), collected, Path.Combine(_space.RunFolder, "uncertainty.zarr")), StringComparison.Ordinal);
        Assert.Contains("conforms", await Workspace.PythonAsync("check_run.py", _space.RunFolder), StringComparison.Ordinal);
        using var scores = JsonDocument.Parse(await Workspace.PythonAsync("score.py", _space.RunFolder, _space.PathOf("truth")));
        Assert.All(scores.RootElement.GetProperty("volumes").EnumerateArray().Select(volume => volume.GetProperty("uncertainty")), map =>
        {
            // What the simulator left out was never seen by the program; a map of constants would rank nothing.
            Assert.InRange(map.GetProperty("rank").GetDouble(), 0.3, 1);
            Assert.InRange(map.GetProperty("within_two").GetDouble(), 0.7, 1);
        });
        string maps = Path.Combine(_space.RunFolder, "uncertainty.zarr"), first = _space.PathOf("first"), second = _space.PathOf("second");
        await Workspace.PythonAsync("read_zarr3.py", maps, first);
        await Workspace.NodeAsync("read_zarrita.mjs", maps, second);
        Assert.Equal(
            await File.ReadAllBytesAsync(first, TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(second, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task One_frame_in_a_hundred_lost_is_counted_listed_and_filled_in()
    {
        string address = Workspace.FreeAddress();
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(address));
        await using RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", "scan", "beads", "--shape", "20,32,32", "--factor", "1,2,2", "--timepoints", "20",
            "--drop", "0.01", "--fault-seed", "5", "--address", address);
        JsonElement sent = await SimulatorSummaryAsync(simulator);
        await program.SucceedsAsync();

        JsonElement report = _space.Report;
        AssertCloses(report);
        long dropped = sent.GetProperty("dropped").GetInt64();
        Assert.True(dropped > 0);
        Assert.Equal(dropped, Frames(report, "lost_messages"));
        Assert.Equal(400 - dropped, Frames(report, "stored"));
        Assert.Equal(20, Volumes(report, "restored"));
        Assert.True(Volumes(report, "incomplete") > 0);
        long missing = File.ReadLines(Path.Combine(_space.RunFolder, "restored.zarr", "provenance.jsonl"))
            .Sum(line => JsonDocument.Parse(line).RootElement.GetProperty("missing_planes").GetArrayLength());
        Assert.Equal(dropped, missing);
    }

    [Fact]
    public async Task Duplicated_and_shuffled_frames_change_nothing_but_the_counts()
    {
        string address = Workspace.FreeAddress();
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(address));
        await using RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", "scan", "beads", "--shape", "20,32,32", "--factor", "1,2,2", "--timepoints", "10",
            "--duplicate", "0.1", "--shuffle", "--fault-seed", "6", "--address", address);
        JsonElement sent = await SimulatorSummaryAsync(simulator);
        await program.SucceedsAsync();

        JsonElement report = _space.Report;
        AssertCloses(report);
        Assert.Equal(200, Frames(report, "stored"));
        Assert.Equal(
            sent.GetProperty("duplicated").GetInt64(),
            report.GetProperty("status").GetProperty("frames").GetProperty("refused").GetProperty("duplicate").GetInt64());
        Assert.True(Frames(report, "disordered_messages") > 50);
        Assert.Equal(0, Frames(report, "lost_messages"));
        Assert.Equal(0, Volumes(report, "incomplete"));
    }

    [Fact]
    public async Task A_source_killed_in_mid_scan_leaves_a_closed_ledger()
    {
        string address = Workspace.FreeAddress();
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(address, frameTimeoutSec: 5));
        await using RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", "scan", "beads", "--shape", "20,32,32", "--factor", "1,2,2", "--timepoints", "10",
            "--die-after", "47", "--fps", "200", "--address", address);
        Assert.Equal(9, await simulator.ExitAsync());
        await program.SucceedsAsync();

        JsonElement report = _space.Report;
        AssertCloses(report);
        Assert.Equal("source_lost", Outcome(report));
        Assert.InRange(Frames(report, "stored"), 40, 47);
        Assert.Equal(3, Volumes(report, "restored"));
        Assert.Equal(1, Volumes(report, "incomplete"));
    }

    [Fact]
    public async Task A_scan_that_supersedes_another_gets_a_run_of_its_own_and_loses_no_frame()
    {
        string address = Workspace.FreeAddress();
        string[] scan = ["scan", "beads", "--shape", "8,32,32", "--factor", "1,2,2", "--address", address, "--timepoints"];
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(address));
        await using (RunningProcess first = RunningProcess.StartProgram("hardware-sim", [.. scan, "5", "--die-after", "12"]))
            Assert.Equal(9, await first.ExitAsync());
        await using RunningProcess second = RunningProcess.StartProgram("hardware-sim", [.. scan, "40"]);
        await second.SucceedsAsync();
        await program.SucceedsAsync();

        var reports = Directory.GetDirectories(_space.RunsFolder).Order().Select(Workspace.ReportOf).ToList();
        Assert.Equal(2, reports.Count);
        Assert.All(reports, AssertCloses);
        JsonElement superseded = Assert.Single(reports, r => Outcome(r) == "superseded");
        JsonElement taken = Assert.Single(reports, r => Outcome(r) == "completed");
        Assert.Equal(12, Frames(superseded, "stored"));
        Assert.Equal((320, 320, 0), (Frames(taken, "sent"), Frames(taken, "stored"), Frames(taken, "lost_messages")));
        Assert.Equal((40, 0), (Volumes(taken, "restored"), Volumes(taken, "incomplete")));
    }

    [Fact]
    public async Task A_subscriber_that_was_disconnected_counts_what_it_missed()
    {
        string address = Workspace.FreeAddress(), config = _space.WriteConfig(address, restoration: "model: cubic");
        await File.WriteAllTextAsync(config, (await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken))
            .Replace($"address: {address}", $"address: {address}\n  pattern: pub-sub", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", config);
        await program.LineAsync(line => line.StartsWith("Waiting for a microscope", StringComparison.Ordinal));
        await using RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", "scan", "beads", "--shape", "8,32,32", "--factor", "1,2,2", "--timepoints", "30", "--fps", "200",
            "--pattern", "pub", "--start-delay", "2", "--disconnect-after", "100", "--address", address);
        await simulator.SucceedsAsync();
        await program.SucceedsAsync();

        JsonElement report = _space.Report;
        AssertCloses(report);
        Assert.Equal("completed", Outcome(report));
        Assert.InRange(Frames(report, "received"), 100, 240);
        Assert.Equal(240, Frames(report, "received") + Frames(report, "lost_messages"));
    }

    [Fact]
    public async Task A_publisher_that_restarts_with_a_new_scan_is_followed_though_its_announcement_was_missed()
    {
        string address = Workspace.FreeAddress(), config = _space.WriteConfig(address, restoration: "model: cubic");
        await File.WriteAllTextAsync(config, (await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken))
            .Replace($"address: {address}", $"address: {address}\n  pattern: pub-sub", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", config);
        await program.LineAsync(line => line.StartsWith("Waiting for a microscope", StringComparison.Ordinal));
        string[] scan = ["scan", "beads", "--shape", "8,32,32", "--factor", "1,2,2", "--fps", "100", "--pattern", "pub", "--address", address, "--timepoints"];
        await using (RunningProcess first = RunningProcess.StartProgram("hardware-sim", [.. scan, "5", "--start-delay", "2", "--die-after", "20"]))
            Assert.Equal(9, await first.ExitAsync());
        // Nobody is connected yet when it announces the scan for the first time.
        await using RunningProcess second = RunningProcess.StartProgram("hardware-sim", [.. scan, "80", "--start-delay", "0"]);
        await second.SucceedsAsync();
        await program.SucceedsAsync();

        var reports = Directory.GetDirectories(_space.RunsFolder).Select(Workspace.ReportOf).ToList();
        Assert.All(reports, AssertCloses);
        JsonElement followed = Assert.Single(reports, r => Outcome(r) == "completed");
        Assert.InRange(Frames(Assert.Single(reports, r => Outcome(r) == "superseded"), "stored"), 1, 20);
        Assert.Equal(640, Frames(followed, "sent"));
        Assert.InRange(Frames(followed, "received") + Frames(followed, "lost_messages"), 8, 640);
    }

    [Fact]
    public async Task Frames_of_a_second_source_are_refused_and_the_scan_goes_on()
    {
        string address = Workspace.FreeAddress();
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(address));
        await using RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", "scan", "beads", "--shape", "8,32,32", "--factor", "1,2,2", "--timepoints", "10",
            "--second-scan", "--address", address);
        await simulator.SucceedsAsync();
        await program.SucceedsAsync();

        JsonElement report = _space.Report;
        AssertCloses(report);
        Assert.Equal("completed", Outcome(report));
        Assert.Equal(80, Frames(report, "stored"));
        Assert.True(report.GetProperty("status").GetProperty("frames").GetProperty("refused").GetProperty("other-scan").GetInt64() > 0);
    }

    [Fact]
    public async Task Ctrl_C_ends_the_scan_cleanly_with_everything_stored()
    {
        string address = Workspace.FreeAddress();
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(address));
        await using RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", "scan", "beads", "--shape", "8,32,32", "--factor", "1,2,2", "--timepoints", "100000", "--fps", "100",
            "--address", address);
        await program.LineAsync(line => line.Contains("restored volume 1", StringComparison.Ordinal));
        program.Interrupt();
        Assert.Equal(0, await program.ExitAsync());
        JsonElement report = _space.Report;
        AssertCloses(report);
        Assert.Equal("cancelled", Outcome(report));
    }

    [Fact]
    public async Task No_source_at_all_says_what_it_waits_for_and_gives_up_when_told()
    {
        string address = Workspace.FreeAddress(), config = _space.WriteConfig(address);
        File.WriteAllText(config, (await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken))
            .Replace("first_frame_timeout_s: 60", "first_frame_timeout_s: 1", StringComparison.Ordinal));
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", config);
        Assert.Equal(1, await program.ExitAsync());
        Assert.Contains(address, program.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_space.RunsFolder) && Directory.GetDirectories(_space.RunsFolder).Length > 0);
    }

    [Fact]
    public async Task A_scan_to_and_fro_is_put_right_before_it_is_restored_and_raw_stays_as_it_came()
    {
        string address = Workspace.FreeAddress();
        string config = _space.WriteConfig(address, more: "conditioning:\n  offset: 10\n  hot_pixels: true\n  line_phase: true\n  report_drift: true");
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", config);
        await using RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", "scan", "neurites", "--mode", "two-photon", "--shape", "16,96,128", "--factor", "1,2,2", "--timepoints", "2",
            "--offset", "10", "--line-phase", "0.6", "--address", address);
        await simulator.SucceedsAsync();
        await program.SucceedsAsync();

        AssertCloses(_space.Report);
        string[] lines = await File.ReadAllLinesAsync(
            Path.Combine(_space.RunFolder, "restored.zarr", "provenance.jsonl"), TestContext.Current.CancellationToken);
        Assert.Equal(2, lines.Length);
        foreach (string line in lines)
        {
            using var provenance = JsonDocument.Parse(line);
            JsonElement made = provenance.RootElement.GetProperty("conditioning");
            Assert.Equal(["offset", "hot pixels", "line phase"], made.GetProperty("steps").EnumerateArray().Select(step => step.GetString()));
            Assert.Equal(0.6, made.GetProperty("line_phase").GetProperty("corrected_px").GetDouble(), 0.1);
            Assert.InRange(made.GetProperty("line_phase").GetProperty("error_px").GetDouble(), 0, 0.1);
            Assert.Equal(0, made.GetProperty("drift").GetProperty("um").GetProperty("x").GetDouble(), 0.1);
            Assert.Equal(0, made.GetProperty("hot_pixels").GetInt32());
        }

        Assert.Contains("conforms", await Workspace.PythonAsync("check_run.py", _space.RunFolder), StringComparison.Ordinal);
        string[] names = await File.ReadAllLinesAsync(Path.Combine(_space.RunFolder, "restored.zarr", "zarr.json"), TestContext.Current.CancellationToken);
        Assert.Contains(names, name => name.Contains("\"conditioned\"", StringComparison.Ordinal));
    }
}
