using Acquisition.Restoration.Network;
using Acquisition.Restoration.Training;

namespace Acquisition.Restoration.Backends;

/// <summary>Loss and gradient on the processor.</summary>
/// <param name="network">Becomes this object's own.</param>
internal sealed class CpuGradient(CompiledNetwork network, TrainingSet set, int threads, ThreadBudget budget) : IBatchGradient
{
    private readonly BatchGradient _batch = new(network, set, threads, budget);

    public double Run(ReadOnlySpan<Crop> crops, ReadOnlySpan<float> parameters, Span<float> gradient, CancellationToken cancellation)
    {
        network.Load(parameters);
        return _batch.Run(crops, gradient, cancellation);
    }

    public void Dispose()
    {
        _batch.Dispose();
        network.Dispose();
    }
}
