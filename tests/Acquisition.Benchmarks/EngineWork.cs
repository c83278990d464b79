using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Inference;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Training;

namespace Acquisition.Benchmarks;

/// <summary>One training step, with cropping, shrinking, loss and Adam, and one pass over a volume, as the program does them.</summary>
internal sealed class EngineWork : IDisposable
{
    private const int BatchSize = 8;
    private static readonly VolumeShape CoarseCrop = new(4, 32, 32);
    private static readonly VolumeShape CoarseVolume = new(32, 128, 128);

    private readonly NetworkLayout _layout;
    private readonly CompiledNetwork _network;
    private readonly FloatVolume _volume;
    private readonly FloatVolume _weights;
    private readonly FloatVolume _enlarged;
    private readonly BatchGradient _batch;
    private readonly NetworkInference _inference;
    private readonly CropSampler _sampler;
    private readonly Adam _adam;
    private readonly float[] _parameters;
    private readonly float[] _gradient;
    private readonly Crop[] _crops = new Crop[BatchSize];

    public EngineWork(NetworkVariant variant, Factors factors, int threads)
    {
        var random = new Random(1);
        var options = new RestorationOptions { Variant = variant, Threads = threads, CropPlanes = CoarseCrop.Z, CropEdgePx = CoarseCrop.Y * factors.Y };
        _layout = new NetworkLayout(variant, factors);
        _network = new CompiledNetwork(_layout, KernelSet.Default, 4);
        _volume = new FloatVolume(CoarseVolume);
        _weights = new FloatVolume(CoarseVolume);
        _enlarged = new FloatVolume(CoarseVolume.Times(factors));
        for (int z = 0; z < CoarseVolume.Z; z++)
        {
            foreach (ref float sample in _volume.Plane(z)) sample = random.NextSingle();
            _weights.Plane(z).Fill(1);
        }

        _sampler = new CropSampler(_volume, factors, options, random);
        _parameters = Initialisation.Draw(_layout, CoarseCrop.Z, random);
        _gradient = new float[_parameters.Length];
        _adam = new Adam(_parameters.Length);
        _batch = new BatchGradient(
            _network, _volume, _weights, SampleRange.Of(_volume), _sampler.Shape, _sampler.MeanSquare, BatchSize, threads);
        _inference = new NetworkInference(_network, options);
        _network.Load(_parameters);
    }

    /// <summary>Multiplications and additions of the convolutions alone, forward, to the input and to the weights.</summary>
    public double StepFlops => 3 * BatchSize * CoarseCrop.Voxels * FlopsPerVoxel;

    public double InferFlops => CoarseVolume.Voxels * FlopsPerVoxel;

    private double FlopsPerVoxel => 2.0 * _layout.Layers.Sum(layer => layer.Executed.WeightCount);

    public void Step()
    {
        for (int i = 0; i < _crops.Length; i++) _crops[i] = _sampler.Next();
        _network.Load(_parameters);
        _batch.Run(_crops, _gradient, CancellationToken.None);
        _adam.Step(_parameters, _gradient, 1e-3);
    }

    public void Infer() => _inference.Enlarge(_volume, _enlarged, ensemble: false, CancellationToken.None);

    public void Dispose()
    {
        _batch.Dispose();
        _inference.Dispose();
        _network.Dispose();
        _volume.Dispose();
        _weights.Dispose();
        _enlarged.Dispose();
    }
}
