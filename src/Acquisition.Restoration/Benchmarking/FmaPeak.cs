using System.Runtime.Intrinsics;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>What one core can do at most: multiply-adds on registers, without any memory.</summary>
/// <param name="GflopPerSecond">A multiply-add counts as two operations.</param>
/// <param name="VectorBits">The width that reached it; 32 where no vectors are enabled.</param>
public readonly partial record struct FmaPeak(double GflopPerSecond, int VectorBits)
{
    /// <summary>Chains that do not wait for each other: more than latency times throughput of any processor (4 × 2), and as many as
    /// fit into 16 registers beside the operands.</summary>
    private const int Chains = 12;

    private const int Samples = 5;

    /// <summary>Results go here, so that no compiler may leave the work out.</summary>
    private static float _sink;

    /// <summary>Measures all widths on the calling thread; the best of several samples, in time of the processor.</summary>
    /// <param name="sample">Length of one sample, roughly.</param>
    public static FmaPeak Measure(TimeSpan sample)
    {
        var best = default(FmaPeak);
        // Wider is not always faster: some processors run wide vectors as two halves, or at a lower clock.
        if (Vector512.IsHardwareAccelerated) best = Better(best, 512, sample, Run512);
        if (Vector256.IsHardwareAccelerated) best = Better(best, 256, sample, Run256);
        if (Vector128.IsHardwareAccelerated) best = Better(best, 128, sample, Run128);
        return best.VectorBits > 0 ? best : Better(best, 32, sample, RunScalar);
    }

    private static FmaPeak Better(FmaPeak best, int bits, TimeSpan sample, Func<int, float, float, float> run)
    {
        int rounds = 1000;
        // Doubling also brings the loop to its final code before anything counts.
        while (RunTime.Once(() => _sink = run(rounds, 0.5f, 0.5f)).ProcessorMs < sample.TotalMilliseconds) rounds *= 2;
        double flops = 2.0 * Chains * (bits / 32) * rounds;
        for (int i = 0; i < Samples; i++)
        {
            double seconds = 1e-3 * RunTime.Once(() => _sink = run(rounds, 0.5f, 0.5f)).ProcessorMs;
            if (flops / seconds / 1e9 > best.GflopPerSecond) best = new(flops / seconds / 1e9, bits);
        }
        return best;
    }
}
