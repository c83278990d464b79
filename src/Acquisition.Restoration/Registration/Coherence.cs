namespace Acquisition.Restoration.Registration;

/// <summary>What two images have in common, by rings of spatial frequency.</summary>
/// <remarks>γ² of a ring, less what chance gives to as many samples, is the share of power that both have in common. Cross spectra over the ring's mean
/// power, times γ/(1−γ²), give the shift with the least variance (Hannan and Thomson 1973; Knapp and Carter 1976, IEEE Trans. ASSP 24). So blur,
/// contrast and noise of either image need not be known.</remarks>
internal sealed class Coherence
{
    private const double MaxFrequency = 0.7072;

    /// <summary>(Σw²)² / (n Σw⁴) for a Hann window in y and x: the share of samples of a spectrum that are independent.</summary>
    private const double WindowShare = 18.0 / 35 * 18 / 35;

    /// <summary>Keeps the weight of what agrees perfectly finite; less disagreement than this is below what interpolation and optics leave.</summary>
    private const double LeastDisagreement = 0.02;

    private readonly double _width;
    private readonly double[] _shared;
    private readonly double[] _target;
    private readonly double[] _moving;
    private readonly double[] _counts;

    /// <param name="height">Of the smallest window, as the width.</param>
    public Coherence(int height, int width)
    {
        _width = Math.Max(1.0 / 64, 1.0 / Math.Min(height, width));
        int rings = (int)(MaxFrequency / _width) + 1;
        (_shared, _target, _moving, _counts) = (new double[rings], new double[rings], new double[rings], new double[rings]);
    }

    /// <summary>Share of samples of a spectrum that are independent.</summary>
    public double IndependentShare { get; private set; }

    /// <summary>Begins anew.</summary>
    /// <param name="windowShare">Pixels of the window to samples of the spectrum.</param>
    public void Clear(double windowShare)
    {
        IndependentShare = WindowShare * windowShare;
        foreach (double[] sums in (ReadOnlySpan<double[]>)[_shared, _target, _moving, _counts]) Array.Clear(sums);
    }

    /// <summary>The ring of a frequency, in periods a pixel.</summary>
    public int Ring(double y, double x) => (int)(Math.Sqrt(y * y + x * x) / _width);

    /// <param name="weight">2 for a sample that stands for its conjugate too.</param>
    /// <param name="shared">Real part of the cross spectrum, its phase taken back by the shift.</param>
    public void Add(int ring, int weight, double shared, double target, double moving)
    {
        _shared[ring] += weight * shared;
        _target[ring] += weight * target;
        _moving[ring] += weight * moving;
        _counts[ring] += weight;
    }

    /// <summary>By how much cross spectra count, by ring; 0 where there is nothing in common.</summary>
    public double[] Weights() => [.. Enumerable.Range(0, _counts.Length).Select(ring => Square(ring) is > 0 and var square
        ? Math.Sqrt(square) / (1 - square + LeastDisagreement) * _counts[ring] / Math.Sqrt(_target[ring] * _moving[ring])
        : 0)];

    /// <summary>Normalised cross-correlation of both images behind one Gaussian blur.</summary>
    /// <param name="blurPx">Standard deviation.</param>
    public double Correlation(double blurPx)
    {
        double shared = 0, target = 0, moving = 0;
        for (int ring = 0; ring < _counts.Length; ring++)
        {
            double frequency = (ring + 0.5) * _width, passed = Math.Exp(-4 * Math.PI * Math.PI * blurPx * blurPx * frequency * frequency);
            shared += passed * _shared[ring];
            target += passed * _target[ring];
            moving += passed * _moving[ring];
        }

        return target > 0 && moving > 0 ? Math.Clamp(shared / Math.Sqrt(target * moving), -1, 1) : 0;
    }

    private double Square(int ring)
    {
        double powers = _target[ring] * _moving[ring], samples = _counts[ring] * IndependentShare / 2; // the other half are conjugates
        if (!(_shared[ring] > 0 && powers > 0) || samples <= 1) return 0;
        double square = Math.Min(1, _shared[ring] * _shared[ring] / powers);
        return Math.Max(0, (square - 1 / samples) / (1 - 1 / samples));
    }
}
