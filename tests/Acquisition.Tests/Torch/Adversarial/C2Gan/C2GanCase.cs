using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Acquisition.Torch.Adversarial;
using Acquisition.Torch.Adversarial.C2Gan;

namespace Acquisition.Tests.Torch.Adversarial.C2Gan;

/// <summary>Tiny networks, libraries and weights for the tests beside it, and what the oracle is told of them.</summary>
internal static class C2GanCase
{
    public static C2GanSettings Settings { get; } = new()
    {
        Steps = 6,
        PatchPx = 16,
        Channels = 2,
        Blocks = 2,
        DiscriminatorChannels = 3,
        DiscriminatorLayers = 3,
        DiscriminatorHalvings = 2,
        LearningRate = 1e-3,
        ContentWeight = 7,
        ContentFloor = 1,
        ContentDecay = 3,
        FirstSlope = 8,
        LastSlope = 20,
        PoolImages = 2,
    };

    public static TrainingOptions Options { get; } = new() { Preset = TrainingPreset.Small, Seed = 3, Threads = 1, Device = TorchCases.Device };

    /// <summary>Planes of noise around soft spots, in camera units.</summary>
    public static ImageLibrary Library(int planes, int height, int width, int seed, double gain = 1) => Library(Enumerable.Range(0, planes).Select(plane =>
    {
        var random = new Random(1000 * seed + plane);
        double y0 = random.Next(height), x0 = random.Next(width);
        return Volumes.From(new VolumeShape(1, height, width), (_, y, x) =>
            gain * (100 + 20 * random.NextDouble() + 300 * Math.Exp(-((y - y0) * (y - y0) + (x - x0) * (x - x0)) / 20)));
    }));

    public static ImageLibrary Library(IEnumerable<FloatVolume> images)
    {
        ImmutableArray<FloatVolume> all = [.. images];
        return new() { Images = all, Card = LibraryCard.Of(all, new VoxelSize { ZUm = 1, YUm = 0.2, XUm = 0.2 }, null, null) };
    }

    public static C2GanTraining Begin(ImageLibrary input, ImageLibrary target, C2GanSettings? settings = null, TrainingOptions? options = null) =>
        new(input, target, options ?? Options, settings ?? Settings);

    /// <summary>A model whose every tensor is drawn wide enough that each matters, biases and scales too.</summary>
    public static OfflineModel Drawn(C2GanSettings settings, int seed = 5)
    {
        using ImageLibraryOwner a = new(Library(2, 16, 16, 1)), b = new(Library(2, 16, 16, 2));
        using C2GanTraining training = Begin(a.Library, b.Library, settings);
        OfflineModel model = training.Model([]);
        var random = new Random(seed);
        return new OfflineModel(model.Card, model.Tensors.ToImmutableSortedDictionary(
            pair => pair.Key,
            pair => pair.Value with { Values = pair.Value.Values.ToArray().Select(value => value + 0.2f * (random.NextSingle() - 0.5f)).ToArray() },
            StringComparer.Ordinal));
    }

    /// <summary>Writes tensors and case.json for tests/oracles/c2gan.py.</summary>
    public static void Tell(RestorationOracle oracle, OfflineModel? model, C2GanSettings settings, Dictionary<string, object> more)
    {
        foreach (SafeTensor tensor in model?.Tensors.Values ?? []) Write(oracle, tensor.Name, tensor.Values.Span);
        var all = new Dictionary<string, object>(more)
        {
            ["tensors"] = model?.Tensors.Values.ToDictionary(tensor => tensor.Name, tensor => tensor.Shape) ?? [],
            ["blocks"] = settings.Blocks,
            ["strides"] = Enumerable.Range(0, settings.DiscriminatorLayers).Select(layer => layer < settings.DiscriminatorHalvings ? 2 : 1),
            ["real"] = settings.RealLabel,
            ["adversary"] = settings.AdversaryWeight,
            ["cycle"] = settings.CycleWeight,
        };
        File.WriteAllText(Path.Combine(oracle.Folder, "case.json"), JsonSerializer.Serialize(all));
    }

    public static void Write(RestorationOracle oracle, string name, ReadOnlySpan<float> samples) =>
        File.WriteAllBytes(Path.Combine(oracle.Folder, name + ".f32"), MemoryMarshal.AsBytes(samples));

    public static JsonElement Answer(RestorationOracle oracle, string name) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(oracle.Folder, name + ".json"))).RootElement;
}
