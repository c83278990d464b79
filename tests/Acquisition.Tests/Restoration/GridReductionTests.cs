using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Sampling;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration;

public sealed class GridReductionTests
{
    // Ratios below, at and above the training's; equal and tiny axes; widths around a vector of eight.
    public static TheoryData<int, int, int, int, int, int> Grids => new()
    {
        { 6, 9, 24, 5, 6, 15 }, { 3, 17, 16, 3, 14, 9 }, { 5, 8, 7, 3, 8, 6 }, { 1, 10, 33, 1, 3, 9 }, { 2, 5, 9, 1, 5, 8 },
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Grids))]
    public void Samples_are_those_of_the_formula(int z, int y, int x, int toZ, int toY, int toX)
    {
        VolumeShape from = new(z, y, x), to = new(toZ, toY, toX);
        using FloatVolume source = Volumes.Random(from, 3), found = new(to);

        new GridReduction(from, to).Apply(source, found, threads: 2, Cancel);

        double[,] wz = Weights(z, toZ), wy = Weights(y, toY), wx = Weights(x, toX);
        for (int k = 0; k < toZ; k++)
        {
            for (int j = 0; j < toY; j++)
            {
                for (int i = 0; i < toX; i++)
                {
                    double sum = 0;
                    for (int c = 0; c < z; c++)
                        for (int b = 0; b < y; b++)
                            for (int a = 0; a < x; a++) sum += wz[k, c] * wy[j, b] * wx[i, a] * source.Plane(c)[b * x + a];
                    Assert.Equal(sum, found.Plane(k)[j * toX + i], 2e-6);
                }
            }
        }
    }

    [Theory, InlineData(5), InlineData(0)]
    public void A_finer_or_much_coarser_grid_is_refused(int edge) =>
        Assert.Throws<ArgumentException>(() => new GridReduction(new(4, 4, 4), new(4, edge, 4)));

    /// <summary>Keys 1981, eq. 15, stretched by the ratio; half-sample symmetric borders; rows sum to 1.</summary>
    private static double[,] Weights(int from, int to)
    {
        double ratio = (double)from / to;
        var weights = new double[to, from];
        for (int i = 0; i < to; i++)
        {
            double sum = 0;
            for (int j = -3 * from; j < 4 * from; j++)
            {
                double t = Math.Abs(j - ((i + 0.5) * ratio - 0.5)) / ratio;
                double weight = t < 1 ? 1.5 * t * t * t - 2.5 * t * t + 1 : t < 2 ? -0.5 * t * t * t + 2.5 * t * t - 4 * t + 2 : 0;
                int turn = ((j % (2 * from)) + 2 * from) % (2 * from);
                weights[i, turn < from ? turn : 2 * from - 1 - turn] += weight;
                sum += weight;
            }
            for (int j = 0; j < from; j++) weights[i, j] /= sum;
        }
        return weights;
    }
}
