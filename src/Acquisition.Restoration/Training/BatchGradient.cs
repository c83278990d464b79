using System.Numerics;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Threading;

namespace Acquisition.Restoration.Training;

/// <summary>Loss and gradient of a batch of crops. Samples are dealt to threads and their gradients summed in a fixed order, so the
/// bits do not depend on the number of threads.</summary>
internal sealed class BatchGradient : IDisposable
{
    private readonly CompiledNetwork _network;
    private readonly Worker[] _workers;
    private readonly float[][] _gradients;
    private readonly double[] _losses;
    private readonly float[] _sum;
    private readonly WorkTeam _team;
    private readonly Action<int, int> _runShare;
    private readonly Crop[] _crops;

    /// <param name="budget">Threads that may work now, of <paramref name="threads"/>.</param>
    public BatchGradient(CompiledNetwork network, TrainingSet set, int threads, ThreadBudget? budget = null)
    {
        int batchSize = set.BatchSize;
        _network = network;
        _workers = [.. Enumerable.Range(0, Math.Min(threads, batchSize)).Select(_ => new Worker(network, set))];
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
        _losses[sample] = _workers[thread].Run(_crops[sample], _gradients[sample]);

    /// <summary>What one thread needs for one sample at a time.</summary>
    private sealed class Worker(CompiledNetwork network, TrainingSet set) : IDisposable
    {
        private readonly GradientPass _pass = new(network);
        private readonly Lesson _lesson = new(set, network.Layout.Factors);
        private readonly double _scale = set.LossScale;

        public double Run(Crop box, Span<float> gradient)
        {
            _lesson.Take(box);
            return _pass.Run(_lesson.Coarse, _lesson.Detail, _lesson.Weights, _scale, gradient);
        }

        public void Dispose()
        {
            _pass.Dispose();
            _lesson.Dispose();
        }
    }
}
