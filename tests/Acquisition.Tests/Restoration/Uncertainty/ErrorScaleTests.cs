using Acquisition.Restoration.Uncertainty;
using Xunit;

namespace Acquisition.Tests.Restoration.Uncertainty;

public sealed class ErrorScaleTests
{
    [Theory]
    [InlineData(1, 255)]
    [InlineData(0.5, 239)]
    [InlineData(0.25, 223)]
    [InlineData(0.001, 96)] // 255 − 16 · log₂ 1000 = 95.55
    [InlineData(7, 255)]
    [InlineData(double.PositiveInfinity, 255)]
    [InlineData(1e-9, 1)]
    [InlineData(0, 1)]
    [InlineData(double.NaN, 0)]
    public void A_share_of_the_range_becomes_sixteen_steps_an_octave(double share, byte step) => Assert.Equal(step, ErrorScale.Encode(share));

    [Fact]
    public void Every_step_but_unknown_comes_back_as_itself()
    {
        Assert.All(Enumerable.Range(1, 255), step => Assert.Equal(step, ErrorScale.Encode(ErrorScale.Decode((byte)step))));
        Assert.True(double.IsNaN(ErrorScale.Decode(ErrorScale.Unknown)));
    }

    [Fact]
    public void Errors_within_the_scale_come_back_within_half_a_step()
    {
        var random = new Random(5);
        for (int i = 0; i < 1000; i++)
        {
            double share = Math.Pow(2, -15.8 * random.NextDouble());
            Assert.InRange(ErrorScale.Decode(ErrorScale.Encode(share)) / share, Math.Pow(2, -0.5001 / 16), Math.Pow(2, 0.5001 / 16));
        }
    }
}
