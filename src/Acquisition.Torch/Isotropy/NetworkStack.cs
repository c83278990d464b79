using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;

namespace Acquisition.Torch.Isotropy;

/// <summary>A network that restores stacks, and what its results miss of them when they are degraded again.</summary>
/// <param name="kernel">What the network learned to undo of <paramref name="psf"/>.</param>
internal sealed class NetworkStack(IsotropicModel model, PointSpreadFunction psf, PlaneKernel kernel, IsotropicRestorerOptions options) : IStackRestorer
{
    private readonly IsotropicRestorer _restorer = new(model, options);

    public double Restore(FloatVolume acquired, FloatVolume restored, CancellationToken cancellation)
    {
        _restorer.Restore(acquired, restored, cancellation);
        // Where the whole blur was undone, it has to be put back along all axes.
        RedegradationResidual residual = model.Kernel == DegradationKernel.Full
            ? IsotropyQuality.Residual(restored, acquired, model.Ratio, psf, options.Threads, cancellation)
            : IsotropyQuality.Residual(restored, acquired, model.Ratio, kernel);
        return residual.Rms;
    }

    public void Dispose() => _restorer.Dispose();
}
