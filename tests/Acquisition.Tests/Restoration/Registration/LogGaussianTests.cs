using Acquisition.Restoration.Registration;
using Xunit;

namespace Acquisition.Tests.Restoration.Registration;

public sealed class LogGaussianTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.3, -0.45)]
    [InlineData(-0.5, 0.5)]
    public void The_top_of_a_turned_gaussian_is_exact(double y, double x)
    {
        Shift top = LogGaussian.Top(Values((v, u) => 3 * Math.Exp(-0.4 * (v - y) * (v - y) - 0.2 * (v - y) * (u - x) - 0.15 * (u - x) * (u - x))))!.Value;
        Assert.Equal(y, top.Y, 1e-9);
        Assert.Equal(x, top.X, 1e-9);
    }

    [Fact]
    public void Values_that_are_not_above_zero_are_left_out()
    {
        double[] values = Values((v, u) => Math.Exp(-0.3 * (v - 0.2) * (v - 0.2) - 0.3 * u * u));
        (values[0], values[4], values[20]) = (-1, 0, double.NaN);
        Assert.Equal(0.2, LogGaussian.Top(values)!.Value.Y, 1e-9);
    }

    [Fact]
    public void Neither_a_plain_nor_a_saddle_nor_a_slope_has_a_top()
    {
        Assert.Null(LogGaussian.Top(Values((_, _) => 1)));
        Assert.Null(LogGaussian.Top(Values((_, _) => -1)));
        Assert.Null(LogGaussian.Top(Values((v, u) => Math.Exp(0.1 * (v * v - u * u)))));
        Assert.Null(LogGaussian.Top(Values((v, u) => Math.Exp(-0.05 * ((v - 4) * (v - 4) + u * u)))));
    }

    private static double[] Values(Func<double, double, double> at) =>
        [.. from y in Enumerable.Range(-2, 5) from x in Enumerable.Range(-2, 5) select at(y, x)];
}
