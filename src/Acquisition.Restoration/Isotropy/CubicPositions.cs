using Acquisition.Restoration.Sampling;

namespace Acquisition.Restoration.Isotropy;

/// <summary>Where samples of a fine axis lie between those of a coarse one, and Keys' cubic weights (a = −0.5) of the four around each.
/// Sample x lies at x/σ; beyond either end the outermost sample repeats.</summary>
internal sealed class CubicPositions
{
    public const int Taps = 4;

    private readonly int[] _indices;
    private readonly float[] _weights;

    public CubicPositions(int coarse, double ratio, int fine)
    {
        _indices = new int[Taps * fine];
        _weights = new float[Taps * fine];
        for (int x = 0; x < fine; x++)
        {
            double at = x / ratio;
            int below = (int)Math.Floor(at);
            for (int t = 0; t < Taps; t++)
            {
                int index = below - 1 + t;
                _indices[Taps * x + t] = Math.Clamp(index, 0, coarse - 1);
                _weights[Taps * x + t] = (float)CubicTaps.Keys(at - index);
            }
        }
    }

    public ReadOnlySpan<int> Indices(int x) => _indices.AsSpan(Taps * x, Taps);

    public ReadOnlySpan<float> Weights(int x) => _weights.AsSpan(Taps * x, Taps);
}
