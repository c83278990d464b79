using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Acquisition.Restoration.Kernels;

/// <summary>Parametric rectifier: x where x &gt; 0, else slope · x; one slope a channel.</summary>
internal static unsafe class Prelu
{
    /// <summary>Rectifies the rows [firstRow, endRow), counted over z and y.</summary>
    /// <param name="output">May be the input. Padding stays zero.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* slopes, Activations input, Activations output, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            for (int c = 0; c < input.Channels; c++)
            {
                float* from = input.Row(row / input.Y, row % input.Y, c), to = output.Row(row / input.Y, row % input.Y, c);
                var slope = Vector512.Create(slopes[c]);
                for (float* end = from + input.PaddedX; from < end; from += 16, to += 16)
                {
                    var x = Vector512.Load(from);
                    (Vector512.Max(x, Vector512<float>.Zero) + slope * Vector512.Min(x, Vector512<float>.Zero)).Store(to);
                }
            }
        }
    }

    /// <summary>Carries gradients from outputs to inputs in place, and adds those of slopes and of the biases before the rectifier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(
        float* slopes, Activations input, Activations gradient, float* slopeGradient, float* biasGradient)
    {
        for (int c = 0; c < input.Channels; c++)
        {
            var slope = Vector512.Create(slopes[c]);
            var slopeSum = Vector512<float>.Zero;
            var biasSum = Vector512<float>.Zero;
            for (int row = 0; row < input.Rows; row++)
            {
                float* x = input.Row(row / input.Y, row % input.Y, c), g = gradient.Row(row / input.Y, row % input.Y, c);
                for (float* end = x + input.PaddedX; x < end; x += 16, g += 16)
                {
                    Vector512<float> value = Vector512.Load(x), outer = Vector512.Load(g);
                    slopeSum += outer * Vector512.Min(value, Vector512<float>.Zero);
                    var inner = Vector512.ConditionalSelect(
                        Vector512.GreaterThan(value, Vector512<float>.Zero), outer, outer * slope);
                    biasSum += inner;
                    inner.Store(g);
                }
            }
            slopeGradient[c] += Vector512.Sum(slopeSum);
            biasGradient[c] += Vector512.Sum(biasSum);
        }
    }

    /// <summary>Adds the gradient of the biases of a layer without rectifier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddBiasGradient(Activations gradient, float* biasGradient)
    {
        for (int c = 0; c < gradient.Channels; c++)
        {
            var sum = Vector512<float>.Zero;
            for (int row = 0; row < gradient.Rows; row++)
            {
                float* g = gradient.Row(row / gradient.Y, row % gradient.Y, c);
                for (float* end = g + gradient.PaddedX; g < end; g += 16) sum += Vector512.Load(g);
            }
            biasGradient[c] += Vector512.Sum(sum);
        }
    }
}
