using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;

namespace Acquisition.Torch.Isotropy;

/// <summary>Tells without a truth how well a network suits a stack: lateral planes are made to look like axial sections, and got back.</summary>
/// <remarks>On the middle of a few planes: a few hundredths of restoring a stack of the size that they are cut from.</remarks>
internal static class IsotropicGauge
{
    private const int Planes = 2;
    private const int EdgePx = 192;
    private const double LargestCarry = 1.5;

    /// <param name="kernel">What the network learned to undo.</param>
    /// <returns><see langword="null"/> for planes that are too small, or have no contrast.</returns>
    public static GaugeReading? Measure(
        IsotropicModel model, PlaneKernel kernel, FloatVolume acquired, string device, int threads, CancellationToken cancellation)
    {
        VolumeShape shape = acquired.Shape;
        if (Math.Min(shape.Y, shape.X) < NetworkPlan.Of(model.Network).Multiple) return null;
        var degradation = new LateralDegradation(kernel, model.Ratio);
        using var sections = new IsotropicRestorer(model, new IsotropicRestorerOptions { Device = device, Threads = threads });
        double modelDb = 0, inputDb = 0, along = 0, squares = 0;
        foreach (int z in MostStructured(acquired))
        {
            cancellation.ThrowIfCancellationRequested();
            PlanePair pair = TrainingPlanes.Pair(acquired.Plane(z), shape, model.Scale, degradation, LateralAxis.X, seed: 0).Middle(EdgePx);
            float[] found = sections.Restore(pair);
            modelDb += pair.Psnr(found) / Planes;
            inputDb += pair.Psnr(pair.Input) / Planes;
            for (int p = 0; p < found.Length; p++)
            {
                double added = found[p] - pair.Input[p];
                along += added * (pair.Target[p] - pair.Input[p]);
                squares += added * added;
            }
        }

        return double.IsFinite(modelDb) && double.IsFinite(inputDb) && squares > 0
            ? new GaugeReading(modelDb, inputDb, Math.Clamp(along / squares, 0, LargestCarry))
            : null;
    }

    /// <summary>The planes whose samples vary most.</summary>
    private static int[] MostStructured(FloatVolume volume)
    {
        var variance = new double[volume.Shape.Z];
        for (int z = 0; z < variance.Length; z++)
        {
            double sum = 0, squares = 0;
            foreach (float sample in volume.Plane(z))
            {
                if (!float.IsFinite(sample)) continue;
                sum += sample;
                squares += (double)sample * sample;
            }

            variance[z] = squares - sum * sum / volume.Shape.PlaneVoxels;
        }

        return [.. Enumerable.Range(0, variance.Length).OrderByDescending(z => variance[z]).Take(Planes)];
    }
}
