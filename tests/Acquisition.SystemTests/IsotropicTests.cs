using System.Text.Json;
using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>Stacks whose planes lie farther apart than pixels, made isotropic while they are scanned, and made again from the run folder by
/// another program.</summary>
public sealed class IsotropicTests : IDisposable
{
    // Pixels of 0.5 µm in planes 1.3 µm apart; widths in µm and in pixels.
    private const string Isotropy = "isotropy:\n  psf_lateral_um: 0.6\n  psf_axial_um: 1.8\n  steps: 30\n  batch_size: 2\n  patch_px: 32\n  iterations: 6";

    private readonly Workspace _space = new();

    public void Dispose() => _space.Dispose();

    [Theory]
    [InlineData("isonet-2")]
    [InlineData("srcnn")]
    [InlineData("richardson-lucy")]
    public async Task A_run_of_an_isotropic_model_can_be_made_again_from_its_folder(string model)
    {
        JsonElement report = await RunAsync($"model: {model}\n  gauge: false", Isotropy);

        JsonElement volumes = report.GetProperty("status").GetProperty("volumes");
        Assert.Equal((3, 3), (volumes.GetProperty("assembled").GetInt64(), volumes.GetProperty("restored").GetInt64()));
        Assert.True(report.GetProperty("ledger_closes").GetBoolean());
        Assert.Contains(
            "equal 3 volumes by ", await Workspace.PythonAsync("isotropic_run.py", _space.RunFolder, "1.2", "3.6"), StringComparison.Ordinal);
        if (model == "richardson-lucy") return;
        JsonElement chosen = report.GetProperty("status").GetProperty("models")[0];
        Assert.Equal(30, chosen.GetProperty("steps").GetInt32());
        Assert.NotEqual(chosen.GetProperty("held_out_db").GetDouble(), chosen.GetProperty("cubic_db").GetDouble());
    }

    [Fact]
    public async Task A_scan_whose_planes_lie_closer_than_pixels_is_refused_with_the_reason()
    {
        string address = Workspace.FreeAddress(), stack = await StackAsync();
        await using RunningProcess program = RunningProcess.StartProgram(
            "acquisition", "run", "--config", _space.WriteConfig(address, restoration: "model: isonet-2", more: Isotropy));
        await using RunningProcess simulator = RunningProcess.StartProgram("hardware-sim", "play", stack, "--voxel", "0.2,0.5,0.5", "--address", address);
        Assert.Equal(1, await program.ExitAsync());
        Assert.Contains("planes lie 0.4 pixels apart; isotropic restoration takes 1 to 64", program.Output, StringComparison.Ordinal);
    }

    private async Task<JsonElement> RunAsync(string restoration, string more)
    {
        string address = Workspace.FreeAddress(), stack = await StackAsync();
        await using RunningProcess program = RunningProcess.StartProgram(
            "acquisition", "run", "--config", _space.WriteConfig(address, restoration: restoration, more: more));
        await using RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", "play", stack, "--voxel", "1.3,0.5,0.5", "--repeat", "3", "--address", address);
        await simulator.SucceedsAsync();
        await program.SucceedsAsync();
        return _space.Report;
    }

    private async Task<string> StackAsync()
    {
        string stack = _space.PathOf("stack.tif");
        await Workspace.PythonAsync("make_stack.py", stack, "uint16", "1,1,9,66,58");
        return stack;
    }
}
