using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Tests.Support;

/// <summary>Small volumes for tests of restoration.</summary>
internal static class Volumes
{
    public static FloatVolume From(VolumeShape shape, float[] samples)
    {
        var volume = new FloatVolume(shape);
        for (int z = 0; z < shape.Z; z++) samples.AsSpan(z * shape.PlaneVoxels, shape.PlaneVoxels).CopyTo(volume.Plane(z));
        return volume;
    }

    public static FloatVolume From(VolumeShape shape, Func<int, int, int, double> sample)
    {
        var volume = new FloatVolume(shape);
        for (int z = 0; z < shape.Z; z++)
        {
            for (int y = 0; y < shape.Y; y++)
            {
                for (int x = 0; x < shape.X; x++) volume.Plane(z)[y * shape.X + x] = (float)sample(z, y, x);
            }
        }
        return volume;
    }

    public static FloatVolume Random(VolumeShape shape, int seed)
    {
        var random = new Random(seed);
        return From(shape, (_, _, _) => random.NextDouble());
    }

    /// <summary>Soft rods in many directions on a dark background: detail that returns at every scale.</summary>
    public static FloatVolume Rods(VolumeShape shape, int seed)
    {
        var random = new Random(seed);
        var rods = Enumerable.Range(0, Math.Max(4, (int)(shape.Voxels / 2500))).Select(_ => (
            Z: random.NextDouble() * shape.Z, Y: random.NextDouble() * shape.Y, X: random.NextDouble() * shape.X,
            Angle: random.NextDouble() * Math.PI, Length: 4 + 8 * random.NextDouble(), Light: 0.3 + 0.7 * random.NextDouble())).ToArray();
        return From(shape, (z, y, x) =>
        {
            double light = 0.05;
            foreach (var rod in rods)
            {
                double dy = y - rod.Y, dx = x - rod.X, dz = z - rod.Z;
                double along = dy * Math.Sin(rod.Angle) + dx * Math.Cos(rod.Angle);
                double over = Math.Max(0, Math.Abs(along) - rod.Length);
                double across = dy * dy + dx * dx - along * along + dz * dz + over * over;
                light += rod.Light * Math.Exp(-across / 1.6);
            }
            return Math.Min(light, 1);
        });
    }

    /// <summary>Each plane averaged over 3 × 3 samples, several times; borders repeat.</summary>
    public static FloatVolume Blurred(FloatVolume volume, int times)
    {
        float[] samples = Samples(volume);
        VolumeShape shape = volume.Shape;
        for (; times > 0; times--)
        {
            float[] sharp = samples;
            samples = Samples(From(shape, (z, y, x) => (from dy in (int[])[-1, 0, 1] from dx in (int[])[-1, 0, 1] select At(z, y + dy, x + dx)).Average()));

            float At(int z, int y, int x) =>
                sharp[z * shape.PlaneVoxels + Math.Clamp(y, 0, shape.Y - 1) * shape.X + Math.Clamp(x, 0, shape.X - 1)];
        }

        return From(shape, samples);
    }

    public static float[] Samples(FloatVolume volume)
    {
        var all = new float[volume.Shape.Voxels];
        for (int z = 0; z < volume.Shape.Z; z++) volume.Plane(z).CopyTo(all.AsSpan(z * volume.Shape.PlaneVoxels));
        return all;
    }

    /// <summary>Largest difference between samples.</summary>
    public static double MaxError(IReadOnlyList<float> expected, IReadOnlyList<float> found) =>
        expected.Zip(found, (a, b) => Math.Abs((double)a - b)).Max();

    /// <summary>Root of the sum of squared differences over that of the expected values.</summary>
    public static double RelativeError(IReadOnlyList<float> expected, IReadOnlyList<float> found) =>
        Math.Sqrt(expected.Zip(found, (a, b) => ((double)a - b) * ((double)a - b)).Sum() / expected.Sum(a => (double)a * a));
}
