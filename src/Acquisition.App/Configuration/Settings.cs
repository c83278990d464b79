using System.Collections.Immutable;
using Acquisition.App.Models;
using Acquisition.App.Training;
using Acquisition.Conditioning;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;
using Acquisition.Storage;
using Acquisition.Torch.Adversarial;
using Acquisition.Transport;

namespace Acquisition.App.Configuration;

/// <summary>The table of all settings, section by section, in the order in which they are written and explained.</summary>
internal static class Settings
{
    private const double DaySeconds = 86_400;

    public static ImmutableArray<Setting> All { get; } =
    [
        .. Source(), .. Conditioning(), .. Restoration(), .. Isotropy(), .. Prediction(), .. Training(), .. Storage(), .. Publish(), .. Pipeline(), .. Metrics(), .. Viewer(), .. Scoring(),
    ];

    /// <summary>Name and purpose of every section; the last word says whether it may be left out.</summary>
    public static ImmutableArray<(string Name, string Doc)> Sections { get; } =
    [
        ("source", "Where frames come from."),
        ("conditioning", "What is corrected of each volume before it is tuned on and restored; raw data stays as it came. Nothing, unless it is asked for."),
        ("restoration", "How volumes are restored. May be left out."),
        ("isotropy", "For models that make stacks as sharp along z as within planes. May be left out."),
        ("prediction", "For models that were trained before the scan; their results are predictions. May be left out."),
        ("training", "What 'acquisition train' learns from, and how. Of no use in a scan."),
        ("storage", "Where and how data is stored."),
        ("publish", "Where restored volumes go out over ZeroMQ (PUB). Left out, nothing is published."),
        ("pipeline", "Bounds and patience of a run. May be left out."),
        ("metrics", "Where a run's counts, queue depths and times go while it goes on. Left out, nowhere."),
        ("viewer", "The page that shows a run while it goes on. May be left out."),
        ("scoring", "Comparison with originals, after the run. Left out, nothing is scored."),
    ];

    public static Setting Get(string path) => All.First(setting => setting.Path == path);

    private static IEnumerable<Setting> Source()
    {
        Setting<T> Row<T>(string key, ValueKind<T> kind, Func<SourceOptions, T> read, Func<SourceOptions, T, SourceOptions> write, string doc, bool required = false) =>
            new("source", key, kind, c => read(c.Source), (c, v) => c with { Source = write(c.Source, v) }, doc) { Required = required };

        yield return Row("address", TextValue.Address, o => o.Address, (o, v) => o with { Address = v },
            "Endpoint of the microscope, or the one to listen on.", required: true);
        yield return Row("pattern", new Choice<SocketPattern>(("push-pull", SocketPattern.PushPull), ("pub-sub", SocketPattern.PubSub)),
            o => o.Pattern, (o, v) => o with { Pattern = v },
            "How the microscope sends: push-pull loses nothing and slows the sender down; pub-sub drops what comes too fast, counted as lost.");
        yield return Row("bind", new Flag(), o => o.Bind, (o, v) => o with { Bind = v },
            "Whether this side binds the address and the microscope connects to it.");
        yield return Row("stream", new StreamName(), o => o.Stream, (o, v) => o with { Stream = v },
            "The one stream to listen to, of topics acq.<stream>.start, .frame and .end; \"*\" for any.");
        yield return Row("high_water_mark", new WholeNumber<int>(1, 1000), o => o.HighWaterMark, (o, v) => o with { HighWaterMark = v },
            "Messages that may wait in the receiving socket.");
        yield return Row("max_payload_mib", new MebiBytes(1, 2047), o => o.MaxPayloadBytes, (o, v) => o with { MaxPayloadBytes = v },
            "Largest accepted frame; a larger one is refused and counted.");
        foreach (Setting setting in Security("source", c => c.Source.Security, (c, v) => c with { Source = c.Source with { Security = v } }, _ => true)) yield return setting;
    }

    /// <summary>The rows that every section with a socket has.</summary>
    private static IEnumerable<Setting> Security(
        string section, Func<AppConfig, SocketSecurity> read, Func<AppConfig, SocketSecurity, AppConfig> write, Func<AppConfig, bool> isGiven)
    {
        Setting<string?> File(string key, Func<SocketSecurity, string?> readFile, Func<SocketSecurity, string?, SocketSecurity> writeFile, string doc) =>
            new(section, key, new FileOrNone(), c => readFile(read(c)), (c, v) => write(c, writeFile(read(c), v is null ? null : Path.GetFullPath(v))), doc) { IsGiven = isGiven };

        yield return File("secret_key_file", o => o.SecretKeyFile, (o, v) => o with { SecretKeyFile = v },
            "This side's secret key, made by 'acquisition keygen'; with one, connections are encrypted and both sides prove who they are.");
        yield return File("server_key_file", o => o.ServerKeyFile, (o, v) => o with { ServerKeyFile = v },
            "Where this side connects: the public key that the other side must have.");
        yield return File("allowed_keys_file", o => o.AllowedKeysFile, (o, v) => o with { AllowedKeysFile = v },
            "Where this side binds: the public keys that get in, one a line; read anew for every connection, so a key taken out is refused from then on.");
        yield return new Setting<bool>(section, "insecure", new Flag(), c => read(c).Insecure, (c, v) => write(c, read(c) with { Insecure = v }),
            "Whether an address that the network reaches may be bound without keys.")
        { IsGiven = isGiven };
    }

    private static IEnumerable<Setting> Conditioning()
    {
        Setting<T> Row<T>(string key, ValueKind<T> kind, Func<ConditioningOptions, T> read, Func<ConditioningOptions, T, ConditioningOptions> write, string doc) =>
            new("conditioning", key, kind, c => read(c.Conditioning), (c, v) => c with { Conditioning = write(c.Conditioning, v) }, doc);

        yield return Row("offset", new RealNumber(0, ushort.MaxValue), o => o.OffsetAdu, (o, v) => o with { OffsetAdu = v },
            "Camera units that each sample has in the dark; taken off.");
        yield return Row("dark_file", new FileOrNone(), o => o.DarkFile, (o, v) => o with { DarkFile = v is null ? null : Path.GetFullPath(v) },
            "TIFF recorded in the dark; taken off pixel by pixel, instead of offset. Several planes are averaged.");
        yield return Row("flat_file", new FileOrNone(), o => o.FlatFile, (o, v) => o with { FlatFile = v is null ? null : Path.GetFullPath(v) },
            "TIFF of an evenly lit field with its offset taken off; samples are divided by it, scaled to a mean of 1. Several planes are averaged.");
        yield return Row("hot_pixels", new Flag(), o => o.HotPixels, (o, v) => o with { HotPixels = v },
            "Whether pixels that stand out in nearly every plane of a volume are replaced by the median around them; needs OpenCV.");
        yield return Row("line_phase", new Flag(), o => o.LinePhase, (o, v) => o with { LinePhase = v },
            "Whether odd rows are moved onto the even ones, by a shift measured in each volume, for scanners that go to and fro; needs OpenCV.");
        yield return Row("report_drift", new Flag(), o => o.ReportDrift, (o, v) => o with { ReportDrift = v },
            "Whether it is measured how far each volume lies off the first one of its channel; needs OpenCV.");
        yield return Row("correct_drift", new Flag(), o => o.CorrectDrift, (o, v) => o with { CorrectDrift = v },
            "Whether volumes are moved back by that: by fractions of pixels in y and x, by whole planes in z; needs OpenCV.");
    }

    private static IEnumerable<Setting> Restoration()
    {
        Setting<T> Row<T>(string key, ValueKind<T> kind, Func<RestorationOptions, T> read, Func<RestorationOptions, T, RestorationOptions> write, string doc, string? note = null) =>
            new("restoration", key, kind, c => read(c.Restoration), (c, v) => c with { Restoration = write(c.Restoration, v) }, doc) { DefaultNote = note };

        yield return Row("model", new Choice<string>([.. ModelRegistry.All.Select(model => (model.Name, model.Name))]), o => o.Model, (o, v) => o with { Model = v },
            "What restores volumes; 'acquisition models' tells what each one is. self-vision tunes a network on the first volume and uses it where it beats back-projected cubic interpolation on held-out crops; cubic uses no network.");
        yield return new Setting<EngineChoice>("restoration", "engine",
            new Choice<EngineChoice>(("auto", EngineChoice.Auto), ("cpu", EngineChoice.Cpu), ("torch", EngineChoice.Torch)),
            c => c.Compute.Engine, (c, v) => c with { Compute = c.Compute with { Engine = v } },
            "What computes networks: this program on the processor, or libtorch. auto takes libtorch where there is a graphics card, and for models that need it.");
        yield return new Setting<string>("restoration", "device", new DeviceName(), c => c.Compute.Device, (c, v) => c with { Compute = c.Compute with { Device = v } },
            "Where libtorch computes; auto takes a graphics card where there is one.");
        yield return Row("variant", new Choice<NetworkVariant>(("public", NetworkVariant.Public), ("paper", NetworkVariant.Paper)),
            o => o.Variant, (o, v) => o with { Variant = v },
            "Layers of the network: those of the public code, or those described in the paper.");
        yield return Row("steps", new WholeNumber<int>(1, 100_000), o => o.Steps, (o, v) => o with { Steps = v },
            "Training steps per stage; more sharpens beyond the truth.");
        yield return Row("learning_rate", new RealNumber(0, 0.1, minExcluded: true), o => o.LearningRate, (o, v) => o with { LearningRate = v },
            "Learning rate of Adam in the first step; it falls to zero along half a cosine wave.");
        yield return Row("batch_size", new WholeNumber<int>(1, 64), o => o.BatchSize, (o, v) => o with { BatchSize = v },
            "Crops per training step; more where the volume holds no crop of full size.");
        yield return Row("crop_planes", new WholeNumber<int>(1, 32), o => o.CropPlanes, (o, v) => o with { CropPlanes = v },
            "Depth of a training crop as the network sees it, in planes of the shrunk copy.");
        yield return Row("crop_edge_px", new WholeNumber<int>(8, 256), o => o.CropEdgePx, (o, v) => o with { CropEdgePx = v },
            "Edge of a training crop in y and x, in acquired pixels.");
        yield return Row("back_projections", new WholeNumber<int>(0, 100), o => o.BackProjections, (o, v) => o with { BackProjections = v },
            "Rounds of back-projection, which make the restored volume agree with the acquired samples.");
        yield return Row("ensemble", new Flag(), o => o.Ensemble, (o, v) => o with { Ensemble = v },
            "Average over eight orientations; eight times the work.");
        yield return Row("flip_z", new Flag(), o => o.FlipZ, (o, v) => o with { FlipZ = v },
            "Whether z may be mirrored; false for a point spread function that differs above and below focus.");
        yield return Row("detail_gain", new RealNumber(0, 1), o => o.DetailGain, (o, v) => o with { DetailGain = v },
            "Share of the network's detail that is added to back-projected cubic interpolation.");
        yield return Row("uncertainty", new Flag(), o => o.Uncertainty, (o, v) => o with { Uncertainty = v },
            "Whether each restored volume comes with a map of standard errors, calibrated on held-out crops, stored in uncertainty.zarr and published as part 3.");
        yield return Row("gauge", new Flag(), o => o.Gauge, (o, v) => o with { Gauge = v },
            "Whether each volume is asked how well the network suits it; a volume that it would harm is restored without.");
        yield return Row("drift_alarm", new RealNumber(0, 1), o => o.DriftAlarm, (o, v) => o with { DriftAlarm = v },
            "Share of what the gauge read on the first volumes below which the sample counts as changed and people are told; 0 for never.");
        yield return Row("refresh", new Flag(), o => o.Refresh, (o, v) => o with { Refresh = v },
            "Whether the network is tuned again, from its own weights on the newest volume, when the sample has changed.");
        yield return Row("seed", new WholeNumber<int>(int.MinValue, int.MaxValue), o => o.Seed, (o, v) => o with { Seed = v },
            "Seed of weights and crops.");
        yield return Row("threads", new WholeNumber<int>(1, 256), o => o.Threads, (o, v) => o with { Threads = v },
            "Threads that tune and restore.", note: "one per processor");
        yield return Row("activation_budget_mib", new MebiBytes(16, 1 << 20), o => o.ActivationBudgetBytes, (o, v) => o with { ActivationBudgetBytes = v },
            "Most memory for activations while a volume is restored; larger volumes go in tiles.");
    }

    private static IEnumerable<Setting> Isotropy()
    {
        Setting<T> Row<T>(string key, ValueKind<T> kind, Func<IsotropicScanOptions, T> read, Func<IsotropicScanOptions, T, IsotropicScanOptions> write, string doc) =>
            new("isotropy", key, kind, c => read(c.Isotropy), (c, v) => c with { Isotropy = write(c.Isotropy, v) }, doc);

        var width = new OrWord<double>(new RealNumber(0, 100, minExcluded: true), "announced");
        yield return Row("psf_lateral_um", width, o => o.PsfLateralUm, (o, v) => o with { PsfLateralUm = v },
            "Width of the point spread function in y and x, from half maximum to half maximum.");
        yield return Row("psf_axial_um", width, o => o.PsfAxialUm, (o, v) => o with { PsfAxialUm = v },
            "The same in z.");
        yield return Row("beads_file", new FileOrNone(), o => o.BeadsFile, (o, v) => o with { BeadsFile = v is null ? null : Path.GetFullPath(v) },
            "TIFF stack of beads to measure the point spread function on instead, at the scan's pixel size.");
        yield return Row("kernel", new Choice<DegradationKernel>(("split", DegradationKernel.Split), ("full", DegradationKernel.Full)),
            o => o.Kernel, (o, v) => o with { Kernel = v },
            "What networks learn to undo: what axial blur has beyond lateral blur, or all of it, which sharpens within planes as well and can err there.");
        yield return Row("steps", new WholeNumber<int>(1, 1_000_000), o => o.Steps, (o, v) => o with { Steps = v },
            "Training steps of a network.");
        yield return Row("batch_size", new WholeNumber<int>(1, 256), o => o.BatchSize, (o, v) => o with { BatchSize = v },
            "Patches per training step.");
        yield return Row("patch_px", new WholeNumber<int>(16, 512, multipleOf: 4), o => o.PatchPx, (o, v) => o with { PatchPx = v },
            "Edge of a training patch, in pixels.");
        yield return Row("iterations", new WholeNumber<int>(1, 1000), o => o.Iterations, (o, v) => o with { Iterations = v },
            "Iterations of Richardson-Lucy deconvolution; fewer for noisy volumes.");
    }

    private static IEnumerable<Setting> Prediction()
    {
        Setting<T> Row<T>(string key, ValueKind<T> kind, Func<PredictionOptions, T> read, Func<PredictionOptions, T, PredictionOptions> write, string doc) =>
            new("prediction", key, kind, c => read(c.Prediction), (c, v) => c with { Prediction = write(c.Prediction, v) }, doc);

        yield return Row("weights_file", new FileOrNone(), o => o.WeightsFile, (o, v) => o with { WeightsFile = v is null ? null : Path.GetFullPath(v) },
            "Weights that 'acquisition train' made (model.safetensors); needed by models that are trained before the scan.");
        yield return Row("objective", new FreeText(), o => o.Objective, (o, v) => o with { Objective = v },
            "The objective of the scan, where the microscope does not announce it; must be the one that the model was trained with.");
        yield return Row("gain", new OrWord<double>(new RealNumber(0, 1e6), "unknown"), o => o.Gain, (o, v) => o with { Gain = v },
            "The scan's detector gain in the unit that the model's training was told it in; must be the same.");
    }

    private static IEnumerable<Setting> Training()
    {
        Setting<T> Row<T>(string key, ValueKind<T> kind, Func<TrainingConfig, T> read, Func<TrainingConfig, T, TrainingConfig> write, string doc, bool required = false) =>
            new("training", key, kind, c => read(c.Training!), (c, v) => c with { Training = write(c.Training ?? AppConfig.DraftTraining, v) }, doc)
            { Required = required, IsGiven = c => c.Training is not null };

        yield return Row("input", TextValue.Folder, o => o.Input, (o, v) => o with { Input = Path.GetFullPath(v) },
            "Images of the kind that is to be restored: a folder of TIFFs or an OME-Zarr.", required: true);
        yield return Row("target", TextValue.Folder, o => o.Target, (o, v) => o with { Target = Path.GetFullPath(v) },
            "Images of the kind that results are to look like; of paired models, the same fields in the same order.", required: true);
        yield return Row("preset", new Choice<TrainingPreset>(("literal", TrainingPreset.Literal), ("safe", TrainingPreset.Safe), ("small", TrainingPreset.Small)),
            o => o.Preset, (o, v) => o with { Preset = v },
            "literal: networks and losses of the paper. safe: its networks, with losses in which agreement with the data outweighs the adversary. small: safe, with networks that two processor cores train in minutes.");
        yield return Row("steps", new OrWord<int>(new WholeNumber<int>(1, 10_000_000), "preset"), o => o.Steps, (o, v) => o with { Steps = v },
            "Training steps; preset for as many as the preset takes.");
        yield return Row("report_every", new WholeNumber<int>(1, 1_000_000), o => o.ReportEvery, (o, v) => o with { ReportEvery = v },
            "Steps from one report to the next, each with scores on held-out images, a preview and a checkpoint.");
        yield return Row("patience", new WholeNumber<int>(0, 10_000), o => o.Patience, (o, v) => o with { Patience = v },
            "Training ends after so many reports without a better score; 0 for never.");
        yield return Row("held_out", new RealNumber(0, 0.5), o => o.HeldOutShare, (o, v) => o with { HeldOutShare = v },
            "Share of images that nothing is learned from and scores are taken on; at least one.");
        yield return Row("registration", new Choice<bool>(("auto", true), ("none", false)), o => o.Registration, (o, v) => o with { Registration = v },
            "Of paired models, whether pairs are moved onto each other first, and places left out where they do not match.");
        yield return Row("channel", new WholeNumber<int>(0, 63), o => o.Channel, (o, v) => o with { Channel = v },
            "Channel to learn from, counted from 0; one model a channel.");
        yield return Row("start_file", new FileOrNone(), o => o.StartFile, (o, v) => o with { StartFile = v is null ? null : Path.GetFullPath(v) },
            "Weights of the same model and preset to go on from, to make a model for another kind of sample in fewer steps.");
        yield return Row("overrides", new NamedValues(), o => o.Overrides, (o, v) => o with { Overrides = v },
            "Settings of the model to replace those of the preset, for experts; 'acquisition models FILE' shows their names.");
        foreach (var (side, of) in (IEnumerable<(string, string)>)[("input", "what is restored"), ("target", "what results are to look like")])
        {
            bool isInput = side == "input";
            Setting<T> Of<T>(string key, ValueKind<T> kind, Func<LibrarySetting, T> read, Func<LibrarySetting, T, LibrarySetting> write, string doc) => Row(
                $"{side}_{key}", kind, o => read(isInput ? o.InputSetting : o.TargetSetting),
                (o, v) => isInput ? o with { InputSetting = write(o.InputSetting, v) } : o with { TargetSetting = write(o.TargetSetting, v) }, doc);

            yield return Of("voxel_um", new VoxelOrFile(), o => o.Voxel, (o, v) => o with { Voxel = v }, $"Voxel size of {of}, where its files do not tell.");
            yield return Of("objective", new FreeText(), o => o.Objective, (o, v) => o with { Objective = v },
                $"Objective of {of}, kept with the weights{(isInput ? "; scans with another are refused" : "")}.");
            yield return Of("gain", new OrWord<double>(new RealNumber(0, 1e6), "unknown"), o => o.Gain, (o, v) => o with { Gain = v },
                $"Detector gain of {of}, in any unit, kept with the weights{(isInput ? "; scans at another are refused" : "")}.");
        }
    }

    private static IEnumerable<Setting> Storage()
    {
        Setting<T> Row<T>(string key, ValueKind<T> kind, Func<StorageOptions, T> read, Func<StorageOptions, T, StorageOptions> write, string doc, bool required = false) =>
            new("storage", key, kind, c => read(c.Storage), (c, v) => c with { Storage = write(c.Storage, v) }, doc) { Required = required };

        yield return Row("root", TextValue.Folder, o => o.Root, (o, v) => o with { Root = Path.GetFullPath(v) },
            "Folder that receives one folder per run; made when only it is missing. A relative path counts from where the program is started.",
            required: true);
        yield return Row("compression", new Choice<Compression>(
                ("auto", Compression.Auto), ("blosc", Compression.Blosc), ("gzip", Compression.Gzip), ("none", Compression.None)),
            o => o.Compression, (o, v) => o with { Compression = v },
            "Lossless compression; auto takes blosc where its library is installed and gzip, which is much slower, elsewhere.");
        yield return Row("chunk_planes", new WholeNumber<int>(1, 256), o => o.ChunkPlanes, (o, v) => o with { ChunkPlanes = v },
            "Most planes in one chunk, the smallest piece that a reader can load.");
        yield return Row("chunk_edge_px", new WholeNumber<int>(16, 1024), o => o.ChunkEdgePx, (o, v) => o with { ChunkEdgePx = v },
            "Longest edge of a chunk in y and x, in pixels.");
    }

    private static IEnumerable<Setting> Publish()
    {
        Setting<T> Row<T>(string key, ValueKind<T> kind, Func<PublisherOptions, T> read, Func<PublisherOptions, T, PublisherOptions> write, string doc, bool required = false) =>
            new("publish", key, kind, c => read(c.Publish!), (c, v) => c with { Publish = write(c.Publish ?? AppConfig.DraftPublisher, v) }, doc)
            { Required = required, IsGiven = c => c.Publish is not null };

        yield return Row("address", TextValue.Address, o => o.Address, (o, v) => o with { Address = v },
            "Endpoint that subscribers connect to.", required: true);
        yield return Row("bind", new Flag(), o => o.Bind, (o, v) => o with { Bind = v },
            "Whether this side binds the address and subscribers connect to it.");
        yield return Row("stream", new StreamName(), o => o.Stream, (o, v) => o with { Stream = v },
            "Name of the stream in the topics acq.<stream>.volume and .status; \"*\" for the name that the scan came under.");
        yield return Row("high_water_mark", new WholeNumber<int>(1, 1000), o => o.HighWaterMark, (o, v) => o with { HighWaterMark = v },
            "Most volumes queued for one slow subscriber; further ones are not sent to it.");
        foreach (Setting setting in Security("publish", c => (c.Publish ?? AppConfig.DraftPublisher).Security,
            (c, v) => c with { Publish = (c.Publish ?? AppConfig.DraftPublisher) with { Security = v } }, c => c.Publish is not null))
        {
            yield return setting;
        }
    }

    private static IEnumerable<Setting> Pipeline()
    {
        yield return new Setting<long>("pipeline", "memory_budget_mib", new MebiBytes(1, 1 << 22), c => c.Pipeline.MemoryBudgetBytes,
            (c, v) => c with { Pipeline = c.Pipeline with { MemoryBudgetBytes = v } },
            "Most memory for volumes: being assembled, waiting for the disk, or held for restoration.");
        yield return new Setting<TimeSpan?>("pipeline", "first_frame_timeout_s", new OrWord<TimeSpan>(new Seconds(30 * DaySeconds), "never"), c => c.Pipeline.FirstFrameTimeout,
            (c, v) => c with { Pipeline = c.Pipeline with { FirstFrameTimeout = v } },
            "How long to wait for the first frame.");
        yield return new Setting<TimeSpan>("pipeline", "frame_timeout_s", new Seconds(DaySeconds), c => c.Pipeline.FrameTimeout,
            (c, v) => c with { Pipeline = c.Pipeline with { FrameTimeout = v } },
            "Silence in mid-volume after which a running scan counts as lost; never below five exposures.");
        yield return new Setting<TimeSpan>("pipeline", "pause_timeout_s", new Seconds(30 * DaySeconds), c => c.Pipeline.PauseTimeout,
            (c, v) => c with { Pipeline = c.Pipeline with { PauseTimeout = v } },
            "Silence between volumes after which a running scan counts as lost; never below the interval that the scan announced.");
        yield return new Setting<int>("pipeline", "open_volumes_per_channel", new WholeNumber<int>(1, 16), c => c.Pipeline.OpenVolumesPerChannel,
            (c, v) => c with { Pipeline = c.Pipeline with { OpenVolumesPerChannel = v } },
            "Volumes of one channel that may receive at once; the first frame of a further one closes the oldest with planes missing.");
        yield return new Setting<TimeSpan>("pipeline", "volume_timeout_s", new Seconds(DaySeconds), c => c.Pipeline.VolumeTimeout,
            (c, v) => c with { Pipeline = c.Pipeline with { VolumeTimeout = v } },
            "Silence of one volume, while others receive, after which it is closed with planes missing.");
        yield return new Setting<LagPolicy>("pipeline", "lag_policy",
            new Choice<LagPolicy>(("all", LagPolicy.All), ("latest", LagPolicy.Latest), ("every-nth", LagPolicy.EveryNth)),
            c => c.Pipeline.LagPolicy, (c, v) => c with { Pipeline = c.Pipeline with { LagPolicy = v } },
            "Which volume is restored next while restoration lags: the oldest, the newest, or every Nth time point first. The others follow when there is time.");
        yield return new Setting<int>("pipeline", "every_nth", new WholeNumber<int>(2, 1000), c => c.Pipeline.EveryNth,
            (c, v) => c with { Pipeline = c.Pipeline with { EveryNth = v } },
            "The N of every-nth.");
        yield return new Setting<bool>("pipeline", "previews", new Flag(), c => c.Pipeline.Previews,
            (c, v) => c with { Pipeline = c.Pipeline with { Previews = v } },
            "Whether the newest volume is published provisionally while the network is tuned.");
    }

    private static IEnumerable<Setting> Metrics()
    {
        Setting<T> Row<T>(string key, ValueKind<T> kind, Func<MetricsOptions, T> read, Func<MetricsOptions, T, MetricsOptions> write, string doc, bool required = false) =>
            new("metrics", key, kind, c => read(c.Metrics!), (c, v) => c with { Metrics = write(c.Metrics ?? AppConfig.DraftMetrics, v) }, doc)
            { Required = required, IsGiven = c => c.Metrics is not null };

        yield return Row("otlp_endpoint", TextValue.HttpAddress, o => o.OtlpEndpoint, (o, v) => o with { OtlpEndpoint = v },
            "Collector of OpenTelemetry that takes OTLP over HTTP; /v1/metrics is added to an address without a path. A run does not wait for it.",
            required: true);
        yield return Row("period_s", new Seconds(3600), o => o.Period, (o, v) => o with { Period = v },
            "Time between two exports.");
    }

    private static IEnumerable<Setting> Viewer()
    {
        Setting<T> Row<T>(string key, ValueKind<T> kind, Func<ViewerSettings, T> read, Func<ViewerSettings, T, ViewerSettings> write, string doc) =>
            new("viewer", key, kind, c => read(c.Viewer), (c, v) => c with { Viewer = write(c.Viewer, v) }, doc);

        yield return Row("enabled", new Flag(), o => o.Enabled, (o, v) => o with { Enabled = v },
            "Whether the page is served.");
        yield return Row("address", TextValue.ViewerAddress, o => o.Address, (o, v) => o with { Address = v },
            "Where it is served. Port 0 takes a free one; on another address than 127.0.0.1, or with * for all of them, tokens are asked for.");
        yield return Row("open_browser", new Flag(), o => o.OpenBrowser, (o, v) => o with { OpenBrowser = v },
            "Whether a browser is opened when the program is started in a terminal on a desktop.");
        yield return Row("require_token", new Flag(), o => o.RequireToken, (o, v) => o with { RequireToken = v },
            "Whether a token is asked for on 127.0.0.1 too, for machines that others use as well.");
        yield return Row("token_file", new FileOrNone(), o => o.TokenFile, (o, v) => o with { TokenFile = v is null ? null : Path.GetFullPath(v) },
            "File with the token of those who may only look; without one it is made up at each start and printed.");
        yield return Row("operator_token_file", new FileOrNone(), o => o.OperatorTokenFile, (o, v) => o with { OperatorTokenFile = v is null ? null : Path.GetFullPath(v) },
            "File with the token of those who may stop the scan and tune again.");
        yield return Row("certificate_file", new FileOrNone(), o => o.CertificateFile, (o, v) => o with { CertificateFile = v is null ? null : Path.GetFullPath(v) },
            "PKCS #12 file with certificate and key, for an address with https.");
        yield return Row("certificate_password_file", new FileOrNone(), o => o.CertificatePasswordFile, (o, v) => o with { CertificatePasswordFile = v is null ? null : Path.GetFullPath(v) },
            "File with that file's password.");
        yield return Row("data_origins", new Origins(), o => o.DataOrigins, (o, v) => o with { DataOrigins = v },
            "Sites whose pages may read the run's datasets from /data in a browser.");
        yield return Row("memory_budget_mib", new MebiBytes(16, 1 << 20), o => o.MemoryBudgetBytes, (o, v) => o with { MemoryBudgetBytes = v },
            "Most memory for pictures, all pages together; what has no room is not shown.");
        yield return Row("bandwidth_mib_s", new MebiBytes(1, 1 << 14), o => o.BytesPerSec, (o, v) => o with { BytesPerSec = v },
            "Most that volumes of a running scan take, all pages together; planes through the crosshair go out beside them.");
    }

    private static IEnumerable<Setting> Scoring()
    {
        yield return new Setting<string>("scoring", "truth", TextValue.Folder, c => c.TruthFolder!,
            (c, v) => c with { TruthFolder = Path.GetFullPath(v) },
            "Folder with the originals as t000_c0.tif, t001_c0.tif and so on.")
        { Required = true, IsGiven = c => c.TruthFolder is not null };
    }
}
