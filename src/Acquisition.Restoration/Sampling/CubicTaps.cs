namespace Acquisition.Restoration.Sampling;

/// <summary>Weights of Keys' cubic kernel (a = −0.5) between two grids whose samples are centred alike: output i of a grid s times
/// finer lies at (i + 0.5)/s − 0.5 of the input.</summary>
/// <remarks>Keys 1981, IEEE Trans. ASSP 29, eq. 15. Shrinking widens the kernel by the factor against aliasing. With mirrored borders
/// the weights of an output depend on its phase alone, so a handful serve a whole axis.</remarks>
internal sealed class CubicTaps
{
    private static readonly CubicTaps[] Down = [new(1, true), new(2, true), null!, new(4, true)];
    private static readonly CubicTaps[] Up = [new(1, false), new(2, false), null!, new(4, false)];

    private readonly float[][] _weights;
    private readonly int[] _first;

    private CubicTaps(int factor, bool shrinks)
    {
        int phases = shrinks ? 1 : factor;
        double stretch = shrinks ? factor : 1, step = shrinks ? factor : 1.0 / factor;
        _weights = new float[phases][];
        _first = new int[phases];
        for (int phase = 0; phase < phases; phase++)
        {
            double centre = (phase + 0.5) * step - 0.5;
            int first = (int)Math.Floor(centre - 2 * stretch) + 1;
            var weights = new double[(int)(4 * stretch)];
            for (int t = 0; t < weights.Length; t++) weights[t] = Keys((first + t - centre) / stretch);
            double sum = weights.Sum();
            _first[phase] = first;
            _weights[phase] = [.. weights.Select(weight => (float)(weight / sum))];
        }
    }

    /// <summary>Taps for an input <paramref name="factor"/> times finer than the output: 1, 2 or 4.</summary>
    public static CubicTaps Shrinking(int factor) => Down[factor - 1];

    /// <summary>Taps for an output <paramref name="factor"/> times finer than the input: 1, 2 or 4.</summary>
    public static CubicTaps Enlarging(int factor) => Up[factor - 1];

    /// <summary>Weights of the outputs whose index modulo the number of phases is <paramref name="phase"/>.</summary>
    public ReadOnlySpan<float> Weights(int phase) => _weights[phase];

    /// <summary>Input index of the first weight, for the first output of the phase.</summary>
    public int First(int phase) => _first[phase];

    /// <summary>The sample that stands at an index beyond a border: the axis mirrored at its outer edge, again and again.</summary>
    public static int Mirror(int index, int length)
    {
        int turn = index % (2 * length);
        if (turn < 0) turn += 2 * length;
        return turn < length ? turn : 2 * length - 1 - turn;
    }

    /// <summary>The kernel for grids one sample apart; 0 from 2 samples on.</summary>
    public static double Keys(double t)
    {
        double a = Math.Abs(t);
        return a <= 1 ? (1.5 * a - 2.5) * a * a + 1
            : a <= 2 ? ((-0.5 * a + 2.5) * a - 4) * a + 2
            : 0;
    }
}
