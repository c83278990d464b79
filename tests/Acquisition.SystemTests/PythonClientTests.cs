using System.Globalization;
using System.Text.Json;
using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>src/clients/python as people use it: in processes of its own, at both ends of the program.</summary>
public sealed class PythonClientTests : IDisposable
{
    private readonly Workspace _space = new();

    public void Dispose() => _space.Dispose();

    [Theory]
    [InlineData("client_listening.py")]
    [InlineData("client_sending.py")]
    public async Task It_reads_and_writes_messages_as_the_protocol_says(string script)
    {
        await RequirePackagesAsync();
        Assert.EndsWith("all hold", await Workspace.PythonAsync(script), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("acquisition_client.py", "3.11")]
    [InlineData("acquisition_client.py", "3.8")] // the oldest that people still have beside their microscopes
    [InlineData("examples/count_nuclei.py", "3.11")]
    [InlineData("examples/napari_live.py", "3.11")]
    [InlineData("examples/micromanager_source.py", "3.11")]
    [InlineData("examples/tiff_folder_source.py", "3.11")]
    public async Task It_passes_a_strict_type_check(string file, string version)
    {
        await RequirePackagesAsync();
        Assert.SkipUnless(File.Exists("/usr/bin/mypy"), "There is no /usr/bin/mypy: install mypy.");
        await using RunningProcess mypy = RunningProcess.Start(
            "/usr/bin/mypy", "--strict", "--ignore-missing-imports", "--python-version", version, "--cache-dir", _space.PathOf("mypy"), Path.Combine(PythonClient.Folder, file));
        await mypy.SucceedsAsync();
    }

    [Theory]
    [InlineData("200,8,64,64")]
    [InlineData("60,8,512,512")] // 4 MiB each
    public async Task Volumes_pushed_from_Python_come_back_to_Python_and_none_is_lost(string shape)
    {
        await RequirePackagesAsync();
        string camera = Workspace.FreeAddress(), publish = Workspace.FreeAddress();
        int[] extent = [.. shape.Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        await using RunningProcess program = Run(camera, publish);
        await using RunningProcess listener = PythonClient.Script("client_listener.py", publish);
        await listener.LineAsync(line => line == "hearing");
        await using RunningProcess source = PythonClient.Script("client_source.py", camera, shape);
        await source.SucceedsAsync();
        await program.SucceedsAsync();
        await listener.SucceedsAsync();

        JsonElement heard = LastLine(listener);
        Assert.Equal(Enumerable.Range(0, extent[0]), heard.GetProperty("times").EnumerateArray().Select(t => t.GetInt32()).Order());
        Assert.Equal((0, "completed"), (heard.GetProperty("lost").GetInt64(), heard.GetProperty("outcome").GetString()));
        JsonElement frames = _space.Report.GetProperty("status").GetProperty("frames");
        Assert.Equal(extent[0] * extent[1], frames.GetProperty("stored").GetInt64());
        Assert.Equal(0, frames.GetProperty("lost_messages").GetInt64());
        Assert.Empty(frames.GetProperty("refused").EnumerateObject());
        TestContext.Current.TestOutputHelper?.WriteLine($"{shape}: from published to array {heard.GetProperty("transit_ms")} ms");
    }

    [Fact]
    public async Task A_microscope_in_Python_may_publish_to_subscribers_too()
    {
        await RequirePackagesAsync();
        string camera = Workspace.FreeAddress(), publish = Workspace.FreeAddress();
        await using RunningProcess program = Run(camera, publish, ($"address: {camera}", $"address: {camera}\n  pattern: pub-sub"));
        await using RunningProcess listener = PythonClient.Script("client_listener.py", publish);
        await listener.LineAsync(line => line == "hearing");
        await using RunningProcess source = PythonClient.Script("client_source.py", camera, "1,4,96,96", "--pattern", "pub");
        await source.SucceedsAsync();
        await program.SucceedsAsync();
        await listener.SucceedsAsync();
        Assert.Equal(0, LastLine(listener).GetProperty("lost").GetInt64());
        Assert.Equal(4, _space.Report.GetProperty("status").GetProperty("frames").GetProperty("stored").GetInt64());
    }

    [Fact]
    public async Task A_listener_that_stands_still_is_told_what_it_lost()
    {
        await RequirePackagesAsync();
        const int Held = 150, All = 160;
        string camera = Workspace.FreeAddress(), publish = Workspace.FreeAddress();
        await using RunningProcess program = Run(
            camera, publish, ("high_water_mark: 1000", "high_water_mark: 4"), ("pipeline:", "pipeline:\n  pause_timeout_s: 600"));
        await using RunningProcess listener = PythonClient.Script("client_listener.py", publish, "--hold", "--high-water-mark", "16");
        await listener.LineAsync(line => line == "hearing");

        // 150 volumes of 1 MiB go out while it stands still: more than lies in both queues and the system's buffers.
        await using RunningProcess source = PythonClient.Script("client_source.py", camera, $"{All},8,256,256", "--pause-after", $"{Held}");
        await listener.LineAsync(line => line == "holding");
        await source.LineAsync(line => line == "paused");
        await program.LineAsync(line => line.Contains($"restored volume {Held},", StringComparison.Ordinal));
        await listener.TellAsync("go on");
        await listener.LineAsync(line => line.StartsWith("gap ", StringComparison.Ordinal)); // with the next status at the latest
        await source.TellAsync("go on");
        await source.SucceedsAsync();
        await program.SucceedsAsync();
        await listener.SucceedsAsync();

        JsonElement heard = LastLine(listener);
        int[] times = [.. heard.GetProperty("times").EnumerateArray().Select(t => t.GetInt32())];
        long lost = heard.GetProperty("lost").GetInt64(), messages = heard.GetProperty("messages").GetInt64();
        Assert.Equal(times.Distinct().Count(), times.Length);
        Assert.InRange(times.Length, 1, Held);
        Assert.Equal(All, heard.GetProperty("restored").GetInt64());
        Assert.Equal(lost, heard.GetProperty("gaps").EnumerateArray().Sum(gap => gap.GetInt64()));

        // What is missing is volumes and some of the statuses: of all messages those that are no volumes.
        Assert.InRange(lost, All - times.Length, messages - times.Length);
    }

    private static Task RequirePackagesAsync() => PythonClient.RequireAsync("zmq, msgpack, numpy", "python3-zmq python3-msgpack python3-numpy");

    private RunningProcess Run(string camera, string publish, params (string Old, string New)[] changes)
    {
        string config = _space.WriteConfig(camera, publish, restoration: "model: cubic");
        string text = File.ReadAllText(config);
        foreach ((string old, string changed) in changes) text = text.Replace(old, changed, StringComparison.Ordinal);
        File.WriteAllText(config, text);
        return RunningProcess.StartProgram("acquisition", "run", "--config", config);
    }

    private static JsonElement LastLine(RunningProcess process) => JsonDocument.Parse(process.Output.Split('\n')[^1]).RootElement;
}
