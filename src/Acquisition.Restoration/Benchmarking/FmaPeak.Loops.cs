using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>The loops: every chain is c ← c · m + a, on named locals, because arrays would go through memory.</summary>
public readonly partial record struct FmaPeak
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run512(int rounds, float factor, float addend)
    {
        Vector512<float> m = Vector512.Create(factor), a = Vector512.Create(addend);
        Vector512<float> c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a, c6 = a, c7 = a, c8 = a, c9 = a, c10 = a, c11 = a;
        for (int i = 0; i < rounds; i++)
        {
            c0 = Vector512.MultiplyAddEstimate(c0, m, a);
            c1 = Vector512.MultiplyAddEstimate(c1, m, a);
            c2 = Vector512.MultiplyAddEstimate(c2, m, a);
            c3 = Vector512.MultiplyAddEstimate(c3, m, a);
            c4 = Vector512.MultiplyAddEstimate(c4, m, a);
            c5 = Vector512.MultiplyAddEstimate(c5, m, a);
            c6 = Vector512.MultiplyAddEstimate(c6, m, a);
            c7 = Vector512.MultiplyAddEstimate(c7, m, a);
            c8 = Vector512.MultiplyAddEstimate(c8, m, a);
            c9 = Vector512.MultiplyAddEstimate(c9, m, a);
            c10 = Vector512.MultiplyAddEstimate(c10, m, a);
            c11 = Vector512.MultiplyAddEstimate(c11, m, a);
        }
        return Vector512.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run256(int rounds, float factor, float addend)
    {
        Vector256<float> m = Vector256.Create(factor), a = Vector256.Create(addend);
        Vector256<float> c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a, c6 = a, c7 = a, c8 = a, c9 = a, c10 = a, c11 = a;
        for (int i = 0; i < rounds; i++)
        {
            c0 = Vector256.MultiplyAddEstimate(c0, m, a);
            c1 = Vector256.MultiplyAddEstimate(c1, m, a);
            c2 = Vector256.MultiplyAddEstimate(c2, m, a);
            c3 = Vector256.MultiplyAddEstimate(c3, m, a);
            c4 = Vector256.MultiplyAddEstimate(c4, m, a);
            c5 = Vector256.MultiplyAddEstimate(c5, m, a);
            c6 = Vector256.MultiplyAddEstimate(c6, m, a);
            c7 = Vector256.MultiplyAddEstimate(c7, m, a);
            c8 = Vector256.MultiplyAddEstimate(c8, m, a);
            c9 = Vector256.MultiplyAddEstimate(c9, m, a);
            c10 = Vector256.MultiplyAddEstimate(c10, m, a);
            c11 = Vector256.MultiplyAddEstimate(c11, m, a);
        }
        return Vector256.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run128(int rounds, float factor, float addend)
    {
        Vector128<float> m = Vector128.Create(factor), a = Vector128.Create(addend);
        Vector128<float> c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a, c6 = a, c7 = a, c8 = a, c9 = a, c10 = a, c11 = a;
        for (int i = 0; i < rounds; i++)
        {
            c0 = Vector128.MultiplyAddEstimate(c0, m, a);
            c1 = Vector128.MultiplyAddEstimate(c1, m, a);
            c2 = Vector128.MultiplyAddEstimate(c2, m, a);
            c3 = Vector128.MultiplyAddEstimate(c3, m, a);
            c4 = Vector128.MultiplyAddEstimate(c4, m, a);
            c5 = Vector128.MultiplyAddEstimate(c5, m, a);
            c6 = Vector128.MultiplyAddEstimate(c6, m, a);
            c7 = Vector128.MultiplyAddEstimate(c7, m, a);
            c8 = Vector128.MultiplyAddEstimate(c8, m, a);
            c9 = Vector128.MultiplyAddEstimate(c9, m, a);
            c10 = Vector128.MultiplyAddEstimate(c10, m, a);
            c11 = Vector128.MultiplyAddEstimate(c11, m, a);
        }
        return Vector128.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float RunScalar(int rounds, float factor, float addend)
    {
        float m = factor, a = addend;
        float c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a, c6 = a, c7 = a, c8 = a, c9 = a, c10 = a, c11 = a;
        for (int i = 0; i < rounds; i++)
        {
            c0 = float.MultiplyAddEstimate(c0, m, a);
            c1 = float.MultiplyAddEstimate(c1, m, a);
            c2 = float.MultiplyAddEstimate(c2, m, a);
            c3 = float.MultiplyAddEstimate(c3, m, a);
            c4 = float.MultiplyAddEstimate(c4, m, a);
            c5 = float.MultiplyAddEstimate(c5, m, a);
            c6 = float.MultiplyAddEstimate(c6, m, a);
            c7 = float.MultiplyAddEstimate(c7, m, a);
            c8 = float.MultiplyAddEstimate(c8, m, a);
            c9 = float.MultiplyAddEstimate(c9, m, a);
            c10 = float.MultiplyAddEstimate(c10, m, a);
            c11 = float.MultiplyAddEstimate(c11, m, a);
        }
        return c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11;
    }
}
