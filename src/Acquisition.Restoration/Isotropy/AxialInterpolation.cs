namespace Acquisition.Restoration.Isotropy;

/// <summary>Cubic interpolation along z and nothing else: what networks have to beat.</summary>
public sealed class AxialInterpolation(double ratio, int threads) : IStackRestorer
{
    public double Restore(FloatVolume acquired, FloatVolume restored, CancellationToken cancellation)
    {
        AxialUpsampling.Apply(acquired, ratio, restored, threads, cancellation);
        return IsotropyQuality.Residual(restored, acquired, ratio, PlaneKernel.Identity).Rms;
    }

    public void Dispose()
    {
    }
}
