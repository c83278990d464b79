using Acquisition.Restoration.Inference;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Training;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>One training step, with cropping, shrinking, loss and Adam, and one pass over a volume, as the program does them.</summary>
internal sealed class EngineWork : IDisposable
{
    private const double LearningRate = 1e-3;

    private readonly CompiledNetwork _trained;
    private readonly CompiledNetwork _applied;
    private readonly FloatVolume _volume;
    private readonly FloatVolume _weights;
    private readonly FloatVolume _enlarged;
    private readonly BatchGradient _batch;
    private readonly NetworkInference _inference;
    private readonly CropSampler _sampler;
    private readonly Adam _adam;
    private readonly float[] _parameters;
    private readonly float[] _gradient;
    private readonly Crop[] _crops;

    public EngineWork(NetworkLayout layout, BenchmarkPlan plan, KernelSet kernels, int threads)
    {
        var random = new Random(1);
        var options = new RestorationOptions
        {
            Variant = layout.Variant,
            Threads = threads,
            CropPlanes = plan.Crop.Z,
            CropEdgePx = plan.Crop.Y * layout.Factors.Y,
        };
        _trained = new CompiledNetwork(layout, kernels, plan.Crop.Z);
        _applied = new CompiledNetwork(layout, kernels, plan.Volume.Z);
        _volume = new FloatVolume(plan.Volume);
        _weights = new FloatVolume(plan.Volume);
        _enlarged = new FloatVolume(plan.Volume.Times(layout.Factors));
        for (int z = 0; z < plan.Volume.Z; z++)
        {
            foreach (ref float sample in _volume.Plane(z)) sample = random.NextSingle();
            _weights.Plane(z).Fill(1);
        }

        _sampler = new CropSampler(_volume, layout.Factors, options, random);
        _parameters = Initialisation.Draw(layout, plan.Crop.Z, random);
        _gradient = new float[_parameters.Length];
        _adam = new Adam(_parameters.Length);
        _crops = new Crop[plan.BatchSize];
        _batch = new BatchGradient(
            _trained, new(_volume, _weights, SampleRange.Of(_volume), _sampler.Shape, _sampler.MeanSquare, plan.BatchSize), threads);
        _inference = new NetworkInference(_applied, options);
        _applied.Load(_parameters);
    }

    public static double Flops(NetworkLayout layout, BenchmarkPlan plan, WorkKind kind) => kind == WorkKind.TrainingStep
        ? plan.BatchSize * ConvCost.Training(layout, plan.Crop)
        : ConvCost.Forward(layout, plan.Volume);

    public void Run(WorkKind kind)
    {
        if (kind == WorkKind.TrainingStep) Step();
        else _inference.Enlarge(_volume, _enlarged, ensemble: false, CancellationToken.None);
    }

    public void Dispose()
    {
        _batch.Dispose();
        _inference.Dispose();
        _trained.Dispose();
        _applied.Dispose();
        _volume.Dispose();
        _weights.Dispose();
        _enlarged.Dispose();
    }

    private void Step()
    {
        for (int i = 0; i < _crops.Length; i++) _crops[i] = _sampler.Next();
        _trained.Load(_parameters);
        _batch.Run(_crops, _gradient, CancellationToken.None);
        _adam.Step(_parameters, _gradient, LearningRate);
    }
}
