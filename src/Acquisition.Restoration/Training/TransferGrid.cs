using Acquisition.Core;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Sampling;

namespace Acquisition.Restoration.Training;

/// <summary>A copy of a volume on a grid coarser by a ratio below 2, and what back-projected cubic interpolation of it misses.</summary>
internal sealed class TransferGrid : IDisposable
{
    /// <summary>Detail of less energy than this share of the missing one is what float32 leaves of none.</summary>
    private const double Rounding = 1e-8;

    private readonly FloatVolume _volume;
    private readonly Factors _factors;
    private readonly RestorationOptions _options;
    private readonly FloatVolume _coarse;
    private readonly FloatVolume _fine;
    private readonly FloatVolume _missing;
    private readonly FloatVolume _brought;
    private readonly GridReduction _toVolume;

    /// <param name="volume">Lent until disposal.</param>
    /// <param name="ratio">Of axes with a factor above 1; 1 to 2. Extents are rounded.</param>
    /// <param name="range">The copy is kept inside it, as training crops are.</param>
    public TransferGrid(
        FloatVolume volume, Factors factors, double ratio, SampleRange range, RestorationOptions options,
        CancellationToken cancellation)
    {
        (_volume, _factors, _options) = (volume, factors, options);
        VolumeShape shape = volume.Shape;
        _coarse = new FloatVolume(new(Coarser(shape.Z, factors.Z), Coarser(shape.Y, factors.Y), Coarser(shape.X, factors.X)));
        new GridReduction(shape, _coarse.Shape).Apply(volume, _coarse, options.Threads, cancellation);
        range.Clamp(_coarse);
        _fine = new FloatVolume(_coarse.Shape.Times(factors));
        _toVolume = new GridReduction(_fine.Shape, shape);
        _missing = new FloatVolume(shape);
        _brought = new FloatVolume(shape);
        Resampling.Enlarge(_coarse, factors, _fine, options.Threads, cancellation);
        Bring(_missing, cancellation);
        for (int z = 0; z < shape.Z; z++)
        {
            Span<float> sample = volume.Plane(z), missing = _missing.Plane(z);
            for (int i = 0; i < missing.Length; i++) missing[i] = sample[i] - missing[i];
        }

        int Coarser(int extent, int factor) => factor == 1 ? extent : (int)Math.Round(extent / ratio, MidpointRounding.AwayFromZero);
    }

    /// <summary>Compares what a network adds with what is missing.</summary>
    /// <returns>The least-squares factor of the added detail, and the correlation; both 0 where nothing is added.</returns>
    public (double Gain, double Correlation) Compare(INetwork network, bool ensemble, CancellationToken cancellation)
    {
        network.Enlarge(_coarse, _fine, ensemble, _options, cancellation);
        Bring(_brought, cancellation);

        double product = 0, addedSquare = 0, missingSquare = 0;
        for (int z = 0; z < _volume.Shape.Z; z++)
        {
            Span<float> sample = _volume.Plane(z), missed = _missing.Plane(z), brought = _brought.Plane(z);
            for (int i = 0; i < sample.Length; i++)
            {
                double missing = missed[i], added = brought[i] - ((double)sample[i] - missing);
                product += missing * added;
                addedSquare += added * added;
                missingSquare += missing * missing;
            }
        }
        return addedSquare > Rounding * missingSquare && missingSquare > 0
            ? (product / addedSquare, product / Math.Sqrt(addedSquare * missingSquare))
            : (0, 0);
    }

    public void Dispose()
    {
        _coarse.Dispose();
        _fine.Dispose();
        _missing.Dispose();
        _brought.Dispose();
    }

    /// <summary>Projects the fine volume back and brings it to the volume's grid. No floor: it would bend what the line is laid through.</summary>
    private void Bring(FloatVolume destination, CancellationToken cancellation)
    {
        BackProjection.Refine(
            _coarse, _fine, _factors, _options.BackProjections, float.NegativeInfinity, _options.Threads, cancellation);
        _toVolume.Apply(_fine, destination, _options.Threads, cancellation);
    }
}
