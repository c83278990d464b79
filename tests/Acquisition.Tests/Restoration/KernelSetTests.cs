using Acquisition.Core;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Xunit;

namespace Acquisition.Tests.Restoration;

public sealed unsafe class KernelSetTests
{
    public static TheoryData<string> Sets => [.. KernelSet.Supported.Select(set => set.Name)];

    [Fact]
    public void An_unknown_override_is_refused_with_what_is_accepted()
    {
        var error = Assert.Throws<RestorationException>(() => KernelSet.Choose("sse"));

        Assert.Contains("ACQUISITION_SIMD is 'sse'", error.Message);
        Assert.Contains("avx512, avx2, scalar", error.Message);
    }

    [Fact]
    public void Without_an_override_the_widest_set_of_the_processor_is_taken() =>
        Assert.Equal(KernelSet.Supported.First().Name, KernelSet.Choose(null).Name);

    [Theory]
    [InlineData(12, 12, 3, 1, 4, true)]
    [InlineData(12, 12, 3, 1, 2, false)] // most of a tile of four planes would be computed for nothing
    [InlineData(6, 6, 3, 3, 4, false)]
    [InlineData(1, 16, 5, 1, 4, false)]
    [InlineData(16, 12, 1, 1, 4, false)]
    public void Winograd_serves_whole_convolutions_of_volumes_that_are_deep_enough(
        int ins, int outs, int kernel, int groups, int planes, bool isWinograd) =>
        Assert.Equal(isWinograd, KernelSet.Default.Convolution(new ConvShape(ins, outs, kernel, groups), planes).Form != "direct");

    [Theory, MemberData(nameof(Sets))]
    public void A_row_of_the_fine_grid_gets_the_phases_in_turn(string set)
    {
        KernelSet kernels = KernelSet.Choose(set);
        foreach (int factor in (int[])[1, 2, 4])
        {
            foreach (int length in (int[])[1, 7, 8, 15, 16, 17, 33])
            {
                var random = new Random(length);
                float[] phases = Draw(factor * 40), fine = Draw(factor * length), expected = [.. fine];
                for (int i = 0; i < length * factor; i++) expected[i] += 0.125f * phases[i % factor * 40 + i / factor];

                fixed (float* from = phases, to = fine) kernels.AddFineRow(from, 40, factor, 0.125f, to, length);

                Assert.Equal(expected, fine);

                float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
            }
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public void Errors_of_a_row_are_weighted_and_summed(string set)
    {
        KernelSet kernels = KernelSet.Choose(set);
        foreach (bool weighted in (bool[])[false, true])
        {
            foreach (int factor in (int[])[1, 2])
            {
                foreach (int length in (int[])[1, 8, 17, 33])
                {
                    var random = new Random(length);
                    float[] phases = Draw(factor * 40), wanted = Draw(factor * length), weights = Draw(factor * length);
                    var gradient = new float[factor * 40];
                    double found, expected = 0;
                    fixed (float* p = phases, w = wanted, q = weights, g = gradient)
                        found = kernels.CompareFineRow(p, 40, factor, w, weighted ? q : null, 3, g, 40, length);

                    for (int i = 0; i < factor * length; i++)
                    {
                        double error = phases[i % factor * 40 + i / factor] - wanted[i], weight = weighted ? weights[i] : 1;
                        expected += weight * error * error;
                        Assert.Equal(3 * weight * error, gradient[i % factor * 40 + i / factor], 1e-6);
                    }
                    Assert.Equal(expected, found, 1e-5 * expected + 1e-9);

                    float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
                }
            }
        }
    }
}
