using System.Numerics;
using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Threading;

namespace Acquisition.Restoration.Training;

/// <summary>Loss and gradient of a batch of crops. Samples are dealt to threads and their gradients summed in a fixed order, so the
/// bits do not depend on the number of threads.</summary>
internal sealed class BatchGradient : IDisposable
{
    private readonly CompiledNetwork _network;
    private readonly FloatVolume _volume;
    private readonly FloatVolume _weights;
    private readonly SampleRange _range;
    private readonly double _scale;
    private readonly Worker[] _workers;
    private readonly float[][] _gradients;
    private readonly double[] _losses;
    private readonly float[] _sum;
    private readonly WorkTeam _team;
    private readonly Action<int, int> _runShare;
    private readonly Crop[] _crops;

    /// <param name="volume">Crops are cut from it and are what the network should make of their shrunk copies.</param>
    /// <param name="weights">Of each of the volume's samples in the loss.</param>
    /// <param name="range">Of the volume; shrunk crops are kept inside it.</param>
    /// <param name="crop">Extent of every crop.</param>
    /// <param name="budget">Threads that may work now, of <paramref name="threads"/>.</param>
    /// <param name="meanSquare">The loss is the mean square error divided by this: raw losses of sparse volumes come near Adam's epsilon.</param>
    public BatchGradient(
        CompiledNetwork network, FloatVolume volume, FloatVolume weights, SampleRange range, VolumeShape crop,
        double meanSquare, int batchSize, int threads, ThreadBudget? budget = null)
    {
        (_network, _volume, _weights, _range) = (network, volume, weights, range);
        _scale = 1 / (meanSquare * crop.Voxels * batchSize);
        _workers = [.. Enumerable.Range(0, Math.Min(threads, batchSize)).Select(_ => new Worker(network, crop))];
        _gradients = [.. Enumerable.Range(0, batchSize).Select(_ => new float[network.Layout.ExecutedCount])];
        _losses = new double[batchSize];
        _sum = new float[network.Layout.ExecutedCount];
        _crops = new Crop[batchSize];
        _team = new WorkTeam(_workers.Length, budget);
        _runShare = RunSample;
    }

    /// <summary>Mean square error over the batch relative to the volume's mean square.</summary>
    /// <param name="stored">Receives the gradient with respect to the stored parameters.</param>
    public double Run(ReadOnlySpan<Crop> crops, Span<float> stored, CancellationToken cancellation)
    {
        crops.CopyTo(_crops);
        _team.Run(_crops.Length, _runShare, cancellation);
        Array.Clear(_sum);
        foreach (float[] gradient in _gradients) Add(gradient, _sum);
        ToStored(_network.Layout, _sum, stored);
        return _losses.Sum();
    }

    /// <summary>Gradients with respect to executed parameters become those with respect to stored ones.</summary>
    internal static void ToStored(NetworkLayout layout, ReadOnlySpan<float> executed, Span<float> stored)
    {
        foreach (Layer layer in layout.Layers)
        {
            ReadOnlySpan<float> own = executed.Slice(layer.ExecutedAt, layer.ExecutedCount);
            if (layer.Stored == layer.Executed)
            {
                own.CopyTo(stored[layer.StoredAt..]);
                continue;
            }
            PhaseTail.ToStored(own[..layer.Executed.WeightCount], stored.Slice(layer.StoredAt, layer.Stored.WeightCount));
            stored[layer.StoredBiasAt] = own[layer.Executed.WeightCount + PhaseTail.CentreTap];
        }
    }

    public void Dispose()
    {
        _team.Dispose();
        foreach (Worker worker in _workers) worker.Dispose();
    }

    private static void Add(float[] gradient, float[] sum)
    {
        int i = 0;
        for (; i <= sum.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(sum, i) + new Vector<float>(gradient, i)).CopyTo(sum, i);
        for (; i < sum.Length; i++) sum[i] += gradient[i];
    }

    private void RunSample(int sample, int thread) =>
        _losses[sample] = _workers[thread].Run(_volume, _weights, _range, _crops[sample], _scale, _gradients[sample]);

    /// <summary>What one thread needs for one sample at a time.</summary>
    private sealed class Worker(CompiledNetwork network, VolumeShape crop) : IDisposable
    {
        private readonly GradientPass _pass = new(network);
        private readonly FloatVolume _fine = new(crop);
        private readonly FloatVolume _weights = new(crop);
        private readonly FloatVolume _cubic = new(crop);
        private readonly FloatVolume _coarse = new(Resampling.ShrunkShape(crop, network.Layout.Factors));

        public double Run(FloatVolume volume, FloatVolume weights, SampleRange range, Crop box, double scale, Span<float> gradient)
        {
            Factors factors = network.Layout.Factors;
            box.Read(volume, _fine);
            box.Read(weights, _weights);
            Resampling.Shrink(_fine, factors, _coarse);
            range.Clamp(_coarse);
            Resampling.Enlarge(_coarse, factors, _cubic);
            for (int z = 0; z < _fine.Shape.Z; z++)
            {
                Span<Vector<float>> detail = MemoryMarshal.Cast<float, Vector<float>>(_fine.Plane(z));
                Span<Vector<float>> cubic = MemoryMarshal.Cast<float, Vector<float>>(_cubic.Plane(z));
                for (int i = 0; i < detail.Length; i++) detail[i] -= cubic[i];
                for (int i = detail.Length * Vector<float>.Count; i < _fine.Plane(z).Length; i++) _fine.Plane(z)[i] -= _cubic.Plane(z)[i];
            }
            return _pass.Run(_coarse, _fine, _weights, scale, gradient);
        }

        public void Dispose()
        {
            _pass.Dispose();
            _fine.Dispose();
            _weights.Dispose();
            _cubic.Dispose();
            _coarse.Dispose();
        }
    }
}
