using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Benchmarking;
using Acquisition.Restoration.Network;
using Xunit;

namespace Acquisition.Tests.Restoration.Benchmarking;

public sealed class ConvCostTests
{
    /// <summary>In, out, kernel, groups, z, y, x; also volumes thinner than the kernel.</summary>
    public static TheoryData<int, int, int, int, int, int, int> Cases => new()
    {
        { 1, 16, 5, 1, 4, 7, 9 }, { 16, 12, 1, 1, 2, 3, 5 }, { 6, 6, 3, 3, 3, 4, 5 }, { 2, 3, 5, 1, 1, 2, 3 }, { 4, 2, 3, 2, 1, 1, 1 },
    };

    [Theory, MemberData(nameof(Cases))]
    public void A_convolution_costs_two_operations_for_each_weight_that_meets_a_sample(int ins, int outs, int kernel, int groups, int z, int y, int x)
    {
        long operations = 0;
        for (int output = 0; output < outs; output++)
            for (int input = 0; input < ins / groups; input++)
                for (int iz = 0; iz < z; iz++)
                    for (int iy = 0; iy < y; iy++)
                        for (int ix = 0; ix < x; ix++) operations += 2 * Inside(iz, z) * Inside(iy, y) * Inside(ix, x);

        Assert.Equal(operations, ConvCost.Flops(new ConvShape(ins, outs, kernel, groups), new VolumeShape(z, y, x)));

        int Inside(int centre, int length) => Enumerable.Range(centre - kernel / 2, kernel).Count(tap => tap >= 0 && tap < length);
    }

    [Fact]
    public void Training_costs_three_passes_of_all_layers_but_the_first_which_needs_no_input_gradient()
    {
        // 1→2, 3³ on 1×1×2: two taps meet samples at each voxel, so 2·2·(2 + 2) = 16; likewise by hand for the paper's network below.
        Assert.Equal(16, ConvCost.Flops(new ConvShape(1, 2, 3), new VolumeShape(1, 1, 2)));
        var layout = new NetworkLayout(NetworkVariant.Paper, new Factors(2, 2, 2));
        // On one voxel only the central tap counts: 16·1, 6·16, four times 6·2, 8·6 weights.
        Assert.Equal(2 * (16 + 96 + 4 * 12 + 48), ConvCost.Forward(layout, new VolumeShape(1, 1, 1)));
        Assert.Equal(3 * 2 * (16 + 96 + 4 * 12 + 48) - 2 * 16, ConvCost.Training(layout, new VolumeShape(1, 1, 1)));
    }
}
