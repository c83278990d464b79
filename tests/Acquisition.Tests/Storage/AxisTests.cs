using Acquisition.Storage.Reporting;
using Xunit;

namespace Acquisition.Tests.Storage;

public sealed class AxisTests
{
    [Theory]
    [InlineData(0, 12)]
    [InlineData(-3.2, 7.9)]
    [InlineData(31.25, 31.75)]
    [InlineData(5, 5)]
    [InlineData(0, 0)]
    [InlineData(0, 1e-6)]
    [InlineData(1e7, 3e7)]
    public void A_linear_axis_holds_its_values_between_few_round_ticks(double least, double most)
    {
        Axis axis = Axis.Linear(least, most);
        Assert.InRange(axis.Ticks.Count, 2, 14);
        Assert.True(axis.Low <= least && axis.High >= most);
        double step = axis.Ticks[1] - axis.Ticks[0], mantissa = step / Math.Pow(10, Math.Floor(Math.Log10(step) + 1e-9));
        Assert.Contains(Math.Round(mantissa, 6), (double[])[1, 2, 5]);
        Assert.All(axis.Ticks, tick => Assert.Equal((tick - axis.Low) / (axis.High - axis.Low), axis.Place(tick), tolerance: 1e-9));
        Assert.Equal((0, 1), (axis.Place(axis.Low - 1), axis.Place(axis.High + 1)));
    }

    [Theory]
    [InlineData(0.013, 0.9)]
    [InlineData(0.2, 67)]
    [InlineData(1e-5, 1e4)]
    [InlineData(1, 100)]
    public void A_logarithmic_axis_holds_its_values_and_gives_each_decade_the_same_room(double least, double most)
    {
        Axis axis = Axis.Logarithmic(least, most);
        Assert.True(axis.Low <= least && axis.High >= most);
        Assert.InRange(axis.Ticks.Count, 3, 14);
        double middle = Math.Sqrt(axis.Low * axis.High);
        Assert.Equal(0.5, axis.Place(middle), tolerance: 1e-9);
        Assert.Equal(0, axis.Place(0));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1.99, 1)]
    [InlineData(2, 2)]
    [InlineData(4.99, 2)]
    [InlineData(7, 5)]
    [InlineData(0.03, 0.02)]
    [InlineData(99, 50)]
    public void Steps_are_rounded_down_to_one_two_or_five(double step, double round) =>
        Assert.Equal(round, Axis.RoundStep(step), tolerance: 1e-9 * round);
}
