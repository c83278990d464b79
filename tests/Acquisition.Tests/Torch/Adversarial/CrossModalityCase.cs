using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Acquisition.Torch.Adversarial;
using Acquisition.Torch.Adversarial.CrossModality;
using TorchSharp;
using static TorchSharp.torch;

namespace Acquisition.Tests.Torch.Adversarial;

/// <summary>Pairs and networks for the tests beside it: small enough for seconds.</summary>
internal static class CrossModalityCase
{
    public static CrossModalitySettings Settings { get; } = new()
    {
        GeneratorChannels = 4,
        DiscriminatorChannels = 2,
        WeightDraw = WeightDraw.He,
        PatchPx = 32,
        Batch = 2,
        GeneratorRate = 2e-3,
        DiscriminatorRate = 1e-4,
        Steps = 12,
        PretrainingSteps = 4,
        SquareErrorShare = 0.3,
        SimilarityShare = 0.2,
        StepsToReweigh = 5,
    };

    public static TrainingOptions Options { get; } = new() { Threads = 1, Seed = 5, Device = TorchCases.Device, HeldOutShare = 0.3 };

    /// <summary>Soft rods, two planes an image, blurred and sharp.</summary>
    public static (ImageLibrary Input, ImageLibrary Target) Libraries(int images = 4)
    {
        FloatVolume[] sharp = [.. Enumerable.Range(0, images).Select(seed => Scaled(Volumes.Rods(new VolumeShape(2, 40, 48), seed)))];
        return (Library([.. sharp.Select(image => Volumes.Blurred(image, 4))]), Library(sharp));
    }

    public static ImageLibrary Library(params FloatVolume[] images) => new()
    {
        Images = [.. images],
        Card = LibraryCard.Of(images, new VoxelSize { ZUm = 0.1, YUm = 0.03, XUm = 0.03 }, objective: null, gain: null),
    };

    public static CrossModalityTraining Training(CrossModalitySettings? settings = null, TrainingOptions? options = null)
    {
        var (input, target) = Libraries();
        return new CrossModalityTraining(input, target, options ?? Options, settings ?? Settings);
    }

    /// <summary>Writes a network's parameters where the oracle looks for them.</summary>
    public static void Write(RestorationOracle oracle, string name, nn.Module network)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (var (parameter, tensor) in network.named_parameters())
            File.WriteAllBytes(Path.Combine(oracle.Folder, $"{name}.{parameter}.f32"), tensor.detach().cpu().bytes.ToArray());
    }

    public static void Write(RestorationOracle oracle, string name, float[] samples) =>
        File.WriteAllBytes(Path.Combine(oracle.Folder, name + ".f32"), MemoryMarshal.AsBytes<float>(samples));

    public static float[] Noise(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
    }

    /// <summary>Biases start at 0, where nothing would be learned about them.</summary>
    public static void Disturb(nn.Module network, int seed)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        foreach (var (_, parameter) in network.named_parameters())
            parameter.add_(tensor(Noise((int)parameter.numel(), seed++)).sub(0.3).mul(0.05).reshape(parameter.shape).to(parameter.device));
    }

    private static FloatVolume Scaled(FloatVolume image) => Volumes.From(image.Shape, [.. Volumes.Samples(image).Select(sample => 100 + 900 * sample)]);
}
