using Acquisition.HardwareSim;
using Xunit;

namespace Acquisition.Tests.HardwareSim;

public sealed class SeededRandomTests
{
    [Fact]
    public void Without_a_seed_the_numbers_are_those_published_for_SplitMix64()
    {
        // The reference implementation started with state 0.
        var random = new SeededRandom();
        Assert.Equal(0xE220A8397B1DCDAFUL, random.NextBits());
        Assert.Equal(0x6E789E6AA1B965F4UL, random.NextBits());
        Assert.Equal(0x06C45D188009454FUL, random.NextBits());
    }

    [Fact]
    public void Every_seed_and_every_order_of_seeds_has_a_stream_of_its_own()
    {
        int[][] seeds = [[1], [2], [1, 0], [0, 1], [1, 2], [2, 1], [1, 2, 3], [-1]];
        Assert.Equal(seeds.Length, seeds.Select(seed => new SeededRandom(seed).NextBits()).Distinct().Count());
    }

    [Fact]
    public void Normal_numbers_have_the_moments_of_the_normal_law()
    {
        const int Count = 100_000;
        var random = new SeededRandom(3);
        double[] numbers = [.. Enumerable.Range(0, Count).Select(_ => random.NextNormal())];
        Assert.Equal(0, numbers.Average(), 5 / Math.Sqrt(Count));
        Assert.Equal(1, numbers.Average(x => x * x), 5 * Math.Sqrt(2.0 / Count));
        Assert.Equal(3, numbers.Average(x => x * x * x * x), 5 * Math.Sqrt(96.0 / Count));
    }
}
