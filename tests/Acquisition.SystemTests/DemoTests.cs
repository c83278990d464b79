using System.Text.Json;
using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>The demo as a newcomer starts it, with its scores computed once more by someone else.</summary>
public sealed class DemoTests : IDisposable
{
    private readonly Workspace _space = new();

    public void Dispose() => _space.Dispose();

    private async Task<(RunningProcess Demo, int ExitCode)> DemoAsync(params string[] arguments)
    {
        RunningProcess demo = RunningProcess.StartProgram("acquisition",
            ["demo", .. arguments, "--viewer", "off", "--output", _space.Folder, "--simulator", Path.Combine(AppContext.BaseDirectory, "hardware-sim")]);
        return (demo, await demo.ExitAsync());
    }

    [Fact]
    public async Task A_stack_is_undersampled_restored_and_scored_as_an_independent_program_scores_it()
    {
        string stack = _space.PathOf("stack.tif");
        await Workspace.PythonAsync("make_stack.py", stack, "uint16", "2,1,10,48,52");
        var (demo, exitCode) = await DemoAsync(stack, "--factor", "1,2,2", "--steps", "30");
        await using RunningProcess _ = demo;
        Assert.True(exitCode == 0, demo.Output);

        string last = demo.Output.Split('\n')[^1];
        Assert.StartsWith("report: ", last, StringComparison.Ordinal);
        string report = last["report: ".Length..];
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken));
        JsonElement scores = document.RootElement.GetProperty("scores");
        string run = Path.GetDirectoryName(report)!, truth = Path.Combine(Path.GetDirectoryName(run)!, "truth");
        using var independent = JsonDocument.Parse(await Workspace.PythonAsync("score.py", run, truth));

        Assert.Equal(2, scores.GetProperty("volumes").GetArrayLength());
        AssertSame(independent.RootElement, scores.GetProperty("restored"));
        for (int t = 0; t < 2; t++)
            AssertSame(independent.RootElement.GetProperty("volumes")[t], scores.GetProperty("volumes")[t].GetProperty("restored"));
        double Decibels(string method) => scores.GetProperty(method).GetProperty("psnr_db").GetDouble();
        Assert.True(Decibels("projected") > Decibels("cubic"));
        Assert.True(Decibels("restored") > Decibels("cubic"));
        Assert.Contains("conforms", await Workspace.PythonAsync("check_run.py", run), StringComparison.Ordinal);

        string path = Path.Combine(run, "report.html");
        byte[] page = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        using var found = JsonDocument.Parse(await Workspace.PythonAsync("read_report.py", run));
        Assert.Equal(2 * 2 * 3, found.RootElement.GetProperty("pictures").GetArrayLength());
        File.Delete(path);
        await using RunningProcess again = RunningProcess.StartProgram("acquisition", ["report", run]);
        Assert.True(await again.ExitAsync() == 0, again.Output);
        Assert.Equal(page, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_truncated_stack_is_refused_with_the_page_that_ends_early()
    {
        string stack = _space.PathOf("stack.tif");
        await Workspace.PythonAsync("make_stack.py", stack, "uint16", "1,1,6,40,40");
        await using (FileStream file = File.OpenWrite(stack)) file.SetLength(file.Length / 2);
        var (demo, exitCode) = await DemoAsync(stack, "--factor", "1,2,2");
        await using RunningProcess _ = demo;
        Assert.Equal(1, exitCode);
        Assert.Contains("stack.tif", demo.Output, StringComparison.Ordinal);
        Assert.Contains("cut off", demo.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", demo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stack_that_is_not_there_is_named_before_anything_starts()
    {
        var (demo, exitCode) = await DemoAsync(_space.PathOf("nowhere.tif"));
        await using RunningProcess _ = demo;
        Assert.NotEqual(0, exitCode);
        Assert.Contains("nowhere.tif", demo.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", demo.Output, StringComparison.Ordinal);
    }

    private static void AssertSame(JsonElement expected, JsonElement found)
    {
        Assert.Equal(expected.GetProperty("psnr_db").GetDouble(), found.GetProperty("psnr_db").GetDouble(), tolerance: 0.001);
        Assert.Equal(expected.GetProperty("ssim").GetDouble(), found.GetProperty("ssim").GetDouble(), tolerance: 0.0001);
    }
}
