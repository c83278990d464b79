using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration;

public sealed class BackProjectionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly Factors Twice = new(2, 2, 2);

    [Fact]
    public void The_residual_shrinks_with_every_round()
    {
        using FloatVolume acquired = Volumes.Rods(new(6, 20, 24), 1);
        using var restored = new FloatVolume(acquired.Shape.Times(Twice));
        Resampling.Enlarge(acquired, Twice, restored, 1, Cancel);

        double last = BackProjection.Refine(acquired, restored, Twice, 0, float.NegativeInfinity, 1, Cancel);
        for (int round = 0; round < 6; round++)
        {
            double now = BackProjection.Refine(acquired, restored, Twice, 1, float.NegativeInfinity, 1, Cancel);
            Assert.True(now < last, $"round {round}: {now} after {last}");
            last = now;
        }
    }

    [Fact]
    public void The_residual_is_that_of_the_definition()
    {
        using FloatVolume acquired = Volumes.Random(new(3, 9, 10), 2), restored = Volumes.Random(new(6, 18, 20), 3);
        using var shrunk = new FloatVolume(acquired.Shape);
        Resampling.Shrink(restored, Twice, shrunk, 1, Cancel);
        double expected = Math.Sqrt(Volumes.Samples(acquired).Zip(Volumes.Samples(shrunk), (a, b) => ((double)a - b) * ((double)a - b)).Average());

        Assert.Equal(expected, BackProjection.Refine(acquired, restored, Twice, 0, float.NegativeInfinity, 1, Cancel), 1e-9);
    }

    [Theory]
    [InlineData(0, 0f)]
    [InlineData(3, -0.25f)]
    public void No_sample_falls_below_the_floor(int rounds, float floor)
    {
        using FloatVolume acquired = Volumes.From(new(3, 9, 10), (z, y, x) => (z + y + x) % 3 == 0 ? 1 : -0.5);
        using var restored = new FloatVolume(acquired.Shape.Times(Twice));
        Resampling.Enlarge(acquired, Twice, restored, 1, Cancel);

        BackProjection.Refine(acquired, restored, Twice, rounds, floor, 1, Cancel);

        Assert.Equal(floor, Volumes.Samples(restored).Min());
    }
}
