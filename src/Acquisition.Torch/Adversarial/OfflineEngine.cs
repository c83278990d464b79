using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Torch.Adversarial;

/// <summary>Restores scans with weights that were trained before them. Its results are predictions.</summary>
/// <remarks>Without weights it gives back what was acquired, enlarged linearly where the system's grid is finer.</remarks>
public sealed class OfflineEngine : IRestorationEngine
{
    /// <summary>By how much voxel sizes may differ from those of the images that were learned from.</summary>
    private const double VoxelTolerance = 0.1;

    private readonly AdversarialSystem _system;
    private readonly PredictorOptions _options;

    private OfflineEngine(AdversarialSystem system, PredictorOptions options) => (_system, _options) = (system, options);

    public string Name => $"{_system.Method} of libtorch on {_options.Device}";

    /// <summary>How a scan is restored by a model.</summary>
    /// <param name="setting">What the person at the microscope says of it, where it does not announce that.</param>
    /// <exception cref="RestorationException">The device cannot be used, or the scan is not what the model was trained for.</exception>
    public static ScanRestoration Restoration(ScanPlan plan, OfflineModel model, MicroscopeSetting setting, PredictorOptions options)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(setting);
        ArgumentNullException.ThrowIfNull(options);
        if (TorchEngine.WhyUnavailable(options.Device) is { } missing) throw new RestorationException(missing);
        AdversarialSystem system = AdversarialSystem.Get(model.Method);
        RequireFit(plan, model.Card, setting, system);
        var engine = new OfflineEngine(system, options);
        Factors factors = engine.Finer;
        VolumeShape finer = plan.Shape.Times(factors);
        LibraryCard from = model.Card.Input, to = model.Card.Target;
        using (Predictor predictor = system.Open(model, options)) // weights that are not this system's are refused before the first volume
        {
            VolumeShape piece = system.IsPlanar ? plan.Shape with { Z = 1 } : plan.Shape;
            if (predictor.BytesNeeded(piece) is var needed && needed > options.MemoryBudgetBytes)
            {
                throw new RestorationException($"{system.Method} ({model.Card.Preset}) takes {needed >> 20} MiB to restore {piece} (z, y, x), more than the {options.MemoryBudgetBytes >> 20} MiB it may. "
                    + "Set restoration.activation_budget_mib to more, or train the small preset.");
            }
        }

        return new ScanRestoration
        {
            Engine = engine,
            Grid = system.Finer == 1 ? null : new RestoredGrid
            {
                Shape = finer,
                VoxelSize = plan.VoxelSize.DividedBy(factors),
                OriginUm = plan.VoxelSize.OriginOfFiner(factors),
            },
            Baseline = system.Finer == 1 ? "unchanged" : "linear",
            WhyNotTuned = "trained before the scan; its results are PREDICTIONS, whose detail may be invented",
            Trained = model,
            Scale = from.Scale,
            Predicts = true,
            Doubt = system.Doubt switch
            {
                DoubtUnit.CycleResidual => new DoubtScale("cycle residual", from.Scale.High - from.Scale.Low),
                DoubtUnit.ContentDisagreement => new DoubtScale("content disagreement", to.Scale.High - to.Scale.Low),
                _ => null,
            },
            StreamBytes = checked(sizeof(float) * ((system.IsPlanar ? 1 : 0) + 1L) * plan.Shape.Voxels + 2 * sizeof(float) * finer.Voxels),
            Settings = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal)
                .Add("prediction.weights", Convert.ToHexStringLower(SHA256.HashData(model.ToSafeTensors()))),
            ReadModel = file => OfflineModel.FromSafeTensors(file) is var read && read.Method == system.Method
                ? read
                : throw new DataFormatException($"The weights are of {read.Method}, and {system.Method} is configured."),
        };
    }

    public TuningResult Tune(TuningRequest request, CancellationToken cancellation) =>
        throw new RestorationException($"{_system.Method} is trained before a scan, by 'acquisition train'.");

    public GaugeReading? Gauge(
        TunedModel model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options, CancellationToken cancellation) => null;

    public void Restore(
        TunedModel? model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options,
        FloatVolume destination, out double residualRms, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(acquired);
        ArgumentNullException.ThrowIfNull(destination);
        using IPlaneRestorer stream = OpenStream(model, acquired.Shape, factors, floor, options, (z, plane) => plane.CopyTo(destination.Plane(z)));
        for (int z = 0; z < acquired.Shape.Z; z++) stream.Push(acquired.Plane(z), nextAtHand: true, cancellation);
        residualRms = stream.Complete();
    }

    public IPlaneRestorer OpenStream(
        TunedModel? model, VolumeShape acquired, Factors factors, float floor, RestorationOptions options, PlaneReceiver receiver)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        OfflineModel? own = model as OfflineModel;
        if (model is not null && own?.Method != _system.Method)
            throw new RestorationException($"The model is of {model.Method}, and {_system.Method} is configured.");
        if (own is null) return new UnpredictedStream(acquired, _system.Finer, receiver);
        Predictor predictor = _system.Open(own, _options);
        return new PredictionStream(predictor, own.Card, acquired, acquired.Times(Finer), _system, floor, receiver);
    }

    private Factors Finer => new(_system.Finer, _system.Finer, _system.Finer);

    /// <summary>Refuses a scan that the model was not trained for: nobody could tell its predictions from nonsense.</summary>
    private static void RequireFit(ScanPlan plan, ModelCard card, MicroscopeSetting setting, AdversarialSystem system)
    {
        if (plan.Undersampling != Factors.One)
            throw new RestorationException($"The scan is undersampled by {plan.Undersampling} (z,y,x), and {system.Method} restores scans that are not; with undersampling take self-vision.");
        LibraryCard input = card.Input;
        (string Axis, double Scan, double Trained)[] axes =
        [
            .. system.IsPlanar ? [] : ((string, double, double)[])[("z", plan.VoxelSize.ZUm, input.VoxelSize.ZUm)],
            ("y", plan.VoxelSize.YUm, input.VoxelSize.YUm), ("x", plan.VoxelSize.XUm, input.VoxelSize.XUm),
        ];
        foreach (var (axis, scan, trained) in axes)
        {
            if (Math.Abs(scan / trained - 1) > VoxelTolerance)
            {
                throw new RestorationException(string.Create(CultureInfo.InvariantCulture,
                    $"The scan's voxels measure {scan:0.####} µm in {axis}, and the model was trained on {trained:0.####} µm; up to {100 * VoxelTolerance:0} % of difference is accepted. Scan at that size, or train a model at this one."));
            }
        }

        if (input.Objective is { } objective)
        {
            string mounted = setting.Objective ?? plan.Objective
                ?? throw new RestorationException($"The model was trained with the objective '{objective}', and the microscope does not announce its own; give prediction.objective.");
            if (!string.Equals(mounted, objective, StringComparison.OrdinalIgnoreCase))
                throw new RestorationException($"The model was trained with the objective '{objective}', and the scan is made with '{mounted}'. Train a model for it.");
        }

        if (input.Gain is { } gain)
        {
            double set = setting.Gain
                ?? throw new RestorationException(string.Create(CultureInfo.InvariantCulture, $"The model was trained at a detector gain of {gain}; give the scan's as prediction.gain."));
            if (set != gain)
                throw new RestorationException(string.Create(CultureInfo.InvariantCulture, $"The model was trained at a detector gain of {gain}, and the scan is made at {set}. Set the detector as then, or train a model for it."));
        }
    }
}
