using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>Models that are trained before a scan, and restore one.</summary>
public sealed class TrainTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private const string Tiny = "channels=2, blocks=1, discriminator_channels=2, discriminator_layers=1, discriminator_halvings=1, patch_px=16";
    private const string Voxel = "1,0.5,0.5";

    private readonly Workspace _space = new();

    public void Dispose() => _space.Dispose();

    [Fact]
    public async Task Training_that_was_killed_comes_to_the_same_weights_as_training_in_one_go()
    {
        string config = await TrainingAsync(steps: 240), cut = _space.PathOf("cut"), whole = _space.PathOf("whole");
        using (var checkpoints = new FileSystemWatcher(Directory.CreateDirectory(cut).FullName, "checkpoint.bin") { EnableRaisingEvents = true })
        {
            var kept = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            checkpoints.Renamed += (_, _) => kept.TrySetResult();
            await using RunningProcess first = Train(config, cut);
            await kept.Task.WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
            first.KillAtOnce();
            await first.ExitAsync();
        }

        Assert.False(IsOver(cut), "Training was over before it was killed; give it more steps.");
        await using RunningProcess second = Train(config, cut);
        await second.SucceedsAsync();
        Assert.Contains("goes on after step ", second.Output, StringComparison.Ordinal);
        await using RunningProcess single = Train(config, whole);
        await single.SucceedsAsync();
        foreach (string name in (string[])["model.safetensors", "card.md", "progress.csv"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole, name)), File.ReadAllBytes(Path.Combine(cut, name)));
        Assert.Equal(24, Directory.GetFiles(Path.Combine(cut, "previews"), "*.png").Length);

        // Another seed is another training.
        File.AppendAllText(config, "  seed: 8\n");
        await using RunningProcess other = Train(config, cut);
        Assert.Equal(1, await other.ExitAsync());
        Assert.Contains("made with other images or settings", other.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trained_weights_restore_a_scan_and_what_they_make_is_marked_wherever_it_goes()
    {
        string model = _space.PathOf("model"), weights = Path.Combine(model, "model.safetensors");
        await using RunningProcess training = Train(await TrainingAsync(steps: 20), model);
        await training.SucceedsAsync();

        string address = Workspace.FreeAddress(), publish = Workspace.FreeAddress();
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(
            address, publish, "model: c2gan", more: $"prediction:\n  weights_file: {weights}", viewer: "address: http://127.0.0.1:0"));
        await using RunningProcess listener = RunningProcess.Start(
            "/usr/bin/python3", Path.Combine(Workspace.Repository, "tests", "oracles", "collect_volumes.py"), publish, _space.PathOf("heard"));
        await listener.LineAsync(line => line == "ready");
        await using RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", "play", _space.PathOf("low.tif"), "--voxel", Voxel, "--repeat", "3", "--address", address);
        await simulator.SucceedsAsync();
        await program.SucceedsAsync();
        await listener.SucceedsAsync();

        JsonElement report = _space.Report;
        Assert.True(report.GetProperty("ledger_closes").GetBoolean());
        Assert.Equal(3, report.GetProperty("status").GetProperty("volumes").GetProperty("restored").GetInt64());
        Assert.StartsWith("equal 3 predicted volumes", await Workspace.PythonAsync("predicted_run.py", _space.RunFolder, weights, _space.PathOf("heard")), StringComparison.Ordinal);

        await using RunningProcess viewer = RampRuns.View(_space.RunFolder);
        await using ViewerPage page = await browser.OpenAsync(await RampRuns.AddressAsync(viewer));
        await page.UntilDrawnAsync("restored-xy", 2);
        await page.UntilAsync("() => document.getElementById('uncertainty').getAttribute('aria-pressed') === 'true'");
        Assert.Contains("PREDICTED by c2GAN", await page.TextAsync("restored-caption"), StringComparison.Ordinal);
        Assert.Empty(page.Complaints);
    }

    [Theory]
    [InlineData("1,0.7,0.7", "The scan's voxels measure 0.7 µm in y, and the model was trained on 0.5 µm")]
    [InlineData(Voxel, "The model was trained with the objective '20x/0.5', and the microscope does not announce its own; give prediction.objective")]
    public async Task A_scan_that_does_not_fit_the_card_is_refused_before_anything_is_stored(string voxel, string reason)
    {
        string model = _space.PathOf("model");
        await using RunningProcess training = Train(await TrainingAsync(steps: 1, "  input_objective: \"20x/0.5\""), model);
        await training.SucceedsAsync();
        string address = Workspace.FreeAddress();
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(
            address, restoration: "model: c2gan", more: $"prediction:\n  weights_file: {Path.Combine(model, "model.safetensors")}"));
        await using RunningProcess simulator = RunningProcess.StartProgram("hardware-sim", "play", _space.PathOf("low.tif"), "--voxel", voxel, "--address", address);
        Assert.Equal(1, await program.ExitAsync());
        Assert.Contains(reason, program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pairs_are_laid_over_each_other_first_and_the_card_says_how_far_they_lay_apart()
    {
        await using RunningProcess python = RunningProcess.Start(
            "/usr/bin/python3", Path.Combine(Workspace.Repository, "tests", "oracles", "make_pairs.py"), _space.PathOf("input.tif"), _space.PathOf("target.tif"), "3,-2");
        await python.SucceedsAsync();
        string config = _space.PathOf("pairs.yaml"), model = _space.PathOf("paired");
        File.WriteAllText(config, $"""
            training:
              input: {_space.PathOf("input.tif")}
              target: {_space.PathOf("target.tif")}
              steps: 1
              input_voxel_um: "{Voxel}"
              target_voxel_um: "{Voxel}"
              overrides: "generator_channels=2, discriminator_channels=1, patch_px=32, batch=1"
            """);
        await using RunningProcess training = RunningProcess.StartProgram("acquisition", "train", "cross-modality", "--config", config, "--output", model);
        await training.SucceedsAsync();
        string card = File.ReadAllText(Path.Combine(model, "card.md"));
        double shift = double.Parse(Regex.Match(card, @"registration_shift_median_px \| ([0-9.]+) \|").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.Equal(Math.Sqrt(13), shift, 0.05); // by 3 and by 2
        Assert.Contains("| registration_rejected_images | 0 of 4 |", card, StringComparison.Ordinal);
    }

    private static RunningProcess Train(string config, string folder) => RunningProcess.StartProgram("acquisition", "train", "c2gan", "--config", config, "--output", folder);

    private static bool IsOver(string folder) => File.ReadAllText(Path.Combine(folder, "progress.csv")).Contains("\n240,", StringComparison.Ordinal);

    /// <summary>Two stacks to learn from, and the settings to do so.</summary>
    private async Task<string> TrainingAsync(int steps, string more = "")
    {
        await Workspace.PythonAsync("make_stack.py", _space.PathOf("low.tif"), "uint16", "1,1,6,48,40");
        await Workspace.PythonAsync("make_stack.py", _space.PathOf("high.tif"), "uint16", "1,1,6,48,40", "2");
        string config = _space.PathOf("train.yaml");
        File.WriteAllText(config, $"""
            training:
              input: {_space.PathOf("low.tif")}
              target: {_space.PathOf("high.tif")}
              steps: {steps}
              report_every: 10
              patience: 0
              input_voxel_um: "{Voxel}"
              target_voxel_um: "{Voxel}"
              overrides: "{Tiny}"
            {more}
            restoration:
              threads: 1

            """);
        return config;
    }
}
