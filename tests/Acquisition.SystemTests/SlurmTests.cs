using System.Runtime.Versioning;
using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>The scripts that 'acquisition plan' writes, on a real Slurm.</summary>
[SupportedOSPlatform("linux")]
public sealed class SlurmTests : IDisposable
{
    private readonly Workspace _space = new();

    public void Dispose() => _space.Dispose();

    [Fact]
    public async Task An_array_of_which_a_task_is_killed_and_requeued_makes_what_one_process_makes()
    {
        Assert.SkipWhen(SlurmCluster.WhyUnavailable() is not null, SlurmCluster.WhyUnavailable() ?? "");
        const int tasks = 8;
        string stack = _space.PathOf("scan.tif"), whole = _space.PathOf("whole"), shared = _space.PathOf("shared");
        await Workspace.PythonAsync("make_stack.py", stack, "uint16", "16,1,8,72,64");
        string[] scan = [stack, "--factor", "2,2,2", "--model", "cubic"];
        await SucceedAsync(["restore", .. scan, "--output", whole]);
        await SucceedAsync(["plan", .. scan, "--tasks", $"{tasks}", "--output", shared]);

        await using SlurmCluster cluster = await SlurmCluster.StartAsync(_space.PathOf("slurm"), cpus: 2);
        string[] submitted = (await cluster.RunAsync("/bin/sh", Path.Combine(shared, "submit.sh"))).Split([' ', ',', '\n'], StringSplitOptions.RemoveEmptyEntries);
        string array = submitted[1], finish = submitted[3];

        // Whichever task has begun is taken from its node; Slurm lets it wait, and it is let go at once.
        await cluster.UntilAsync("a task runs", async () => (await cluster.StatesAsync(array)).Contains("RUNNING"));
        string running = (await cluster.RunAsync("/usr/bin/squeue", "--noheader", "--array", "--states=RUNNING", "--format=%i", $"--jobs={array}")).Split('\n')[0].Trim();
        await cluster.RunAsync("/usr/bin/scontrol", "requeue", running);
        await cluster.UntilAsync("the task waits again", async () => (await cluster.RunAsync("/usr/bin/scontrol", "show", "job", running)).Contains("Restarts=1", StringComparison.Ordinal));
        await cluster.UntilAsync("it is let go", async () =>
        {
            await cluster.RunAsync("/usr/bin/scontrol", "update", $"JobId={running}", "StartTime=now");
            return (await cluster.StatesAsync(running)).Any(state => state is "RUNNING" or "COMPLETED");
        });
        await cluster.UntilAsync("all tasks have ended", async () => (await cluster.StatesAsync(array)).All(state => state is not ("PENDING" or "RUNNING" or "COMPLETING")));
        Assert.All(await cluster.StatesAsync(array), state => Assert.Equal("COMPLETED", state));
        await cluster.UntilAsync("the finishing step has ended", async () => (await cluster.StatesAsync(finish)).All(state => state is not ("PENDING" or "RUNNING" or "COMPLETING")));

        Assert.True((await cluster.StatesAsync(finish)).SequenceEqual(["COMPLETED"]), await File.ReadAllTextAsync(Path.Combine(shared, "logs", "finish.log"), TestContext.Current.CancellationToken));
        StoredVolumes.AssertEqual(whole, shared);
    }

    private static async Task SucceedAsync(string[] arguments)
    {
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", arguments);
        await program.SucceedsAsync();
    }
}
