using System.Text.Json;
using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>What becomes of a run afterwards: levels, exports and a look at it, by the program as a process and read by others.</summary>
public sealed class StoredRunTests : IDisposable
{
    private readonly Workspace _space = new();

    public void Dispose() => _space.Dispose();

    [Fact]
    public async Task A_stored_run_gets_levels_is_whole_and_goes_to_other_programs()
    {
        string stack = _space.PathOf("stack.tif"), address = Workspace.FreeAddress();
        await Workspace.PythonAsync("make_stack.py", stack, "uint16", "2,2,3,24,270");
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(address, restoration: "model: cubic"));
        await using RunningProcess simulator = RunningProcess.StartProgram("hardware-sim", "play", stack, "--announce", "1,2,2", "--address", address);
        await simulator.SucceedsAsync();
        await program.SucceedsAsync();
        string run = _space.RunFolder;

        string finished = await Acquisition("finish", run);
        Assert.Contains("raw.zarr: levels of 3×24×135 for 4 volume(s); 4 made", finished, StringComparison.Ordinal);
        Assert.Contains("restored.zarr: levels of 3×48×270, 3×48×135 for 4 volume(s); 8 made", finished, StringComparison.Ordinal);
        await AssertLevels(run);
        Assert.Contains("conforms", await Workspace.PythonAsync("check_run.py", run), StringComparison.Ordinal);
        string info = await Acquisition("info", run);
        Assert.Matches(@"whole:\s+yes", info);
        Assert.Contains("4 volumes by cubic+back-projection", info, StringComparison.Ordinal);

        string restored = Path.Combine(run, "restored.zarr"), tiff = _space.PathOf("a.ome.tif"), zarr = _space.PathOf("a.zarr");
        await Acquisition("export", run, "--output", tiff);
        await Acquisition("export", run, "--format", "ome-zarr-0.4", "--output", zarr);
        byte[] expected = await Read("read_zarr3.py", restored);
        Assert.Equal(expected, await Read("read_tiff.py", tiff));
        Assert.Equal(expected, await Read("read_zarr2.py", zarr));
        using var found = JsonDocument.Parse(await Workspace.PythonAsync("read_tiff.py", tiff, _space.PathOf("pixels")));
        Assert.Equal("TCZYX", found.RootElement.GetProperty("axes").GetString());
    }

    [Fact]
    public async Task A_run_that_was_killed_gets_levels_keeps_them_true_when_it_is_resumed_and_gets_the_rest_then()
    {
        string address = Workspace.FreeAddress();
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(address, restoration: "model: cubic"));
        await using RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", "scan", "beads", "--shape", "4,40,600", "--factor", "1,2,2", "--timepoints", "40", "--fps", "16", "--address", address);
        await program.LineAsync(line => line.Contains("restored volume", StringComparison.Ordinal));
        await using (RunningProcess refused = RunningProcess.StartProgram("acquisition", "finish", _space.RunFolder))
        {
            Assert.Equal(1, await refused.ExitAsync());
            Assert.Contains("Another program is writing to the run", refused.Output, StringComparison.Ordinal);
        }

        program.KillAtOnce();
        await program.ExitAsync();
        simulator.Kill();
        string run = _space.RunFolder;

        await Acquisition("finish", run);
        await AssertLevels(run);
        await using (RunningProcess resumed = RunningProcess.StartProgram("acquisition", "resume", run, "--viewer", "off"))
            await resumed.SucceedsAsync();
        foreach (string dataset in (string[])["raw.zarr", "restored.zarr"])
            Assert.Equal("", await Workspace.PythonAsync("check_ome_zarr.py", Path.Combine(run, dataset)));
        await Acquisition("finish", run);
        await AssertLevels(run);
    }

    private async Task AssertLevels(string run)
    {
        foreach (string dataset in (string[])["raw.zarr", "restored.zarr"])
        {
            string folder = Path.Combine(run, dataset);
            Assert.Equal("", await Workspace.PythonAsync("check_ome_zarr.py", folder));
            Assert.Equal("", await Workspace.PythonAsync("check_levels.py", folder));
            string first = _space.PathOf("first"), second = _space.PathOf("second");
            await Workspace.PythonAsync("read_zarr3.py", folder, first, "1");
            await Workspace.NodeAsync("read_zarrita.mjs", folder, second, "1");
            Assert.Equal(await File.ReadAllBytesAsync(first, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(second, TestContext.Current.CancellationToken));
        }
    }

    private async Task<byte[]> Read(string script, string path)
    {
        await Workspace.PythonAsync(script, path, _space.PathOf("pixels"));
        return await File.ReadAllBytesAsync(_space.PathOf("pixels"), TestContext.Current.CancellationToken);
    }

    private static async Task<string> Acquisition(params string[] arguments)
    {
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", arguments);
        await program.SucceedsAsync();
        return program.Output;
    }
}
