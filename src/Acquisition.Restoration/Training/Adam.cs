using System.Runtime.Intrinsics;

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
        int i = 0;
        for (; i <= parameters.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            Vector256<double> g = Vector256.WidenLower(Vector128.Create(gradient.Slice(i, 4)).ToVector256());
            Vector256<double> first = Vector256.Create(_first, i), second = Vector256.Create(_second, i);
            first += (1 - FirstDecay) * (g - first);
            second += (1 - SecondDecay) * (g * g - second);
            first.CopyTo(_first, i);
            second.CopyTo(_second, i);
            Vector256<double> step = learningRate * (first / firstBias)
                / (Vector256.Sqrt(second) / secondBias + Vector256.Create(Epsilon));
            Span<float> four = parameters.Slice(i, 4);
            (Vector128.Create<float>(four) - Vector256.Narrow(step, Vector256<double>.Zero).GetLower()).CopyTo(four);
        }
        for (; i < parameters.Length; i++)
        {
            double g = gradient[i];
            _first[i] += (1 - FirstDecay) * (g - _first[i]);
            _second[i] += (1 - SecondDecay) * (g * g - _second[i]);
            parameters[i] -= (float)(learningRate * (_first[i] / firstBias) / (Math.Sqrt(_second[i]) / secondBias + Epsilon));
        }
    }
}
