namespace Acquisition.Restoration.Training;

/// <summary>Kingma and Ba 2015, algorithm 1.</summary>
internal sealed class Adam(int parameters)
{
    private const double FirstDecay = 0.9;
    private const double SecondDecay = 0.999;
    private const double Epsilon = 1e-8;

    private readonly double[] _first = new double[parameters];
    private readonly double[] _second = new double[parameters];
    private int _steps;

    public void Step(Span<float> parameters, ReadOnlySpan<float> gradient, double learningRate)
    {
        _steps++;
        double firstBias = 1 - Math.Pow(FirstDecay, _steps), secondBias = Math.Sqrt(1 - Math.Pow(SecondDecay, _steps));
        for (int i = 0; i < parameters.Length; i++)
        {
            double g = gradient[i];
            _first[i] += (1 - FirstDecay) * (g - _first[i]);
            _second[i] += (1 - SecondDecay) * (g * g - _second[i]);
            parameters[i] -= (float)(learningRate * (_first[i] / firstBias) / (Math.Sqrt(_second[i]) / secondBias + Epsilon));
        }
    }
}
