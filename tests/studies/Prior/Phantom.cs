using Acquisition.Core;
using Acquisition.HardwareSim;
using Acquisition.HardwareSim.Optics;
using Acquisition.HardwareSim.Phantoms;
using FloatVolume = Acquisition.Restoration.FloatVolume;
using SimVolume = Acquisition.HardwareSim.FloatVolume;

namespace Acquisition.Studies.Prior;

/// <summary>A specimen that does not exist, seen through a microscope drawn at random, with noise and without.</summary>
/// <remarks>Both volumes are scaled as the product scales what it acquires: the 0.1 and the 99.99 percentile of the noisy one become 0 and 1.</remarks>
internal sealed class Phantom : IDisposable
{
    private const double LowShare = 0.001;
    private const double HighShare = 0.9999;

    private Phantom(FloatVolume clean, FloatVolume noisy) => (Clean, Noisy) = (clean, noisy);

    public FloatVolume Clean { get; }

    public FloatVolume Noisy { get; }

    /// <summary>The same seed draws the same phantom.</summary>
    public static Phantom Draw(VolumeShape shape, int seed)
    {
        var random = new SeededRandom(seed, 1);
        double lateralUm = random.Next(0.12, 0.45), axialUm = lateralUm * random.Next(1, 3);
        var voxel = new VoxelSize { ZUm = axialUm, YUm = lateralUm, XUm = lateralUm };
        var field = new Field(shape, voxel);
        IPhantom[] specimens = [new Nuclei(field, seed, false), new Neurites(field, seed, false), new Beads(field, seed, false)];
        double lateral = random.Next(1.5, 5), axial = random.Next(1.2, 4.5); // width of the point spread, voxels
        var spread = new PointSpread { FwhmUm = new() { ZUm = axial * axialUm, YUm = lateral * lateralUm, XUm = lateral * lateralUm } };

        // One specimen outshines the others.
        int first = random.Next(specimens.Length);
        var light = new SimVolume(shape);
        for (int i = 0; i < specimens.Length; i++)
        {
            double weight = i == first ? 1 : random.NextUnit() < 0.5 ? 0 : random.Next(0.1, 0.7);
            if (weight == 0) continue;
            var drawn = new SimVolume(shape);
            specimens[i].Draw(0, 0, drawn);
            drawn = spread.Blur(drawn, voxel);
            float brightest = drawn.Samples.Max();
            if (!(brightest > 0)) continue;
            for (int k = 0; k < drawn.Samples.Length; k++) light.Samples[k] += (float)weight / brightest * drawn.Samples[k];
        }

        double peak = 200 * Math.Pow(25, random.NextUnit()), background = random.Next(0, 0.05);
        Detector detector = Detector.Camera with { PeakPhotons = peak, GainAdu = 10 };
        var exposed = new float[light.Samples.Length];
        for (int k = 0; k < exposed.Length; k++)
        {
            float photons = (float)(peak * (Math.Max(light.Samples[k], 0) + background));
            light.Samples[k] = detector.Ideal(photons);
            exposed[k] = detector.Expose(photons, random);
        }
        float[] sorted = [.. exposed.Order()];
        float low = sorted[(int)(LowShare * (sorted.Length - 1))], high = sorted[(int)(HighShare * (sorted.Length - 1))];
        return new(Scaled(light.Samples, shape, low, high), Scaled(exposed, shape, low, high));
    }

    public void Dispose()
    {
        Clean.Dispose();
        Noisy.Dispose();
    }

    private static FloatVolume Scaled(float[] samples, VolumeShape shape, float low, float high)
    {
        var volume = new FloatVolume(shape);
        for (int z = 0; z < shape.Z; z++)
        {
            Span<float> plane = volume.Plane(z);
            for (int i = 0; i < plane.Length; i++)
                plane[i] = Math.Clamp((samples[z * shape.PlaneVoxels + i] - low) / (high - low), 0, 1);
        }
        return volume;
    }
}
