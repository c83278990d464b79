using Acquisition.Restoration.Uncertainty;
using Xunit;

namespace Acquisition.Tests.Restoration.Uncertainty;

public sealed class IsotonicTests
{
    public static TheoryData<double[], double[]> Cases => new()
    {
        { [], [] },
        { [3], [3] },
        { [1, 2, 4], [1, 2, 4] },
        { [4, 2, 1], [7.0 / 3, 7.0 / 3, 7.0 / 3] },
        { [1, 3, 2, 4], [1, 2.5, 2.5, 4] },
        { [1, 5, 3, 1, 8, 7], [1, 3, 3, 3, 7.5, 7.5] },
        { [2, 2, 0], [4.0 / 3, 4.0 / 3, 4.0 / 3] },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Falling_values_are_replaced_by_their_mean(double[] values, double[] expected)
    {
        Isotonic.Fit(values);
        Assert.Equal(expected.Length, values.Length);
        Assert.All(expected.Zip(values), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Fact]
    public void Long_tables_are_fitted_as_well()
    {
        double[] values = [.. Enumerable.Range(0, 1000).Select(i => i % 2 == 0 ? i + 1.0 : i - 1.0)]; // 1 0 3 2 5 4 …
        Isotonic.Fit(values);
        Assert.All(Enumerable.Range(0, 1000), i => Assert.Equal(i / 2 * 2 + 0.5, values[i], 1e-9));
    }
}
