using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Training;

namespace Acquisition.Benchmarks.Torch;

/// <summary>Made-up volumes and models.</summary>
internal static class Volumes
{
    public static FloatVolume Random(VolumeShape shape)
    {
        var random = new Random(1);
        var volume = new FloatVolume(shape);
        for (int z = 0; z < shape.Z; z++)
        {
            foreach (ref float sample in volume.Plane(z)) sample = random.NextSingle();
        }
        return volume;
    }

    public static TunedModel Model(Factors factors) =>
        new SelfVisionModel(NetworkVariant.Public, [new(factors, [.. Parameters(new NetworkLayout(NetworkVariant.Public, factors), 8)])]);

    /// <summary>As tuning begins, but with some detail: half precision is judged by what it does to that.</summary>
    public static float[] Parameters(NetworkLayout layout, int planes)
    {
        var random = new Random(2);
        float[] parameters = Initialisation.Draw(layout, planes, random);
        for (int i = layout.Layers[^1].StoredAt; i < parameters.Length; i++) parameters[i] = 0.05f * (2 * random.NextSingle() - 1);
        return parameters;
    }
}
