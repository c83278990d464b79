using System.Diagnostics;
using System.Globalization;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;

namespace Acquisition.Torch.Isotropy;

/// <summary>Trains a network on a scan's first stack while the next ones are acquired, and makes all of them isotropic with it
/// (Weigert et al. 2017).</summary>
/// <remarks>Without a model it interpolates. Memory of a stream beside its two volumes: one more of the isotropic grid, and the activation
/// budget; of training: see <see cref="IsotropicTrainer"/>.</remarks>
/// <param name="network">Network and training; threads and weights to begin with are those of each request.</param>
public sealed class IsotropicEngine(StackScan scan, IsotropicOptions network) : StackEngine(scan.Ratio)
{
    /// <summary>A network must win by this much on held-out planes.</summary>
    private const double MarginDb = 0.02;

    /// <summary>What the network learns to undo; made once, because splitting a measured function takes hundreds of iterations.</summary>
    private readonly Lazy<PlaneKernel> _kernel = new(() => SplitPsf.Of(scan.Psf, network.Kernel, network.Average));

    public override string Name => $"{network.Network} of libtorch on {network.Device}";

    /// <summary>How a scan is restored by this.</summary>
    /// <exception cref="RestorationException">The device cannot be used, or planes are smaller than training patches.</exception>
    public static ScanRestoration Restoration(StackScan scan, IsotropicOptions options)
    {
        ArgumentNullException.ThrowIfNull(scan);
        ArgumentNullException.ThrowIfNull(options);
        if (TorchEngine.WhyUnavailable(options.Device) is { } missing) throw new RestorationException(missing);
        if (Math.Min(scan.Shape.Y, scan.Shape.X) < options.PatchPx)
            throw new RestorationException($"Planes of {scan.Shape.Y}×{scan.Shape.X} are smaller than training patches; set isotropy.patch_px, which is {options.PatchPx}, to less.");
        var engine = new IsotropicEngine(scan, options);
        return new ScanRestoration
        {
            Engine = engine,
            Grid = scan.Grid,
            Baseline = ModelNames.Cubic,
            StreamBytes = checked(StreamBytes(scan.Shape, scan.Ratio) + sizeof(float) * scan.Grid.Shape.Voxels),
            ReadModel = file => engine.Fitting(IsotropicModel.FromSafeTensors(file)),
        };
    }

    public override TuningResult Tune(TuningRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        var clock = Stopwatch.StartNew();
        IsotropicModel? start = request.Start is { } given ? Fitting(given) : null;
        IsotropicOptions training = start is null ? network : network with { Steps = (network.Steps + 1) / 2, LearningRate = network.LearningRate / 2 };
        IsotropicModel model = IsotropicTrainer.Train(
            request.Acquired, Ratio, scan.Psf, training with { Threads = request.Options.Threads },
            progress => request.Progress?.Report(new TuningProgress(
                0, 1, progress.Step, progress.Steps, progress.Loss, progress.HeldOutDb, progress.InputDb, progress.InputDb, progress.Elapsed, progress.Remaining,
                progress.Better is { } better && progress.HeldOutDb > progress.InputDb + MarginDb ? better : null)),
            request.Budget, start, cancellation);
        string reason = string.Create(CultureInfo.InvariantCulture,
            $"On held-out planes made to look like axial sections the network reaches {model.HeldOutDb:0.00} dB, cubic interpolation {model.InputDb:0.00} dB.");
        return new TuningResult(
            model, model.HeldOutDb > model.InputDb + MarginDb, model.HeldOutDb, model.InputDb, model.InputDb, training.Steps, clock.Elapsed, 0, reason);
    }

    /// <summary>Reads how well a model gets lateral planes of a volume back that are made to look like axial sections.</summary>
    public override GaugeReading? Gauge(
        TunedModel model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(acquired);
        ArgumentNullException.ThrowIfNull(options);
        return IsotropicGauge.Measure(Fitting(model), _kernel.Value, acquired, network.Device, options.Threads, cancellation);
    }

    protected override IStackRestorer Open(TunedModel? model, VolumeShape acquired, float floor, RestorationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return model is null
            ? new AxialInterpolation(Ratio, options.Threads)
            : new NetworkStack(Fitting(model), scan.Psf, _kernel.Value, new IsotropicRestorerOptions
            {
                Threads = options.Threads,
                MemoryBudgetBytes = options.ActivationBudgetBytes,
                Device = network.Device,
            });
    }

    /// <summary>The model as what it must be to restore this scan.</summary>
    private IsotropicModel Fitting(TunedModel model)
    {
        if (model is not IsotropicModel own || own.Network != network.Network)
            throw new RestorationException($"The model is of {model.Method}, and {network.Network} is configured. Train one on a volume of this scan.");
        (string what, string was, string @is)[] differences =
        [
            ("kernel", own.Kernel.ToString(), network.Kernel.ToString()),
            ("point spread function", own.PointSpread, IsotropicModel.Describe(scan.Psf)),
            ("distance of planes in pixels", own.Ratio.ToString("R", CultureInfo.InvariantCulture), Ratio.ToString("R", CultureInfo.InvariantCulture)),
        ];
        foreach (var (what, was, @is) in differences)
            if (was != @is) throw new RestorationException($"The model was trained for another {what}: {was}, and here it is {@is}. Train one on a volume of this scan.");
        return own;
    }
}
