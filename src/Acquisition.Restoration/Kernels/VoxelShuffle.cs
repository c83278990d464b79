using System.Runtime.CompilerServices;
using Acquisition.Restoration.Kernels.Lanes;

namespace Acquisition.Restoration.Kernels;

/// <summary>Rows of phases on the coarse grid become rows of the fine grid.</summary>
/// <remarks>Products and sums are rounded one by one, so that all widths and remainders agree bit for bit.</remarks>
internal static unsafe class VoxelShuffle<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>fine[i · factor + p] += share · phases[p][i].</summary>
    /// <param name="phaseStride">Floats between the rows of two phases.</param>
    /// <param name="length">Coarse samples.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddRow(float* phases, nint phaseStride, int factor, float share, float* fine, int length)
    {
        int i = 0;
        if (factor == 2)
        {
            TVector scale = TLanes.Fill(share);
            float* odd = phases + phaseStride;
            for (; i <= length - TLanes.Width; i += TLanes.Width, fine += 2 * TLanes.Width)
            {
                TLanes.LoadInterleaved(fine, out TVector a, out TVector b);
                TLanes.StoreInterleaved(
                    TLanes.Add(a, TLanes.Multiply(scale, TLanes.Load(phases + i))),
                    TLanes.Add(b, TLanes.Multiply(scale, TLanes.Load(odd + i))), fine);
            }
        }
        for (; i < length; i++)
        {
            for (int p = 0; p < factor; p++, fine++) *fine += share * phases[p * phaseStride + i];
        }
    }

    /// <summary>Errors of a row of phases against a row of the fine grid: gradient = gain · weight · error.</summary>
    /// <param name="weights">Of each fine sample; <see langword="null"/> counts all as 1.</param>
    /// <returns>Σ weight · error².</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double CompareRow(
        float* phases, nint phaseStride, int factor, float* wanted, float* weights, float gain, float* gradient, nint gradientStride,
        int length)
    {
        int i = 0;
        TVector sum = TLanes.Fill(0), scale = TLanes.Fill(gain), weightEven = TLanes.Fill(1), weightOdd = weightEven;
        for (; factor == 2 && i <= length - TLanes.Width; i += TLanes.Width)
        {
            TLanes.LoadInterleaved(wanted + 2 * i, out TVector even, out TVector odd);
            if (weights != null) TLanes.LoadInterleaved(weights + 2 * i, out weightEven, out weightOdd);
            TVector evenError = TLanes.Subtract(TLanes.Load(phases + i), even), evenWeighted = TLanes.Multiply(weightEven, evenError);
            TVector oddError = TLanes.Subtract(TLanes.Load(phases + phaseStride + i), odd), oddWeighted = TLanes.Multiply(weightOdd, oddError);
            sum = TLanes.MultiplyAdd(evenWeighted, evenError, TLanes.MultiplyAdd(oddWeighted, oddError, sum));
            TLanes.Store(TLanes.Multiply(scale, evenWeighted), gradient + i);
            TLanes.Store(TLanes.Multiply(scale, oddWeighted), gradient + gradientStride + i);
        }
        double total = TLanes.Sum(sum);
        for (; i < length; i++)
        {
            for (int p = 0; p < factor; p++)
            {
                float error = phases[p * phaseStride + i] - wanted[i * factor + p];
                float weighted = weights == null ? error : error * weights[i * factor + p];
                total += weighted * error;
                gradient[p * gradientStride + i] = gain * weighted;
            }
        }
        return total;
    }
}
