using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Training;
using Acquisition.Tests.Support;
using Acquisition.Torch;

namespace Acquisition.Tests.Torch;

/// <summary>What tests of the Torch engine share.</summary>
internal static class TorchCases
{
    /// <summary>Where the tests run: "cpu", or what the environment names, such as "cuda:0".</summary>
    public static string Device => Environment.GetEnvironmentVariable("ACQUISITION_TEST_DEVICE") is { Length: > 0 } device ? device : "cpu";

    /// <summary>Skips the test, with the reason, where the device cannot be used.</summary>
    public static void Require()
    {
        string? reason = TorchEngine.WhyUnavailable(Device);
        Xunit.Assert.SkipWhen(reason is not null, reason ?? "");
    }

    /// <summary>A model whose detail is a few hundredths of the samples.</summary>
    public static SelfVisionModel Model(NetworkVariant variant, Factors factors, int seed = 5)
    {
        var random = new Random(seed);
        var stages = ImmutableArray.CreateBuilder<TunedStage>();
        for (Factors left = factors; left != Factors.One;)
        {
            var stage = new Factors(Math.Min(left.Z, 2), Math.Min(left.Y, 2), Math.Min(left.X, 2));
            stages.Add(new(stage, [.. Parameters(new NetworkLayout(variant, stage), random)]));
            left = new(left.Z / stage.Z, left.Y / stage.Y, left.X / stage.X);
        }
        return new SelfVisionModel(variant, stages.ToImmutable());
    }

    public static float[] Parameters(NetworkLayout layout, Random random)
    {
        float[] parameters = Initialisation.Draw(layout, 4, random);
        for (int i = layout.Layers[^1].StoredAt; i < layout.StoredCount; i++) parameters[i] = 0.05f * (2 * random.NextSingle() - 1);
        return parameters;
    }

    /// <summary>Largest difference relative to the largest expected value.</summary>
    public static double Relative(IReadOnlyList<float> expected, IReadOnlyList<float> found) =>
        Volumes.MaxError(expected, found) / expected.Max(Math.Abs);
}
