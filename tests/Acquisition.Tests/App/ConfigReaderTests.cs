using Acquisition.App.Configuration;
using Acquisition.Conditioning;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Storage;
using Acquisition.Tests.Support;
using Acquisition.Transport;
using Xunit;

namespace Acquisition.Tests.App;

public sealed class ConfigReaderTests
{
    private const string Least = "source:\n  address: tcp://127.0.0.1:5555\nstorage:\n  root: runs\n";

    [Fact]
    public void The_least_configuration_is_the_parts_own_defaults()
    {
        AppConfig config = Accepted(Least);

        Assert.Equal(new SourceOptions { Address = "tcp://127.0.0.1:5555" }, config.Source);
        Assert.Equal(new StorageOptions { Root = Path.GetFullPath("runs") }, config.Storage);
        Assert.Equal(new ConditioningOptions(), config.Conditioning);
        Assert.Equal(new RestorationOptions(), config.Restoration);
        Assert.Equal(new PipelineOptions(), config.Pipeline);
        Assert.Null(config.Publish);
        Assert.Null(config.TruthFolder);
    }

    [Fact]
    public void Every_kind_of_value_reaches_its_option()
    {
        AppConfig config = Accepted("""
            source:
              address: ipc:///tmp/camera
              pattern: pub-sub
              bind: true
              stream: "left-arm"
              high_water_mark: 12
              max_payload_mib: 8
            conditioning:
              offset: 99.5
              flat_file: /data/flat.tif
              hot_pixels: true
              report_drift: true
            restoration:
              model: cubic
              variant: paper
              learning_rate: 2.5e-4
              seed: -3
              activation_budget_mib: 64
            storage:
              root: "/data/runs: today"
              compression: gzip
            publish:
              address: tcp://127.0.0.1:6000
              stream: "*"
            pipeline:
              memory_budget_mib: 2048
              first_frame_timeout_s: 0.5
              frame_timeout_s: 7
            scoring:
              truth: /data/truth
            """);

        Assert.Equal(
            new SourceOptions
            {
                Address = "ipc:///tmp/camera", Pattern = SocketPattern.PubSub, Bind = true, Stream = "left-arm",
                HighWaterMark = 12, MaxPayloadBytes = 8 * 1024 * 1024,
            },
            config.Source);
        Assert.Equal(
            new ConditioningOptions { OffsetAdu = 99.5, FlatFile = "/data/flat.tif", HotPixels = true, ReportDrift = true }, config.Conditioning);
        Assert.Equal(
            new RestorationOptions
            {
                Model = ModelNames.Cubic, Variant = NetworkVariant.Paper, LearningRate = 0.00025, Seed = -3,
                ActivationBudgetBytes = 64 * 1024 * 1024,
            },
            config.Restoration);
        Assert.Equal(new StorageOptions { Root = "/data/runs: today", Compression = Compression.Gzip }, config.Storage);
        Assert.Equal(new PublisherOptions { Address = "tcp://127.0.0.1:6000" }, config.Publish);
        Assert.Equal(2048L * 1024 * 1024, config.Pipeline.MemoryBudgetBytes);
        Assert.Equal(TimeSpan.FromMilliseconds(500), config.Pipeline.FirstFrameTimeout);
        Assert.Equal(TimeSpan.FromSeconds(7), config.Pipeline.FrameTimeout);
        Assert.Equal("/data/truth", config.TruthFolder);
    }

    [Fact]
    public void All_faults_come_at_once_each_with_line_path_value_and_what_is_accepted()
    {
        string[] faults = Faults("""
            source:
              address: 127.0.0.1:5555
              patern: push-pull
              bind: yes
              frame_timeout_s: 3
            restoration:
              steps: many
              steps: 5
              threads:
              crop_edge_px: [8, 8]
              model: selfvision
              learning_rate: 0
            stroage:
              root: runs
            publish:
            pipeline:
              frame_timeout_s: 5 ms
              memory_budget_mib: 2GB
              volume_timeout_s: {max: 3}
            """);

        Assert.Equal(
            [
                "rig.yaml:2: source.address is '127.0.0.1:5555'; expected an address like tcp://127.0.0.1:5555 or ipc:///tmp/camera (did you mean tcp://127.0.0.1:5555?).",
                "rig.yaml:3: source.patern is no setting; did you mean pattern?.",
                "rig.yaml:4: source.bind is 'yes'; expected true or false (write true).",
                "rig.yaml:5: source.frame_timeout_s is no setting; it belongs in section pipeline.",
                "rig.yaml:7: restoration.steps is 'many'; expected a whole number from 1 to 100000.",
                "rig.yaml:8: restoration.steps is given a second time; the first is in line 7; keep one.",
                "rig.yaml:9: restoration.threads has no value; expected a whole number from 1 to 256.",
                "rig.yaml:10: restoration.crop_edge_px is a list; expected a whole number from 8 to 256.",
                "rig.yaml:11: restoration.model is 'selfvision'; expected one of self-vision, cubic, isonet-2, isonet-1, care-isotropic, srcnn, richardson-lucy, cross-modality, dual-hrgan, c2gan (did you mean self-vision?).",
                "rig.yaml:12: restoration.learning_rate is '0'; expected a number above 0 up to 0.1.",
                "rig.yaml:13: stroage is no section; expected one of source, conditioning, restoration, isotropy, prediction, training, storage, publish, pipeline, metrics, viewer, scoring; did you mean storage?.",
                "rig.yaml:15: publish has no settings; give some below it or leave the section out.",
                "rig.yaml:17: pipeline.frame_timeout_s is '5 ms'; expected a number of seconds from 0.1 to 86400 (the unit is in the key; write 0.005).",
                "rig.yaml:18: pipeline.memory_budget_mib is '2GB'; expected a whole number of MiB from 1 to 4194304 (the unit is in the key; write 1907).",
                "rig.yaml:19: pipeline.volume_timeout_s has keys below it; expected a number of seconds from 0.1 to 86400.",
                "rig.yaml: storage.root is missing; expected the path of a folder.",
                "rig.yaml: publish.address is missing; expected an address like tcp://127.0.0.1:5555 or ipc:///tmp/camera.",
            ],
            faults);
    }

    [Theory]
    [InlineData("source: ]", 1)]
    [InlineData("source:\n  address: 'tcp", 2)]
    public void Text_that_is_no_YAML_is_one_fault_with_its_line(string text, int line)
    {
        string fault = Faults(text)[0];
        Assert.StartsWith($"rig.yaml:{line}: this is no YAML:", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:4318", "")]
    [InlineData("https://collector.lab.example/v1/metrics", "")]
    [InlineData("127.0.0.1:4318", "did you mean http://127.0.0.1:4318?")]
    [InlineData("tcp://127.0.0.1:4318", "expected an address like http://127.0.0.1:4318")]
    [InlineData("http://user:secret@host:1", "expected an address like http://127.0.0.1:4318")]
    public void A_collector_is_an_address_on_the_web(string address, string complaint)
    {
        string[] faults = Faults($"{Least}metrics:\n  otlp_endpoint: {address}\n");
        Assert.Equal(complaint.Length == 0 ? 0 : 1, faults.Length);
        Assert.All(faults, fault => Assert.Contains(complaint, fault, StringComparison.Ordinal));
    }

    [Fact]
    public void A_tab_that_indents_is_named_as_such() =>
        Assert.Contains("rig.yaml:2: a tab indents this line; YAML wants spaces.", Faults("source:\n\taddress: x"));

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---\n...\n")]
    public void An_empty_file_lacks_only_what_has_no_default(string text)
    {
        Assert.Equal(["source.address", "storage.root"], Faults(text).Select(fault => fault.Split(' ')[1]));
    }

    [Fact]
    public void A_second_document_and_a_bare_list_are_faults()
    {
        Assert.Contains("second document", Assert.Single(Faults(Least + "---\n" + Least), f => f.Contains("YAML", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("expected sections", Faults("- source\n- storage\n")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_line_wins_over_the_file_and_is_named_in_faults()
    {
        ConfigReading both = ConfigReader.Read(
            Least, "rig.yaml", [new ConfigOverride("source.address", "--source", "tcp://127.0.0.1:7000")], ConfigChecks.None);
        Assert.Equal("tcp://127.0.0.1:7000", both.Config?.Source.Address);

        ConfigReading refused = ConfigReader.Read(
            Least, "rig.yaml", [new ConfigOverride("restoration.steps", "--steps", "0")], ConfigChecks.None);
        Assert.Equal("command line: --steps is '0'; expected a whole number from 1 to 100000.", Assert.Single(refused.Faults).ToString());
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_fault_and_not_an_exception()
    {
        using var folder = new AppTempFolder();
        Assert.Contains("cannot be read", Assert.Single(ConfigReader.ReadFile(folder["none.yaml"]).Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Source_and_publisher_on_one_address_are_a_fault_of_the_publisher()
    {
        using var folder = new AppTempFolder();
        File.WriteAllText(folder["rig.yaml"], $"""
            source:
              address: tcp://127.0.0.1:5555
            storage:
              root: {folder.Path}
            publish:
              address: tcp://127.0.0.1:5555
            scoring:
              truth: {folder["truth"]}
            """);

        Assert.Collection(
            ConfigReader.ReadFile(folder["rig.yaml"]).Faults.Select(fault => fault.ToString()),
            fault => Assert.Contains("rig.yaml:6: publish.address is 'tcp://127.0.0.1:5555', the address of the source too", fault, StringComparison.Ordinal),
            fault => Assert.Contains("rig.yaml:8: scoring.truth is", fault, StringComparison.Ordinal));
        Assert.Equal(["rig.yaml"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("rig.yaml", "it is a file")]
    [InlineData("not/there", "does not exist")]
    public void A_root_where_nothing_can_be_written_is_a_fault(string root, string reason)
    {
        using var folder = new AppTempFolder();
        File.WriteAllText(folder["rig.yaml"], $"source:\n  address: tcp://127.0.0.1:*\nstorage:\n  root: {folder[root]}\n");

        Assert.Collection(
            ConfigReader.ReadFile(folder["rig.yaml"]).Faults.Select(fault => fault.ToString()),
            fault => Assert.Contains("has no port to connect to", fault, StringComparison.Ordinal),
            fault => Assert.Contains(reason, fault, StringComparison.Ordinal));
    }

    private static AppConfig Accepted(string text)
    {
        ConfigReading reading = ConfigReader.Read(text, "rig.yaml", [], ConfigChecks.None);
        Assert.Empty(reading.Faults);
        return reading.Config!;
    }

    private static string[] Faults(string text) =>
        [.. ConfigReader.Read(text, "rig.yaml", [], ConfigChecks.None).Faults.Select(fault => fault.ToString())];
}
