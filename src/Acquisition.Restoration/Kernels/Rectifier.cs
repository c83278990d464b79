using System.Runtime.CompilerServices;
using Acquisition.Restoration.Kernels.Lanes;

namespace Acquisition.Restoration.Kernels;

/// <summary>Parametric rectifier: x where x &gt; 0, else slope · x.</summary>
internal static unsafe class Rectifier<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply(TVector x, TVector slope) =>
        TLanes.MultiplyAdd(TLanes.Min(x, TLanes.Fill(0)), slope, TLanes.Max(x, TLanes.Fill(0)));

    /// <param name="width">A multiple of 16.</param>
    /// <param name="to">May be <paramref name="from"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Row(float* from, float* to, int width, float slope)
    {
        TVector factor = TLanes.Fill(slope);
        for (float* end = from + width; from < end; from += TLanes.Width, to += TLanes.Width)
            TLanes.Store(Apply(TLanes.Load(from), factor), to);
    }

    /// <summary>Carries gradients from outputs to inputs in place, and adds those of slopes and of the biases before the rectifier.</summary>
    /// <param name="map">What went into the rectifier, or, where <paramref name="isOutput"/>, what came out; with positive slopes the
    /// one follows from the other.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(
        float* slopes, Activations map, bool isOutput, Activations gradient, Box box, float* slopeGradient, float* biasGradient)
    {
        TVector zero = TLanes.Fill(0);
        int width = map.PaddedX;
        box = box.In(gradient);
        nint xStride = map.RowStride, gStride = gradient.RowStride;
        for (int c = 0; c < map.Channels; c++)
        {
            TVector slope = TLanes.Fill(slopes[c]), slopeSum = zero, biasSum = zero;
            for (int z = box.Z; z < box.EndZ; z++)
            {
                float* xRow = map.Row(z, box.Y, c), gRow = gradient.Row(z, box.Y, c);
                for (int y = box.Y; y < box.EndY; y++, xRow += xStride, gRow += gStride)
                {
                    float* x = xRow, g = gRow;
                    for (float* end = x + width; x < end; x += TLanes.Width, g += TLanes.Width)
                    {
                        TVector value = TLanes.Load(x), outer = TLanes.Load(g);
                        slopeSum = TLanes.MultiplyAdd(outer, TLanes.Min(value, zero), slopeSum);
                        TVector inner = TLanes.WherePositive(value, outer, TLanes.Multiply(outer, slope));
                        biasSum = TLanes.Add(biasSum, inner);
                        TLanes.Store(inner, g);
                    }
                }
            }
            float negative = TLanes.Sum(slopeSum);
            slopeGradient[c] += isOutput ? negative / slopes[c] : negative;
            biasGradient[c] += TLanes.Sum(biasSum);
        }
    }

    /// <summary>Adds the gradient of the biases of a layer without rectifier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddBiasGradient(Activations gradient, float* biasGradient)
    {
        int width = gradient.PaddedX;
        for (int c = 0; c < gradient.Channels; c++)
        {
            TVector sum = TLanes.Fill(0);
            for (int z = 0; z < gradient.Z; z++)
            {
                float* row = gradient.Row(z, 0, c);
                for (int y = 0; y < gradient.Y; y++, row += gradient.RowStride)
                {
                    float* g = row;
                    for (float* end = g + width; g < end; g += TLanes.Width) sum = TLanes.Add(sum, TLanes.Load(g));
                }
            }
            biasGradient[c] += TLanes.Sum(sum);
        }
    }
}
