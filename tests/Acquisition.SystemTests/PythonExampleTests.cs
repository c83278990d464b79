using System.Globalization;
using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>The examples beside the Python client, against the program.</summary>
public sealed class PythonExampleTests : IDisposable
{
    private readonly Workspace _space = new();

    public void Dispose() => _space.Dispose();

    [Fact]
    public async Task Nuclei_are_counted_while_the_scan_runs()
    {
        await PythonClient.RequireAsync("zmq, msgpack, numpy", "python3-zmq python3-msgpack python3-numpy");
        await PythonClient.RequireAsync("skimage, scipy", "python3-skimage python3-scipy");
        int[] counts = [10, 14, 5, 20];
        string camera = Workspace.FreeAddress(), publish = Workspace.FreeAddress();
        await using RunningProcess program = Run(camera, publish);
        await using RunningProcess example = PythonClient.Example("count_nuclei.py", publish, "--diameter-um", "8", "--save", _space.Folder);
        await example.LineAsync(line => line == "listening");
        await using RunningProcess source = PythonClient.Script(
            "client_nuclei.py", [camera, .. counts.Select(count => count.ToString(CultureInfo.InvariantCulture))]);
        await source.SucceedsAsync();
        await program.SucceedsAsync();
        await example.SucceedsAsync();

        for (int t = 0; t < counts.Length; t++)
        {
            Assert.Contains($"t {t}: {counts[t]} nuclei", example.Output, StringComparison.Ordinal);
            Assert.True(File.Exists(_space.PathOf($"t{t}_c0.npy")));
        }

        Assert.Contains("4 volumes, 0 messages lost, 0 passed over", example.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_layer_of_napari_follows_the_run()
    {
        await PythonClient.RequireAsync("zmq, msgpack, numpy", "python3-zmq python3-msgpack python3-numpy");
        const int Volumes = 12, Planes = 4, Rows = 64, Columns = 96;
        string camera = Workspace.FreeAddress(), publish = Workspace.FreeAddress();
        await using RunningProcess program = Run(camera, publish);
        await program.LineAsync(line => line.StartsWith("Waiting for a microscope", StringComparison.Ordinal));
        await using RunningProcess example = PythonClient.ExampleOnStubs("napari_live.py", publish);
        await example.LineAsync(line => line == "window open");
        await using RunningProcess source = PythonClient.Script("client_source.py", camera, $"{Volumes},{Planes},{Rows},{Columns}", "--pause-after", $"{Volumes - 1}");
        await source.LineAsync(line => line == "paused");
        await program.LineAsync(line => line.Contains($"restored volume {Volumes - 1},", StringComparison.Ordinal));
        await source.TellAsync("go on"); // by now it listens, so that the last volume comes to it
        await source.SucceedsAsync();
        await program.SucceedsAsync();
        await example.SucceedsAsync();

        long sum = 0; // of what client_source.py sends last; its values stay below 65536
        for (int z = 0; z < Planes; z++)
            for (int y = 0; y < Rows; y++)
                for (int x = 0; x < Columns; x++) sum += (131 * (Volumes - 1)) + (31 * z) + (7 * y) + (3 * x);
        Assert.Contains($"title: Acquisition at {publish}", example.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"layer channel 0: t {Volumes - 1}, shape ({Planes}, {Rows}, {Columns}), scale (2.0, 0.5, 0.5), sum {sum}, a view True, unchanged", example.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GFP RFP")]
    public async Task A_Micro_Manager_acquisition_is_stored_as_it_is_acquired(string channels)
    {
        await PythonClient.RequireAsync("zmq, msgpack, numpy", "python3-zmq python3-msgpack python3-numpy");
        await PythonClient.RequireAsync("tifffile", "python3-tifffile");
        string camera = Workspace.FreeAddress(), expected = _space.PathOf("expected.tif");
        string[] more = channels == "" ? ["--directory", _space.Folder] : ["--channel-group", "Channel", "--channels", .. channels.Split(' ')];
        await using RunningProcess program = Run(camera);
        await using RunningProcess example = PythonClient.ExampleOnStubs(
            "micromanager_source.py", [camera, "--z-um", "-2", "4", "2", "--timepoints", "3", "--interval-s", "0.5", "--undersampling", "2,2,2", .. more]);
        await example.SucceedsAsync();
        await program.SucceedsAsync();

        int extent = channels == "" ? 1 : 2;
        await Workspace.PythonAsync("make_planes.py", expected, $"3,{extent},4,12,20", "1000,100,10,1,1");
        Assert.Contains($"{3 * extent * 4} frames sent", example.Output, StringComparison.Ordinal);
        Assert.Contains("equal", await Workspace.PythonAsync("compare_raw.py", Path.Combine(_space.RunFolder, "raw.zarr"), expected), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_fills_with_TIFFs_is_a_microscope()
    {
        await PythonClient.RequireAsync("zmq, msgpack, numpy", "python3-zmq python3-msgpack python3-numpy");
        await PythonClient.RequireAsync("tifffile", "python3-tifffile");
        string camera = Workspace.FreeAddress(), folder = _space.PathOf("scan"), expected = _space.PathOf("expected.tif");
        Directory.CreateDirectory(folder);
        await using RunningProcess program = Run(camera);
        await using RunningProcess example = PythonClient.Example(
            "tiff_folder_source.py", folder, camera, "--planes", "5", "--channels", "GCaMP", "tdTomato", "--voxel-um", "2,0.5,0.5", "--undersampling", "1,2,2", "--timepoints", "3");
        await using RunningProcess microscope = PythonClient.Script("write_tiff_series.py", folder, "3,2,5,24,32", expected);
        await microscope.LineAsync(line => line == "half");
        await example.LineAsync(line => line == "sent time point 0");
        await microscope.TellAsync("the rest");
        await microscope.SucceedsAsync();
        await example.SucceedsAsync();
        await program.SucceedsAsync();

        Assert.Contains("30 frames sent", example.Output, StringComparison.Ordinal);
        Assert.Contains("equal", await Workspace.PythonAsync("compare_raw.py", Path.Combine(_space.RunFolder, "raw.zarr"), expected), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_part_of_a_TIFF_is_taken_for_the_whole()
    {
        await PythonClient.RequireAsync("zmq, msgpack, numpy", "python3-zmq python3-msgpack python3-numpy");
        await PythonClient.RequireAsync("tifffile", "python3-tifffile");
        Assert.EndsWith("all hold", await Workspace.PythonAsync("client_tiffs.py", _space.PathOf("part.tif")), StringComparison.Ordinal);
    }

    private RunningProcess Run(string camera, string? publish = null) =>
        RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(camera, publish, restoration: "model: cubic"));
}
