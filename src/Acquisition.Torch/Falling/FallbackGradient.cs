using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Training;

namespace Acquisition.Torch.Falling;

/// <summary>Gradients that the reserve computes once the first backend is lost. Adam's state lies outside, so training goes on.</summary>
internal sealed class FallbackGradient(FallbackBackend backend, Func<INetworkBackend, IBatchGradient> open) : IBatchGradient
{
    private IBatchGradient? _current;
    private bool _isReserve;

    public double Run(ReadOnlySpan<Crop> crops, ReadOnlySpan<float> parameters, Span<float> gradient, CancellationToken cancellation)
    {
        Crop[] boxes = crops.ToArray();
        float[] stored = parameters.ToArray(), found = new float[gradient.Length];
        double loss = backend.Run(ref _current, ref _isReserve, open, batch => batch.Run(boxes, stored, found, cancellation));
        found.CopyTo(gradient);
        return loss;
    }

    public void Dispose() => _current?.Dispose();
}
