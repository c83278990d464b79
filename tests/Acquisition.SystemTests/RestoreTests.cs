using System.Text.Json;
using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>Scans that lie on disk, restored again: in one go, in shares, and after shares were killed.</summary>
public sealed class RestoreTests : IDisposable
{
    private readonly Workspace _space = new();

    private string Again => _space.PathOf("again");

    public void Dispose() => _space.Dispose();

    [Theory]
    [InlineData("steps: 20\n  ensemble: false\n  uncertainty: true", 4)]
    [InlineData("model: cubic", 0)]
    public async Task A_run_that_is_restored_again_has_the_bytes_of_the_live_one(string restoration, int missing)
    {
        await ScanAsync(restoration, missing);
        await SucceedAsync("restore", _space.RunFolder, "--output", Again);

        StoredVolumes.AssertEqual(_space.RunFolder, Again);
        JsonElement report = Workspace.ReportOf(Again);
        Assert.True(report.GetProperty("ledger_closes").GetBoolean());
        Assert.Equal(8, report.GetProperty("status").GetProperty("volumes").GetProperty("restored").GetInt64());
        Assert.Contains("conforms", await Workspace.PythonAsync("check_run.py", Again), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shares_make_the_same_volumes_in_any_order_and_after_one_was_killed()
    {
        await ScanAsync("steps: 20\n  ensemble: false", missing: 0, timePoints: 6);
        await SucceedAsync("plan", _space.RunFolder, "--tasks", "3", "--output", Again);
        string plan = Path.Combine(Again, "plan.json");
        await SucceedAsync("restore-range", "--plan", plan, "--task", "2");

        // Killed once it has begun to restore.
        await using (RunningProcess killed = RunningProcess.StartProgram("acquisition", "restore-range", "--plan", plan, "--task", "1"))
        {
            await killed.LineAsync(line => line.StartsWith("task 1 of 3", StringComparison.Ordinal));
            killed.Kill();
        }

        await using (RunningProcess early = RunningProcess.StartProgram("acquisition", "finish", Again))
        {
            Assert.Equal(1, await early.ExitAsync());
            Assert.Contains("are not restored", early.Output, StringComparison.Ordinal);
            Assert.Matches(@"run their tasks again: 0(, 1)?\b", early.Output);
        }

        await SucceedAsync("restore-range", "--plan", plan, "--task", "0");
        await SucceedAsync("restore-range", "--plan", plan, "--task", "1");
        string damaged = StoredVolumes.LastOf(Again);
        byte[] bytes = await File.ReadAllBytesAsync(damaged, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(damaged, bytes, TestContext.Current.CancellationToken);
        Assert.Contains(", 1 to restore", await SucceedAsync("restore-range", "--plan", plan, "--task", "2"), StringComparison.Ordinal);
        Assert.Contains(", 0 to restore", await SucceedAsync("restore-range", "--plan", plan, "--task", "1"), StringComparison.Ordinal);
        await SucceedAsync("finish", Again);
        StoredVolumes.AssertEqual(_space.RunFolder, Again);
    }

    [Fact]
    public async Task A_stack_of_another_program_is_restored_as_the_simulator_would_have_sent_it()
    {
        string stack = _space.PathOf("stack.tif"), address = Workspace.FreeAddress();
        await Workspace.PythonAsync("make_stack.py", stack, "uint16", "2,2,5,40,36");
        await using (RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(address)))
        {
            await using RunningProcess simulator = RunningProcess.StartProgram("hardware-sim", "play", stack, "--announce", "1,2,2", "--address", address);
            await simulator.SucceedsAsync();
            await program.SucceedsAsync();
        }

        await SucceedAsync("restore", stack, "--factor", "1,2,2", "--config", _space.PathOf("config.yaml"), "--output", Again);
        StoredVolumes.AssertEqual(_space.RunFolder, Again);
    }

    [Fact]
    public async Task What_cannot_be_restored_is_told()
    {
        string nothing = _space.PathOf("nothing.tif"), plain = _space.PathOf("plain.tif");
        await File.WriteAllTextAsync(nothing, "no picture", TestContext.Current.CancellationToken);
        await Workspace.PythonAsync("make_stack.py", plain, "uint16", "1,1,5,40,36");
        Assert.Contains("of no known format", await FailAsync("restore", nothing, "--output", Again), StringComparison.Ordinal);
        Assert.Contains("give it with --voxel", await FailAsync("restore", plain, "--output", Again), StringComparison.Ordinal);
        await SucceedAsync("restore", plain, "--voxel", "2,1,1", "--model", "cubic", "--factor", "2", "--output", Again);
        Assert.Contains("nothing is overwritten", await FailAsync("plan", plain, "--voxel", "2,1,1", "--tasks", "2", "--output", Again), StringComparison.Ordinal);
    }

    /// <summary>Two channels, and a plane that never came where it is wanted.</summary>
    private async Task ScanAsync(string restoration, int missing, int timePoints = 4)
    {
        string address = Workspace.FreeAddress();
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(address, restoration: restoration));
        string stack = _space.PathOf("scan.tif");
        await Workspace.PythonAsync("make_stack.py", stack, "uint16", $"{timePoints},2,6,44,40");
        await using RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", "play", stack, "--announce", "2,2,2", "--address", address, "--drop", missing > 0 ? "0.05" : "0", "--fault-seed", "3");
        await simulator.SucceedsAsync();
        await program.SucceedsAsync();
    }

    private static async Task<string> SucceedAsync(params string[] arguments)
    {
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", arguments);
        await program.SucceedsAsync();
        return program.Output;
    }

    private static async Task<string> FailAsync(params string[] arguments)
    {
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", arguments);
        Assert.Equal(1, await program.ExitAsync());
        return program.Output;
    }
}
