using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Training;
using Acquisition.Torch;

namespace Acquisition.Benchmarks.Torch;

/// <summary>Self-Vision as the Torch engine tunes and applies it: cropping, shrinking, loss, gradient and Adam; detail in one orientation.</summary>
internal sealed class SelfVisionWork : IStepWork
{
    private const double LearningRate = 1e-3;

    private readonly RestorationOptions _options;
    private readonly FloatVolume _volume;
    private readonly FloatVolume _weights;
    private readonly FloatVolume _detail;
    private readonly CropSampler _sampler;
    private readonly IBatchGradient _batch;
    private readonly INetwork _network;
    private readonly Adam _adam;
    private readonly float[] _parameters;
    private readonly float[] _gradient;
    private readonly Crop[] _crops;

    public SelfVisionWork(StepCase step)
    {
        var layout = new NetworkLayout(step.Network == StepNetwork.Paper ? NetworkVariant.Paper : NetworkVariant.Public, new Factors(2, 2, 2));
        _options = new RestorationOptions
        {
            Variant = layout.Variant, Threads = step.Threads, BatchSize = step.Batch, CropPlanes = step.Crop[0], CropEdgePx = step.Crop[1] * 2, Ensemble = false,
        };
        _volume = Volumes.Random(step.VolumeShape);
        _weights = new FloatVolume(step.VolumeShape);
        _detail = new FloatVolume(step.VolumeShape.Times(layout.Factors));
        for (int z = 0; z < _weights.Shape.Z; z++) _weights.Plane(z).Fill(1);

        _sampler = new CropSampler(_volume, layout.Factors, _options, new Random(1));
        if (Resampling.ShrunkShape(_sampler.Shape, layout.Factors) != step.CropShape)
            throw new ArgumentException($"A {step.VolumeShape} volume gives crops of {_sampler.Shape}; {step.CropShape} is wanted after shrinking.", nameof(step));
        var backend = new TorchBackend(step.Device);
        var set = new TrainingSet(_volume, _weights, SampleRange.Of(_volume), _sampler.Shape, _sampler.MeanSquare, step.Batch);
        _batch = backend.OpenGradient(layout, step.Crop[0], set, step.Threads, new ThreadBudget(step.Threads));
        _network = backend.Open(layout, step.Volume[0]);
        _parameters = Volumes.Parameters(layout, step.Crop[0]);
        _gradient = new float[_parameters.Length];
        _adam = new Adam(_parameters.Length);
        _crops = new Crop[step.Batch];
        _network.Load(_parameters);
    }

    public int Parameters => _parameters.Length;

    public void Step()
    {
        for (int i = 0; i < _crops.Length; i++) _crops[i] = _sampler.Next();
        _batch.Run(_crops, _parameters, _gradient, CancellationToken.None);
        _adam.Step(_parameters, _gradient, LearningRate);
    }

    public void Infer() => _network.Detail(_volume, _detail, _options, CancellationToken.None);

    public void Dispose()
    {
        _batch.Dispose();
        _network.Dispose();
        _volume.Dispose();
        _weights.Dispose();
        _detail.Dispose();
    }
}
