using System.Collections.Immutable;
using System.Globalization;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;

namespace Acquisition.Torch.Isotropy;

/// <summary>Trains a network on one anisotropic stack to make it isotropic (Weigert et al. 2017): lateral planes are made to look like
/// axial sections, and the network learns to get them back.</summary>
public static class IsotropicTrainer
{
    /// <summary>Trains, and gives the weights that did best on the held-out planes.</summary>
    /// <remarks>Runs on the calling thread and those of libtorch. Beside libtorch's memory it holds up to 16 bytes for each of the
    /// stack's voxels, at most half a gigabyte.</remarks>
    /// <param name="acquired">Any unit; see <see cref="IsotropicModel.Scale"/>. Samples that are not finite count as background.</param>
    /// <param name="ratio">Pixels from plane to plane; see <see cref="SamplingRatio"/>.</param>
    /// <param name="psf">At the lateral pixel size.</param>
    /// <param name="report">Called after every <see cref="IsotropicOptions.ReportEvery"/> steps and the last, on the calling thread.</param>
    /// <param name="budget">Threads that may work now, of those of the options, asked before each step; <see langword="null"/> for all of them.
    /// Another number rounds otherwise, so that weights then depend on when it changed.</param>
    /// <param name="start">A model of the same network to go on from, with its scale; <see langword="null"/> begins anew.</param>
    /// <exception cref="RestorationException">The stack has nothing to learn from, the network does not learn, or the device fails.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; within a step.</exception>
    public static IsotropicModel Train(
        FloatVolume acquired, double ratio, PointSpreadFunction psf, IsotropicOptions options,
        Action<IsotropicProgress>? report = null, ThreadBudget? budget = null, IsotropicModel? start = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(acquired);
        ArgumentNullException.ThrowIfNull(psf);
        ArgumentNullException.ThrowIfNull(options);
        Require.InRange(ratio, 1, SamplingRatio.Max);
        IntensityScale scale = start?.Scale ?? StackScale.Measure(acquired);
        var planes = new TrainingPlanes(acquired, scale, psf, ratio, options, cancellation);
        using var training = new NetworkTraining(planes, options, budget, start?.Weights ?? default);
        var (weights, heldOutDb) = DeviceException.Final(
            $"libtorch on {options.Device}", "Close other programs, or set isotropy.batch_size or patch_px to less.", () => training.Run(Model, report, cancellation));
        return Model(weights, heldOutDb);

        IsotropicModel Model(float[] trained, double db) =>
            new(options.Network, ratio, options.Kernel, IsotropicModel.Describe(psf), scale, ImmutableArray.Create(trained))
            {
                HeldOutDb = db,
                InputDb = planes.InputDb,
                Notes = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, new Dictionary<string, string>
                {
                    ["steps"] = options.Steps.ToString(CultureInfo.InvariantCulture),
                    ["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
                    ["trained_on"] = acquired.Shape.ToString(),
                }),
            };
    }
}
