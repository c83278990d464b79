using Acquisition.App.Configuration;
using Acquisition.Core;
using Acquisition.Tests.Support;
using Acquisition.Torch.Adversarial;
using Xunit;

namespace Acquisition.Tests.App;

public sealed class TrainingSettingsTests
{
    private const string Paths = "training:\n  input: /low\n  target: /high\n";

    [Fact]
    public void A_training_file_needs_no_microscope()
    {
        ConfigReading reading = Read(Paths + "  preset: safe\n  steps: 500\n  input_voxel_um: \"1,0.5,0.25\"\n  input_objective: \"20x/0.5\"\n  target_gain: 2.5\n  overrides: \"b_weight=0.5, a=x\"\n");
        var training = reading.Config!.Training!;
        Assert.Equal(("/low", "/high", 500), (training.Input, training.Target, training.Steps));
        Assert.Equal(new VoxelSize { ZUm = 1, YUm = 0.5, XUm = 0.25 }, training.InputSetting.Voxel);
        Assert.Equal(("20x/0.5", null, 2.5, null), (training.InputSetting.Objective, training.TargetSetting.Objective, training.TargetSetting.Gain, training.TargetSetting.Voxel));
        Assert.Equal(["a=x", "b_weight=0.5"], NamedValues.Read(training.Overrides).Select(pair => $"{pair.Key}={pair.Value}"));
    }

    [Fact]
    public void The_example_of_the_README_is_valid()
    {
        string readme = File.ReadAllText(AppRepository.File("README.md")), mark = "```yaml\ntraining:\n";
        int start = readme.IndexOf(mark, StringComparison.Ordinal), end = readme.IndexOf("\n```", start + mark.Length, StringComparison.Ordinal);
        Assert.Equal(TrainingPreset.Small, Read(readme[(start + "```yaml\n".Length)..end]).Config!.Training!.Preset);
    }

    [Theory]
    [InlineData("training:\n  input: /low\n", "training.target is missing; expected the path of a folder")]
    [InlineData("source:\n  address: tcp://127.0.0.1:5555\n", "training.input is missing; expected the path of a folder")]
    [InlineData(Paths + "  preset: tiny\n", "training.preset is 'tiny'; expected one of literal, safe, small")]
    [InlineData(Paths + "  input_voxel_um: \"1,0.5\"\n", "training.input_voxel_um is '1,0.5'; expected three sizes above 0 in z,y,x such as 2,0.5,0.5, or file")]
    [InlineData(Paths + "  target_voxel_um: \"1,0.5,-1\"\n", "training.target_voxel_um is '1,0.5,-1'")]
    [InlineData(Paths + "  overrides: \"a\"\n", "training.overrides is 'a'; expected names and values like")]
    [InlineData(Paths + "  overrides: \"a=1, a=2\"\n", "training.overrides is 'a=1, a=2'")]
    [InlineData(Paths + "  input_objective: \" \"\n", "training.input_objective is ' '; expected a name of at most 64 characters, or unknown")]
    public void Faults_say_what_is_accepted(string text, string fault) =>
        Assert.Contains(Read(text).Faults, found => found.ToString().Contains(fault, StringComparison.Ordinal));

    private static ConfigReading Read(string text) => ConfigReader.Read(text, "train.yaml", [new ConfigOverride("storage.root", "--output", "/tmp")], ConfigChecks.None, "training");
}
