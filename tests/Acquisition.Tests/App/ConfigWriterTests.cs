using Acquisition.App.Configuration;
using Acquisition.App.Models;
using Acquisition.App.Training;
using Acquisition.Conditioning;
using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;
using Acquisition.Storage;
using Acquisition.Tests.Support;
using Acquisition.Torch.Adversarial;
using Acquisition.Transport;
using Xunit;

namespace Acquisition.Tests.App;

public sealed class ConfigWriterTests
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(AppRepository.File("configs"), "*.yaml").Select(file => Path.GetFileName(file))];

    /// <summary>Differs from every default, in text that YAML would take for something else.</summary>
    private static AppConfig Unusual { get; } = new()
    {
        Source = new SourceOptions
        {
            Address = "ipc:///tmp/a b\\c#\"d", Pattern = SocketPattern.PubSub, Bind = true, Stream = "null", HighWaterMark = 3, MaxPayloadBytes = 5L << 20,
        },
        Conditioning = new ConditioningOptions
        {
            OffsetAdu = 99.5, DarkFile = "/data/in the: dark.tif", FlatFile = "/data/flat \"1\".tif",
            HotPixels = true, LinePhase = true, ReportDrift = true, CorrectDrift = true,
        },
        Restoration = new RestorationOptions
        {
            Model = ModelNames.Cubic, Variant = NetworkVariant.Paper, Steps = 7, LearningRate = 1.0 / 30, BatchSize = 2, CropPlanes = 3,
            CropEdgePx = 33, BackProjections = 0, Ensemble = false, FlipZ = false, DetailGain = 0.1, Uncertainty = true,
            Gauge = false, DriftAlarm = 0.25, Refresh = true, Seed = -1, Threads = 3, ActivationBudgetBytes = 17L << 20,
        },
        Compute = new ComputeOptions { Engine = EngineChoice.Torch, Device = "cuda:2" },
        Isotropy = new IsotropicScanOptions
        {
            PsfLateralUm = 0.3, PsfAxialUm = 1.0 / 3, BeadsFile = "/data/beads: 1.tif", Kernel = DegradationKernel.Full, Steps = 77, BatchSize = 3, PatchPx = 48, Iterations = 9,
        },
        Prediction = new PredictionOptions { WeightsFile = "/models/c2: gan.safetensors", Objective = "20x/0.5 #2", Gain = 2.5 },
        Training = new TrainingConfig
        {
            Input = "/low: light", Target = "/high", Preset = TrainingPreset.Literal, Steps = 11, ReportEvery = 3, Patience = 2, HeldOutShare = 0.25, Registration = false,
            Channel = 1, StartFile = "/models/start #1.safetensors", Overrides = "cycle_weight=0.5, slope=2",
            InputSetting = new LibrarySetting { Voxel = new VoxelSize { ZUm = 1.0 / 3, YUm = 0.2, XUm = 0.1 }, Objective = "5x: dry", Gain = 0.5 },
            TargetSetting = new LibrarySetting { Voxel = new VoxelSize { ZUm = 2, YUm = 3, XUm = 4 }, Objective = "null", Gain = 1e-3 },
        },
        Storage = new StorageOptions { Root = "/data/yes: [no]", Compression = Compression.None, ChunkPlanes = 2, ChunkEdgePx = 17 },
        Publish = new PublisherOptions { Address = "tcp://127.0.0.1:*", Bind = false, Stream = "out", HighWaterMark = 9 },
        Pipeline = new PipelineOptions
        {
            MemoryBudgetBytes = 3L << 20, OpenVolumesPerChannel = 5, FirstFrameTimeout = TimeSpan.FromSeconds(1.0 / 3), FrameTimeout = TimeSpan.FromSeconds(11),
            PauseTimeout = TimeSpan.FromSeconds(13), LagPolicy = LagPolicy.EveryNth, EveryNth = 7, Previews = false, VolumeTimeout = TimeSpan.FromSeconds(0.25),
        },
        Metrics = new MetricsOptions { OtlpEndpoint = "https://collector:1/x", Period = TimeSpan.FromSeconds(2.5) },
        Viewer = new ViewerSettings
        {
            Enabled = false, Address = "https://*:0", OpenBrowser = false, RequireToken = true, TokenFile = "/etc/to: ken", OperatorTokenFile = "/etc/op #1",
            CertificateFile = "/etc/c.pfx", CertificatePasswordFile = "/etc/\"p\"", DataOrigins = "https://a.example http://localhost:1", MemoryBudgetBytes = 19L << 20,
        },
        TruthFolder = "/data/truth # of today",
    };

    [Theory, MemberData(nameof(Files))]
    public void Every_configuration_shipped_is_valid_and_survives_being_written_out(string file)
    {
        AppConfig config = Read(File.ReadAllText(AppRepository.File(Path.Combine("configs", file))));
        Assert.Equal(config, Read(ConfigWriter.Write(config)));
    }

    [Fact]
    public void Every_setting_survives_being_written_out()
    {
        string yaml = ConfigWriter.Write(Unusual);

        Assert.Equal(Unusual, Read(yaml));
        Assert.All(Settings.All, setting => Assert.Contains($"  {setting.Key}: ", yaml, StringComparison.Ordinal));
    }

    [Fact]
    public void The_table_names_every_option_of_the_parts()
    {
        // Keys belong to both sockets.
        int options = new[] { typeof(SocketSecurity), typeof(SocketSecurity), typeof(SourceOptions), typeof(ConditioningOptions), typeof(RestorationOptions), typeof(ComputeOptions), typeof(IsotropicScanOptions), typeof(PredictionOptions), typeof(TrainingConfig), typeof(LibrarySetting), typeof(LibrarySetting), typeof(StorageOptions), typeof(PublisherOptions), typeof(PipelineOptions), typeof(MetricsOptions), typeof(ViewerSettings) }
            .Sum(type => type.GetProperties().Count(property => property.CanWrite && property.PropertyType != typeof(SocketSecurity) && property.PropertyType != typeof(LibrarySetting)));
        Assert.Equal(options + 1, Settings.All.Length); // and scoring.truth
    }

    [Fact]
    public void An_optional_section_that_was_not_given_is_not_written() =>
        Assert.DoesNotContain("publish:", ConfigWriter.Write(Unusual with { Publish = null }), StringComparison.Ordinal);

    private static AppConfig Read(string yaml)
    {
        ConfigReading reading = ConfigReader.Read(yaml, "rig.yaml", [], ConfigChecks.None);
        Assert.Empty(reading.Faults);
        return reading.Config!;
    }
}
