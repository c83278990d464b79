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
}
