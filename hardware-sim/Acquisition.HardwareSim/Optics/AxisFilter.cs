using Acquisition.Core;

namespace Acquisition.HardwareSim.Optics;

/// <summary>A finite impulse response along one axis of a volume; both borders are mirrored, edge sample repeated.</summary>
internal sealed class AxisFilter
{
    private readonly double[] _weights;
    private readonly int _first;
    private readonly int _step;

    /// <param name="weights">Output i is Σₖ weights[k] · input[i·step + first + k].</param>
    /// <param name="first">Where the first tap lies from sample i·step.</param>
    /// <param name="step">Input samples from one output sample to the next.</param>
    public AxisFilter(double[] weights, int first, int step = 1)
    {
        _weights = weights;
        _first = first;
        _step = step;
    }

    /// <summary>Filters along one axis: 0 is z, 1 is y, 2 is x. The axis comes out <c>step</c> times shorter.</summary>
    public FloatVolume Apply(FloatVolume input, int axis)
    {
        VolumeShape shape = input.Shape;
        (int outer, int length, int inner) = axis switch
        {
            0 => (1, shape.Z, shape.PlaneVoxels),
            1 => (shape.Z, shape.Y, shape.X),
            _ => (shape.Z * shape.Y, shape.X, 1),
        };
        int filtered = length / _step;
        var output = new FloatVolume(axis switch
        {
            0 => shape with { Z = filtered },
            1 => shape with { Y = filtered },
            _ => shape with { X = filtered },
        });
        for (int o = 0; o < outer; o++)
        {
            ReadOnlySpan<float> source = input.Samples.AsSpan(o * length * inner, length * inner);
            Span<float> target = output.Samples.AsSpan(o * filtered * inner, filtered * inner);
            if (inner == 1) FilterLine(source, target);
            else FilterRows(source, target, length, inner);
        }

        return output;
    }

    /// <summary>Index of the sample that stands at <paramref name="index"/> when the axis is mirrored at both ends.</summary>
    public static int Mirror(int index, int length)
    {
        int period = 2 * length;
        index = (index % period + period) % period;
        return index < length ? index : period - 1 - index;
    }

    private void FilterLine(ReadOnlySpan<float> source, Span<float> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            int start = i * _step + _first;
            double sum = 0;
            if (start >= 0 && start + _weights.Length <= source.Length)
            {
                ReadOnlySpan<float> taps = source.Slice(start, _weights.Length);
                for (int k = 0; k < taps.Length; k++) sum += _weights[k] * taps[k];
            }
            else
            {
                for (int k = 0; k < _weights.Length; k++) sum += _weights[k] * source[Mirror(start + k, source.Length)];
            }

            target[i] = (float)sum;
        }
    }

    // Whole rows at once: neighbours in memory share their weight.
    private void FilterRows(ReadOnlySpan<float> source, Span<float> target, int length, int inner)
    {
        for (int i = 0; i < target.Length / inner; i++)
        {
            Span<float> row = target.Slice(i * inner, inner);
            for (int k = 0; k < _weights.Length; k++)
            {
                float weight = (float)_weights[k];
                ReadOnlySpan<float> tap = source.Slice(Mirror(i * _step + _first + k, length) * inner, inner);
                for (int x = 0; x < row.Length; x++) row[x] += weight * tap[x];
            }
        }
    }
}
