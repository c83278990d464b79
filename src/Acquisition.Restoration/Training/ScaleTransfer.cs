using Acquisition.Core;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Training;

/// <summary>How well a network's detail carries over from the shrunk volume that it was trained on to the acquired one, where no truth
/// exists.</summary>
/// <remarks>
/// The acquired volume is shrunk by ratios between the training's 2 and 1. The network restores each of these copies to a grid finer
/// than the acquired one, and what it adds there beyond back-projected cubic interpolation is brought to the acquired grid and compared
/// with what is missing: detail that the copy lost and that training, which works an octave coarser, never showed in this form.
/// Correlation tells snapshots apart that overfit. The least-squares factor of the detail changes steadily with the
/// logarithm of the ratio, so a straight line through the factors is continued towards ratio 1, which is the acquired grid; but
/// only half the way from the last copy, because the line is steep where it is least certain.
/// </remarks>
internal sealed class ScaleTransfer : IDisposable
{
    /// <summary>Beyond this, detail is more likely to be noise than missing.</summary>
    private const double MaxGain = 1.5;

    /// <summary>Larger volumes are judged on the part with the most structure.</summary>
    private const long MaxVoxels = 1 << 18;

    /// <summary>The correlation is taken over this many copies, those closest to the acquired grid.</summary>
    private const int Closest = 3;

    private static readonly double[] Ratios = [5.0 / 3, 3.0 / 2, 4.0 / 3, 6.0 / 5];

    private readonly FloatVolume? _window;
    private readonly TransferGrid[] _grids;

    /// <param name="acquired">Lent until disposal.</param>
    public ScaleTransfer(FloatVolume acquired, Factors factors, RestorationOptions options, CancellationToken cancellation)
    {
        _window = TuningRegion.Of(acquired, MaxVoxels);
        FloatVolume judged = _window ?? acquired;
        SampleRange range = SampleRange.Of(judged);
        _grids = [.. Ratios.Select(ratio => new TransferGrid(judged, factors, ratio, range, options, cancellation))];
    }

    /// <summary>Correlation of added and missing detail near the acquired grid (−1 to 1, 0 where the network adds nothing), and what
    /// the detail should be multiplied by there, as <see cref="Gain"/>, from a single orientation.</summary>
    /// <param name="network">With the parameters to judge.</param>
    public (double Correlation, double Gain) Judge(INetwork network, CancellationToken cancellation)
    {
        var compared = _grids.Select(grid => grid.Compare(network, ensemble: false, cancellation)).ToArray();
        return (compared[^Closest..].Average(found => found.Correlation), Continue([.. compared.Select(found => found.Gain)]));
    }

    /// <summary>What the network's detail should be multiplied by on the acquired grid.</summary>
    /// <param name="network">With the parameters to judge.</param>
    /// <param name="ensemble">Whether the network will be used on all orientations, which leaves it with less that is wrong.</param>
    /// <returns>0 where the detail contradicts what was acquired, at most 1.5.</returns>
    public double Gain(INetwork network, bool ensemble, CancellationToken cancellation) =>
        Continue([.. _grids.Select(grid => grid.Compare(network, ensemble, cancellation).Gain)]);

    /// <summary>Continues the gains of the copies towards the acquired grid.</summary>
    private static double Continue(double[] gains) =>
        Math.Clamp(OnLine([.. Ratios.Zip(gains)], Math.Sqrt(Ratios[^1])), 0, MaxGain);

    /// <summary>Multiplies the network's detail: the last layer is linear.</summary>
    public static void Apply(NetworkLayout layout, Span<float> parameters, double gain)
    {
        foreach (ref float parameter in parameters[layout.Layers[^1].StoredAt..]) parameter *= (float)gain;
    }

    /// <summary>The value at a ratio of the least-squares line through gains over the logarithm of their ratios.</summary>
    internal static double OnLine(ReadOnlySpan<(double Ratio, double Gain)> points, double ratioWanted)
    {
        double meanAt = 0, meanGain = 0, product = 0, square = 0;
        foreach (var (ratio, gain) in points)
        {
            meanAt += Math.Log(ratio) / points.Length;
            meanGain += gain / points.Length;
        }
        foreach (var (ratio, gain) in points)
        {
            double at = Math.Log(ratio) - meanAt;
            product += at * (gain - meanGain);
            square += at * at;
        }
        return meanGain + product / square * (Math.Log(ratioWanted) - meanAt);
    }

    public void Dispose()
    {
        foreach (TransferGrid grid in _grids) grid.Dispose();
        _window?.Dispose();
    }
}
