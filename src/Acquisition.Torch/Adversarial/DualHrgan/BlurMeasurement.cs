using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>Finds the Gaussian and the gain after which means of fine volumes have the structure functions of coarse ones, of other specimens of the same kind.</summary>
/// <remarks>Structure functions (Kolmogorov 1941) are mean squares of the differences between voxels some lags apart along an axis: how they rise with the lag tells the blur, and
/// how high they are the gain. Those of two libraries of one kind are close, while those of one volume, let alone of the few blocks that a critic sees at a
/// time, are far from another's.</remarks>
internal sealed class BlurMeasurement
{
    /// <summary>Coarse voxels across parts that are looked at, where volumes have as many.</summary>
    private const int MaxEdge = 48;

    /// <summary>Parts of a library that are looked at.</summary>
    private const int MaxParts = 32;

    /// <summary>Differences that exceed those of noise by less than this share of them are taken for noise.</summary>
    private const double LeastOfNoise = 0.25;

    private const double MaxDeviation = 8;

    private const double FirstStep = 0.5;

    private const double LastStep = 0.01;

    private static readonly ImmutableArray<int> _lags = [1, 2, 3, 4, 6];

    private readonly Tensor _means;

    /// <summary>Logs of structure functions of the coarse library without noise; no number where there is nothing else.</summary>
    private readonly ImmutableArray<double> _wanted;

    private BlurMeasurement(Tensor acquired, Tensor means, DetectorNoise noise)
    {
        _means = means;
        // Two voxels' noise is in each difference.
        double floor = 2 * (acquired.clamp_min(0) * noise.Slope + noise.Floor).mean().item<float>();
        _wanted = [.. Structure(acquired).Select(of => of > (1 + LeastOfNoise) * floor ? Math.Log(of - floor) : double.NaN)];
        if (_wanted.All(double.IsNaN))
        {
            throw new RestorationException(
                "The input library shows nothing but noise, and how much its objective blurs cannot be told from it. Look at its volumes, or train with the override blur_weight=0.");
        }
    }

    /// <param name="coarse">Acquired with the coarse objective.</param>
    /// <param name="fine">Acquired with the fine one.</param>
    /// <param name="noise">Of the coarse detector, taken off.</param>
    /// <exception cref="RestorationException">There is nothing but noise in the coarse library.</exception>
    public static MeasuredBlur Of(
        ImmutableArray<FloatVolume> coarse, IntensityScale coarseScale, ImmutableArray<FloatVolume> fine, IntensityScale fineScale, DetectorNoise noise)
    {
        using var scope = NewDisposeScope();
        int z = Extent(shape => shape.Z), y = Extent(shape => shape.Y), x = Extent(shape => shape.X);
        Tensor acquired = cat([.. Parts(coarse, coarseScale, new VolumeShape(z, y, x))]);
        Tensor means = cat([.. Parts(fine, fineScale, new VolumeShape(z * FineGrid.Finer, y * FineGrid.Finer, x * FineGrid.Finer)).Select(FineGrid.Means)]);
        return new BlurMeasurement(acquired, means, noise).Search();

        int Extent(Func<VolumeShape, int> of) =>
            Math.Min(MaxEdge, Math.Min(coarse.Min(volume => of(volume.Shape)), fine.Min(volume => of(volume.Shape)) / FineGrid.Finer));
    }

    /// <summary>Pattern search (Hooke and Jeeves 1961) of both deviations.</summary>
    private MeasuredBlur Search()
    {
        var (best, error) = At(1, 1);
        for (double step = FirstStep; step >= LastStep;)
        {
            IEnumerable<(double Z, double Lateral)> around = [(best.Z + step, best.Lateral), (best.Z - step, best.Lateral), (best.Z, best.Lateral + step), (best.Z, best.Lateral - step)];
            var better = around.Where(IsPossible).Select(next => At(next.Z, next.Lateral)).FirstOrDefault(next => next.Error < error);
            if (better.Blur is null) step /= 2;
            else (best, error) = better;
        }

        return best;
    }

    private static bool IsPossible((double Z, double Lateral) deviations) => deviations.Z is >= 0 and <= MaxDeviation && deviations.Lateral is >= 0 and <= MaxDeviation;

    /// <summary>The gain that agrees best with such a blur, and the mean squared difference of logs that is left.</summary>
    private (MeasuredBlur Blur, double Error) At(double z, double lateral)
    {
        using var scope = NewDisposeScope();
        double[] ratios = [.. Structure(MeasuredBlur.Blurred(_means, z, lateral)).Zip(_wanted, (made, wanted) => wanted - Math.Log(made)).Where(double.IsFinite)];
        double mean = ratios.Average();
        return (new MeasuredBlur(z, lateral, Math.Exp(mean / 2)), ratios.Average(ratio => (ratio - mean) * (ratio - mean)));
    }

    private static IEnumerable<double> Structure(Tensor volumes)
    {
        for (int axis = 2; axis < 5; axis++)
        {
            long extent = volumes.shape[axis];
            foreach (int lag in _lags.Where(lag => lag < extent))
            {
                using var scope = NewDisposeScope();
                yield return (volumes.narrow(axis, lag, extent - lag) - volumes.narrow(axis, 0, extent - lag)).square().mean().item<float>();
            }
        }
    }

    /// <summary>Parts side by side, scaled, at even distances where there are too many.</summary>
    private static IEnumerable<Tensor> Parts(ImmutableArray<FloatVolume> volumes, IntensityScale scale, VolumeShape part)
    {
        var sampler = new PatchSampler(volumes, scale, part);
        var places = new List<PatchPlace>();
        for (int i = 0; i < volumes.Length; i++)
        {
            VolumeShape shape = volumes[i].Shape;
            for (int z = 0; z + part.Z <= shape.Z; z += part.Z)
            {
                for (int y = 0; y + part.Y <= shape.Y; y += part.Y)
                {
                    for (int x = 0; x + part.X <= shape.X; x += part.X) places.Add(new PatchPlace(i, z, y, x, false, false, false, false));
                }
            }
        }

        int count = Math.Min(MaxParts, places.Count);
        for (int i = 0; i < count; i++)
        {
            Tensor one = empty([1, 1, part.Z, part.Y, part.X]);
            sampler.Cut(places[(int)((long)i * places.Count / count)], HostTensors.Samples(one));
            yield return one;
        }
    }
}
