using Acquisition.Core;
using Acquisition.Restoration.Sampling;
using Acquisition.Restoration.Training;

namespace Acquisition.Restoration.Uncertainty;

/// <summary>Learns what errors a restoration makes: the acquired volume is shrunk, restored as it will be, and compared with itself
/// on the blocks that tuning never learned from.</summary>
public static class ErrorCalibration
{
    /// <summary>Takes a restoration of one volume of the size of its shrunk copy, an eighth of what restoring the volume takes or less.</summary>
    /// <remarks>Errors on the finer grid are not those on the acquired one: there is less left to miss, but the noise that averaging
    /// over a sample hid comes back. Were all of it white noise, errors would grow by <see cref="NoiseGrowth"/>. On thirteen pairs of
    /// real volumes the right factor lay between 0.4 and 1.8, and the growth's fourth root, 1.3 to 1.4, came closest to nominal
    /// coverage over all of them (tests/studies/uncertainty.md).</remarks>
    /// <param name="engine">What restores.</param>
    /// <param name="model">What it restores with; <see langword="null"/> for cubic interpolation and back-projection.</param>
    /// <param name="acquired">The volume that the model was tuned on; lent until the call returns, not changed.</param>
    /// <param name="floor">Smallest value a restored sample may take.</param>
    /// <exception cref="RestorationException">The volume cannot be shrunk, so that nothing is known of errors.</exception>
    public static ErrorModel Measure(
        IRestorationEngine engine, TunedModel? model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(acquired);
        ArgumentNullException.ThrowIfNull(options);
        RequireShrinkable(acquired.Shape, factors);

        using FloatVolume? region = TuningRegion.Of(acquired);
        FloatVolume whole = region ?? acquired;
        using FloatVolume judged = Trimmed(whole, FirstStage(factors)), truth = Trimmed(judged, factors);
        // As a tuner draws them, on the same volume and from the same seed.
        using var heldOut = new HeldOutBlocks(judged, new Random(options.Seed));
        using FloatVolume coarse = new(Resampling.ShrunkShape(truth.Shape, factors)), restored = new(truth.Shape);
        Resampling.Shrink(truth, factors, coarse, options.Threads, cancellation);
        SampleRange.Of(truth).Clamp(coarse);
        engine.Restore(model, coarse, factors, floor, options, restored, out _, cancellation);

        var samples = Gather(restored, truth, heldOut.TrainingWeights);
        return ErrorFit.Fit([.. samples.Brightness], [.. samples.Gradient], [.. samples.Error], Math.Pow(NoiseGrowth(factors), 0.25));
    }

    /// <summary>Standard deviation of white noise over that of its shrunk copy.</summary>
    internal static double NoiseGrowth(Factors factors) =>
        1 / Math.Sqrt(OnAxis(factors.Z) * OnAxis(factors.Y) * OnAxis(factors.X));

    private static double OnAxis(int factor)
    {
        double sum = 0;
        foreach (float weight in CubicTaps.Shrinking(factor).Weights(0)) sum += (double)weight * weight;
        return sum;
    }

    private static (List<float> Brightness, List<float> Gradient, List<float> Error) Gather(
        FloatVolume restored, FloatVolume truth, FloatVolume trainingWeights)
    {
        List<float> brightness = [], gradient = [], error = [];
        VolumeShape shape = truth.Shape;
        var steep = new float[shape.PlaneVoxels];
        for (int z = 0; z < shape.Z; z++)
        {
            Gradient.Plane(restored, z, steep);
            ReadOnlySpan<float> found = restored.Plane(z), expected = truth.Plane(z), weights = trainingWeights.Plane(z);
            for (int y = 0; y < shape.Y; y++)
            {
                for (int x = 0; x < shape.X; x++)
                {
                    if (weights[y * trainingWeights.Shape.X + x] > 0) continue;
                    int i = y * shape.X + x;
                    brightness.Add(found[i]);
                    gradient.Add(steep[i]);
                    error.Add(Math.Abs(found[i] - expected[i]));
                }
            }
        }
        return (brightness, gradient, error);
    }

    /// <summary>Tuning trims to whole samples of its first stage before it draws its blocks.</summary>
    private static Factors FirstStage(Factors factors) => new(Math.Min(factors.Z, 2), Math.Min(factors.Y, 2), Math.Min(factors.X, 2));

    private static FloatVolume Trimmed(FloatVolume volume, Factors factors)
    {
        VolumeShape all = volume.Shape;
        var copy = new FloatVolume(new VolumeShape(all.Z / factors.Z * factors.Z, all.Y / factors.Y * factors.Y, all.X / factors.X * factors.X));
        new Crop(0, 0, 0, false, false, false, false).Read(volume, copy);
        return copy;
    }

    private static void RequireShrinkable(VolumeShape shape, Factors factors)
    {
        if (!factors.IsSupported || factors == Factors.One)
            throw new RestorationException($"The undersampling factors are {factors} (z,y,x); errors can be measured only where an axis is undersampled by 2 or 4.");
        if (shape.Z < factors.Z || shape.Y < factors.Y || shape.X < factors.X)
            throw new RestorationException(
                $"A {shape} volume cannot be shrunk by {factors} (z,y,x), so the errors of its restoration cannot be measured. Scan a larger volume, or turn restoration.uncertainty off.");
    }
}
