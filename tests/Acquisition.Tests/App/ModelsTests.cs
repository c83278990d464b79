using Acquisition.App;
using Acquisition.App.Configuration;
using Acquisition.App.Models;
using Acquisition.Restoration;
using Acquisition.Restoration.Network;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.App;

public sealed class ModelsTests
{
    private const string Rig = """
        source:
          address: tcp://127.0.0.1:5555
        storage:
          root: /tmp

        """;

    [Fact]
    public void Every_model_has_a_name_of_its_own_and_tells_what_it_is()
    {
        Assert.Equal(ModelRegistry.All.Length, ModelRegistry.All.Select(model => model.Name).Distinct().Count());
        foreach (ModelEntry model in ModelRegistry.All)
            Assert.All([model.Name, model.Does, model.Source, model.TunedOn, model.Needs], text => Assert.NotEqual("", text));
    }

    [Theory]
    [InlineData("restoration:\n  model: isonet-2\n  engine: cpu", "restoration.engine is cpu, and isonet-2 runs on libtorch only; write auto or torch.")]
    [InlineData("restoration:\n  model: richardson-lucy\n  uncertainty: true", "restoration.uncertainty is true; richardson-lucy gives no map of errors.")]
    [InlineData("restoration:\n  model: richardson-lucy\nisotropy:\n  psf_lateral_um: 0.3", "isotropy.psf_lateral_um is given without isotropy.psf_axial_um; the point spread function has two widths.")]
    [InlineData(
        "restoration:\n  model: isonet-1\nisotropy:\n  psf_lateral_um: 1.2\n  psf_axial_um: 0.3",
        "isotropy.psf_axial_um is 0.3, less than the 1.2 of isotropy.psf_lateral_um; were the two exchanged?")]
    [InlineData(
        "restoration:\n  model: srcnn\nisotropy:\n  psf_lateral_um: 0.3\n  psf_axial_um: 1.2\n  beads_file: /nowhere/beads.tif",
        "isotropy.beads_file is given beside the widths of the point spread function, which it measures; keep one of the two.",
        "isotropy.beads_file cannot be used: ")]
    [InlineData("restoration:\n  engine: cpu\n  device: cuda:1", "restoration.device is cuda:1, which takes restoration.engine auto or torch.")]
    [InlineData("restoration:\n  device: gpu", "restoration.device is 'gpu'; expected auto, cpu, cuda or, to choose among several cards, cuda:0, cuda:1 and so on (did you mean cuda?).")]
    [InlineData("isotropy:\n  patch_px: 62", "isotropy.patch_px is '62'; expected a multiple of 4 from 16 to 512.")]
    [InlineData("isotropy:\n  psf_axial_um: 0", "isotropy.psf_axial_um is '0'; expected a number above 0 up to 100, or announced.")]
    public void What_does_not_go_together_is_told_before_a_scan(string yaml, params string[] expected)
    {
        ConfigReading reading = ConfigReader.Read(Rig + yaml + "\n", "rig.yaml", [], ConfigChecks.All);
        string[] faults = [.. reading.Faults.Select(fault => fault.ToString()!)];
        Assert.Equal(expected.Length, faults.Length);
        foreach (string text in expected) Assert.Contains(faults, fault => fault.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_command_lists_every_model_with_what_it_needs()
    {
        (int exitCode, string output, string error) = await CommandLineTests.Invoke("models");
        Assert.Equal((ExitCode.Ok, ""), (exitCode, error));
        Assert.All(ModelRegistry.All, model => Assert.Contains(model.Name, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_command_tells_what_weights_say_of_themselves()
    {
        using var folder = new AppTempFolder();
        string models = Path.Combine(folder.Path, "models"), file = Path.Combine(models, "one.safetensors");
        Directory.CreateDirectory(models);
        File.WriteAllBytes(file, Models.Of(1).WithNote("tuned_on", "t3 c0").ToSafeTensors());
        long parameters = new NetworkLayout(NetworkVariant.Paper, new(1, 2, 2)).StoredCount;

        foreach (string path in (string[])[folder.Path, file])
        {
            (int exitCode, string output, _) = await CommandLineTests.Invoke("models", path);
            Assert.Equal(ExitCode.Ok, exitCode);
            Assert.Contains("t3 c0", output, StringComparison.Ordinal);
            Assert.Contains(parameters.ToString("N0", System.Globalization.CultureInfo.InvariantCulture), output, StringComparison.Ordinal);
        }

        File.WriteAllText(file, "no weights");
        (int failed, _, string reason) = await CommandLineTests.Invoke("models", folder.Path);
        Assert.Equal(ExitCode.Failed, failed);
        Assert.Contains("holds no weights", reason, StringComparison.Ordinal);
        (failed, _, reason) = await CommandLineTests.Invoke("models", "/nowhere");
        Assert.Equal(ExitCode.Failed, failed);
        Assert.Contains("give a run folder", reason, StringComparison.Ordinal);
    }
}
