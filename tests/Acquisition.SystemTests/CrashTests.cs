using System.Diagnostics;
using System.Text.Json;
using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>kill -9 at any moment, of a live run and of a resumed one: what the ledger acknowledged is there and right, and the run can be finished.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Kills = 56;
    private const int KillsPerRun = 4;
    private const int TimePoints = 10;
    private const int Planes = 6;

    /// <summary>Tuning is over in half a second, and chooses the network for one channel and cubic interpolation for the other.</summary>
    private const string Restoration = "steps: 30\n  crop_edge_px: 16\n  crop_planes: 4\n  batch_size: 2\n  ensemble: false\n  uncertainty: true";

    private readonly Workspace _space = new();
    private readonly Random _random = new(4711);

    public void Dispose() => _space.Dispose();

    [Fact]
    public async Task Nothing_acknowledged_is_lost_or_wrong_however_often_the_program_is_killed()
    {
        string stack = _space.PathOf("stack.tif");
        await Workspace.PythonAsync("make_stack.py", stack, "uint16", $"{TimePoints},2,{Planes},40,44");
        string whole = await RunToItsEndAsync(stack);
        int lines = File.ReadLines(Path.Combine(whole, "ledger.jsonl")).Count();
        await using RunningProcess reader = RunningProcess.Start(
            "/usr/bin/python3", Path.Combine(Workspace.Repository, "tests", "oracles", "check_acknowledged.py"), stack, "--like", whole);
        await reader.LineAsync(line => line == "ready");

        int kills = 0, runs = 0, stored = 0, restored = 0;
        while (kills < Kills)
        {
            string root = _space.PathOf($"runs-{++runs}");
            bool isKilled = await KillLiveRunAsync(root, stack, lines);
            string? run = Directory.Exists(root) ? Directory.GetDirectories(root).SingleOrDefault() : null;
            if (isKilled) kills++;
            for (int attempt = 1; run is not null && attempt <= KillsPerRun; attempt++)
            {
                (int Stored, int Restored) found = await CheckAsync(reader, run);
                (stored, restored) = (stored + found.Stored, restored + found.Restored);
                // Nothing to resume before the first line, and nothing to kill after the last one.
                if (!File.Exists(Path.Combine(run, "ledger.jsonl")) || !await KillResumedRunAsync(run, lines)) break;
                kills++;
            }

            if (run is not null && File.Exists(Path.Combine(run, "ledger.jsonl"))) await FinishAsync(reader, run);
            if (run is not null) Directory.Delete(run, recursive: true);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kills} kills in {runs} runs; {stored} acknowledged raw and {restored} restored volumes read after them; 0 lost, 0 wrong");
        Assert.True(stored > 5 * Kills && restored > Kills, $"only {stored} and {restored} volumes were acknowledged");
    }

    [Fact]
    public async Task A_run_that_still_goes_on_cannot_be_resumed()
    {
        string address = Workspace.FreeAddress();
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(address, restoration: "model: cubic"));
        await using RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", "scan", "beads", "--shape", "8,32,32", "--factor", "1,2,2", "--timepoints", "100000", "--fps", "100", "--address", address);
        await program.LineAsync(line => line.Contains("restored volume", StringComparison.Ordinal));
        await using RunningProcess second = RunningProcess.StartProgram("acquisition", "resume", _space.RunFolder);
        Assert.Equal(1, await second.ExitAsync());
        Assert.Contains("Another program is writing to the run", second.Output, StringComparison.Ordinal);
        program.Interrupt();
        await program.SucceedsAsync();
        Assert.DoesNotContain(File.ReadLines(Path.Combine(_space.RunFolder, "ledger.jsonl")), line => line.Contains("run-resumed", StringComparison.Ordinal));
    }

    /// <summary>The run that the others are compared with.</summary>
    private async Task<string> RunToItsEndAsync(string stack)
    {
        string address = Workspace.FreeAddress();
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(address, restoration: Restoration));
        await using RunningProcess simulator = RunningProcess.StartProgram("hardware-sim", "play", stack, "--announce", "1,2,2", "--address", address);
        await program.SucceedsAsync();
        Assert.Equal(["cubic+back-projection", "self-vision"], File.ReadLines(Path.Combine(_space.RunFolder, "restored.zarr", "provenance.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("method").GetString()!).Distinct().Order());
        return _space.RunFolder;
    }

    /// <returns>Whether it was killed; a run may come to its end before.</returns>
    private async Task<bool> KillLiveRunAsync(string root, string stack, int lines)
    {
        string address = Workspace.FreeAddress();
        await using RunningProcess program = RunningProcess.StartProgram(
            "acquisition", "run", "--config", _space.WriteConfig(address, restoration: Restoration), "--output", root);
        await using RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", "play", stack, "--announce", "1,2,2", "--fps", "400", "--address", address);
        int after = _random.Next(lines);
        return await KillAsync(program, () => Directory.Exists(root) && Directory.GetDirectories(root) is [var run] && LinesOf(run) >= after);
    }

    private async Task<bool> KillResumedRunAsync(string run, int lines)
    {
        // The first line that it adds comes before its repairs, the last one when it is done.
        int before = LinesOf(run), after = before + 1 + _random.Next(Math.Max(2, lines + 2 - before));
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "resume", run);
        return await KillAsync(program, () => LinesOf(run) >= after);
    }

    /// <summary>Kills when the condition holds, and then some moments up to one volume's time later.</summary>
    private async Task<bool> KillAsync(RunningProcess program, Func<bool> condition)
    {
        var spin = new SpinWait();
        while (!program.HasExited && !condition()) spin.SpinOnce(sleep1Threshold: -1);
        long until = Stopwatch.GetTimestamp() + (long)(_random.NextDouble() * 0.03 * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < until) Thread.SpinWait(20);
        program.KillAtOnce();
        return await program.ExitAsync() == 128 + 9;
    }

    private static int LinesOf(string run)
    {
        string path = Path.Combine(run, "ledger.jsonl");
        if (!File.Exists(path)) return 0;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        int lines = 0;
        for (int value; (value = file.ReadByte()) >= 0;) lines += value == '\n' ? 1 : 0;
        return lines;
    }

    private static async Task<(int Stored, int Restored)> CheckAsync(RunningProcess reader, string run)
    {
        using JsonDocument answer = JsonDocument.Parse(await reader.AskAsync(run));
        Assert.True(answer.RootElement.GetProperty("lost").GetArrayLength() + answer.RootElement.GetProperty("wrong").GetArrayLength() == 0, answer.RootElement.ToString());
        return (answer.RootElement.GetProperty("stored").GetInt32(), answer.RootElement.GetProperty("restored").GetInt32());
    }

    private static async Task FinishAsync(RunningProcess reader, string run)
    {
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "resume", run);
        await program.SucceedsAsync();
        (int stored, int restored) = await CheckAsync(reader, run);
        Assert.Equal(stored, restored);
        JsonElement status = Workspace.ReportOf(run).GetProperty("status"), frames = status.GetProperty("frames");
        Assert.True(Workspace.ReportOf(run).GetProperty("ledger_closes").GetBoolean());
        Assert.Equal(stored, status.GetProperty("volumes").GetProperty("restored").GetInt32());
        Assert.Equal(stored * Planes, frames.GetProperty("stored").GetInt32());
        long lost = frames.GetProperty("refused").TryGetProperty("lost-in-crash", out JsonElement count) ? count.GetInt64() : 0;
        Assert.Equal(frames.GetProperty("received").GetInt64(), stored * Planes + lost);
        Assert.Equal(stored == 2 * TimePoints ? "completed" : "interrupted", status.GetProperty("outcome").GetString());
        Assert.Contains("conforms", await Workspace.PythonAsync("check_run.py", run), StringComparison.Ordinal);
    }
}
