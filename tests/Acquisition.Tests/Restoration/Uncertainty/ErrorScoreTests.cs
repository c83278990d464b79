using Acquisition.Restoration.Uncertainty;
using Xunit;

namespace Acquisition.Tests.Restoration.Uncertainty;

public sealed class ErrorScoreTests
{
    [Fact]
    public void Normal_errors_keep_to_the_normal_shares_and_to_no_rank()
    {
        var random = new Random(7);
        const int Count = 200_000;
        float[] predicted = new float[Count], found = new float[Count];
        for (int i = 0; i < Count; i++)
        {
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            (predicted[i], found[i]) = (0.3f, (float)Math.Abs(0.3 * normal));
        }

        ErrorScore score = ErrorScore.Of(predicted, found);

        Assert.Equal(0.6827, score.WithinOne, 0.005);
        Assert.Equal(0.9545, score.WithinTwo, 0.005);
        Assert.Equal(0, score.Rank);
    }

    [Fact]
    public void Ranks_are_spearmans_with_ties_sharing_their_mean()
    {
        // scipy.stats.spearmanr([1, 2, 2, 5, 9, 3], [10, 30, 20, 20, 90, 1]) says 0.4265...; by hand: ranks 0 1.5 1.5 4 5 3 and
        // 1 4 2.5 2.5 5 0, covariance 7.25 over √(17 · 17).
        ErrorScore score = ErrorScore.Of([1, 2, 2, 5, 9, 3], [10, 30, 20, 20, 90, 1]);
        Assert.Equal(7.25 / 17, score.Rank, 1e-12);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(-1, -1)]
    public void Only_the_order_counts(int sign, double rank)
    {
        float[] predicted = [1, 2, 3, 4, 5];
        float[] found = [.. predicted.Select(p => MathF.Exp(sign * p))];
        Assert.Equal(rank, ErrorScore.Of(predicted, found).Rank, 1e-12);
    }

    [Fact]
    public void Nothing_to_compare_is_refused()
    {
        Assert.Throws<ArgumentException>(() => ErrorScore.Of([], []));
        Assert.Throws<ArgumentException>(() => ErrorScore.Of([1], [1, 2]));
    }
}
