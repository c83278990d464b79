using System.Text.Json;
using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>A disk that fails below the program, in the middle of a scan: said clearly, nothing acknowledged lost, and the run can be finished.</summary>
public sealed class FailingDiskTests : IDisposable
{
    private const int TimePoints = 12;
    private const int Planes = 6;

    private readonly Workspace _space = new();

    public void Dispose() => _space.Dispose();

    /// <summary>Where it fails, what it answers (EIO 5, ENOSPC 28, ESTALE 116), in which calls and after how many of them; then the
    /// outcome and a part of what the program says.</summary>
    public static TheoryData<string, int, string, int, string, string> Faults => new()
    {
        { "raw.zarr/0/c/", 5, "write", 9, "failed", "Input/output error" },
        { "raw.zarr/0/c/", 5, "fsync", 8, "failed", "Input/output error" },
        { "raw.zarr/0/c/", 5, "rename", 3, "failed", "Input/output error" },
        { "raw.zarr/0/c/", 5, "open", 30, "failed", "Input/output error" },
        { "raw.zarr/0/c/", 28, "write", 9, "disk_full", "quota is full" },
        { "ledger.jsonl", 5, "write", 5, "failed", "ledger.jsonl" },
        { "ledger.jsonl", 28, "write", 5, "disk_full", "ledger.jsonl" },
        { "runs/", 116, "", 150, "failed", "Stale file handle" },
    };

    [Theory, MemberData(nameof(Faults))]
    public async Task A_disk_that_fails_ends_the_scan_and_the_run_can_be_finished(
        string under, int errno, string calls, int after, string outcome, string said)
    {
        string stack = await StackAsync(), address = Workspace.FreeAddress(), config = _space.WriteConfig(address, restoration: "model: cubic");
        await using RunningProcess program = await StartOnFailingDiskAsync(config, under, errno, calls, after);
        await using RunningProcess simulator = Play(stack, address);
        Assert.Equal(1, await program.ExitAsync());
        simulator.Kill();

        Assert.Contains("failing disk: first at", program.Output, StringComparison.Ordinal);
        Assert.Contains(said, program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", program.Output, StringComparison.Ordinal);
        if (under != "runs/") Assert.Equal(outcome, Status().GetProperty("outcome").GetString());
        (int stored, _) = await CheckAsync(stack);
        Assert.InRange(stored, 1, TimePoints - 1);
        await ResumeAsync(stack, "interrupted");
    }

    [Theory, InlineData("restored.zarr/0/c/", 5), InlineData("restored.zarr/0/c/", 28), InlineData("provenance.jsonl", 5)]
    public async Task A_disk_that_takes_no_restored_volumes_costs_no_raw_one(string under, int errno)
    {
        string stack = await StackAsync(), address = Workspace.FreeAddress(), config = _space.WriteConfig(address, restoration: "model: cubic");
        await using RunningProcess program = await StartOnFailingDiskAsync(config, under, errno, "write", after: 3);
        await using RunningProcess simulator = Play(stack, address);
        await program.SucceedsAsync();

        Assert.Equal("completed", Status().GetProperty("outcome").GetString());
        JsonElement volumes = Status().GetProperty("volumes");
        long skipped = volumes.GetProperty("skipped").GetProperty("restored not stored").GetInt64();
        Assert.InRange(skipped, 1, TimePoints - 1);
        Assert.Equal((TimePoints, TimePoints - skipped), (volumes.GetProperty("assembled").GetInt64(), volumes.GetProperty("restored").GetInt64()));
        Assert.Equal((TimePoints, TimePoints - (int)skipped), await CheckAsync(stack));
        await ResumeAsync(stack, "completed");
    }

    [Fact]
    public async Task A_network_folder_that_vanishes_ends_the_scan_and_is_not_made_again_underneath()
    {
        string share = _space.PathOf("share");
        Directory.CreateDirectory(share);
        Directory.CreateDirectory(_space.RunsFolder);
        Assert.SkipUnless(await RunAsync("mount", "--bind", share, _space.RunsFolder) == 0, "A folder cannot be mounted here.");
        bool isMounted = true;
        try
        {
            string stack = await StackAsync(), address = Workspace.FreeAddress();
            await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(address, restoration: "model: cubic"));
            await using RunningProcess simulator = Play(stack, address, fps: 10);
            await program.LineAsync(line => line.Contains("restored volume", StringComparison.Ordinal));
            Assert.Equal(0, await RunAsync("umount", "-l", _space.RunsFolder));
            isMounted = false;
            Assert.Equal(1, await program.ExitAsync());
            simulator.Kill();

            Assert.Contains("disk is mounted", program.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", program.Output, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFileSystemEntries(_space.RunsFolder));
            Directory.Delete(_space.RunsFolder);
            Directory.Move(share, _space.RunsFolder);
            await CheckAsync(stack);
            await ResumeAsync(stack, "interrupted");
        }
        finally
        {
            if (isMounted) await RunAsync("umount", "-l", _space.RunsFolder);
        }
    }

    [Fact]
    public async Task Settings_that_changed_since_are_named_and_nothing_is_done()
    {
        string stack = await StackAsync(), address = Workspace.FreeAddress(), config = _space.WriteConfig(address, restoration: "model: cubic");
        await using RunningProcess program = await StartOnFailingDiskAsync(config, "raw.zarr/0/c/", 5, "write", after: 9);
        await using RunningProcess simulator = Play(stack, address);
        Assert.Equal(1, await program.ExitAsync());
        simulator.Kill();

        string settings = Path.Combine(_space.RunFolder, "run.yaml"), ledger = Path.Combine(_space.RunFolder, "ledger.jsonl");
        string text = File.ReadAllText(settings);
        byte[] before = File.ReadAllBytes(ledger);
        File.WriteAllText(settings, text.Replace("back_projections: 10", "back_projections: 4", StringComparison.Ordinal));
        await using (RunningProcess refused = RunningProcess.StartProgram("acquisition", "resume", _space.RunFolder))
        {
            Assert.Equal(2, await refused.ExitAsync());
            Assert.Contains("restoration.back_projections was 10 and is 4", refused.Output, StringComparison.Ordinal);
        }

        Assert.Equal(before, File.ReadAllBytes(ledger));
        // Threads and folders make no difference to a volume.
        File.WriteAllText(settings, System.Text.RegularExpressions.Regex.Replace(text, "threads: \\d+", "threads: 3").Replace(_space.RunsFolder, "/nowhere", StringComparison.Ordinal));
        await ResumeAsync(stack, "interrupted");
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        await using RunningProcess running = RunningProcess.Start(program, arguments);
        return await running.ExitAsync();
    }

    private async Task<string> StackAsync()
    {
        string stack = _space.PathOf("stack.tif");
        await Workspace.PythonAsync("make_stack.py", stack, "uint16", $"{TimePoints},1,{Planes},40,44");
        return stack;
    }

    private async Task<RunningProcess> StartOnFailingDiskAsync(string config, string under, int errno, string calls, int after)
    {
        string library = _space.PathOf("failing_disk.so");
        await using RunningProcess compiler = RunningProcess.Start(
            "cc", "-shared", "-fPIC", "-O1", "-o", library, Path.Combine(Workspace.Repository, "tests", "oracles", "failing_disk.c"), "-ldl");
        await compiler.SucceedsAsync();
        return RunningProcess.Start(
            "env", $"LD_PRELOAD={library}", $"FAILING_DISK_UNDER={under}", $"FAILING_DISK_ERRNO={errno}", $"FAILING_DISK_CALLS={calls}",
            $"FAILING_DISK_AFTER={after}", "dotnet", Path.Combine(AppContext.BaseDirectory, "acquisition.dll"), "run", "--config", config);
    }

    /// <summary>Slowly enough for a disk to fail in the middle.</summary>
    private static RunningProcess Play(string stack, string address, int fps = 60) =>
        RunningProcess.StartProgram("hardware-sim", "play", stack, "--announce", "1,2,2", "--fps", $"{fps}", "--address", address);

    private JsonElement Status() => _space.Report.GetProperty("status");

    /// <returns>How many volumes are acknowledged as stored and as restored.</returns>
    private async Task<(int Stored, int Restored)> CheckAsync(string stack)
    {
        using JsonDocument answer = JsonDocument.Parse(await Workspace.PythonAsync("check_acknowledged.py", stack, _space.RunFolder));
        JsonElement found = answer.RootElement;
        Assert.True(found.GetProperty("lost").GetArrayLength() + found.GetProperty("wrong").GetArrayLength() == 0, found.ToString());
        return (found.GetProperty("stored").GetInt32(), found.GetProperty("restored").GetInt32());
    }

    /// <summary>Planes that acknowledged volumes lack: the scan may have ended in mid-volume.</summary>
    private int MissingPlanes() => File.ReadLines(Path.Combine(_space.RunFolder, "ledger.jsonl"))
        .Where(line => line.Contains("\"volume-stored\"", StringComparison.Ordinal))
        .Sum(line =>
        {
            using JsonDocument entry = JsonDocument.Parse(line);
            return entry.RootElement.GetProperty("missing_planes").GetArrayLength();
        });

    /// <param name="outcome">That the run has then, unless all that was stored had been restored before its disk ended it.</param>
    private async Task ResumeAsync(string stack, string outcome)
    {
        string? before = File.Exists(Path.Combine(_space.RunFolder, "report.json")) ? Status().GetProperty("outcome").GetString() : null;
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "resume", _space.RunFolder);
        await program.SucceedsAsync();
        bool isUnchanged = program.Output.Contains("Nothing is left to do", StringComparison.Ordinal);
        Assert.Equal(isUnchanged ? before : outcome, Status().GetProperty("outcome").GetString());
        Assert.True(_space.Report.GetProperty("ledger_closes").GetBoolean());
        (int stored, int restored) = await CheckAsync(stack);
        Assert.Equal(stored, restored);
        Assert.Equal(stored * Planes - MissingPlanes(), Status().GetProperty("frames").GetProperty("stored").GetInt32());
        Assert.Contains("conforms", await Workspace.PythonAsync("check_run.py", _space.RunFolder), StringComparison.Ordinal);

        await using RunningProcess again = RunningProcess.StartProgram("acquisition", "resume", _space.RunFolder);
        await again.SucceedsAsync();
        Assert.Contains("Nothing is left to do", again.Output, StringComparison.Ordinal);
    }
}
