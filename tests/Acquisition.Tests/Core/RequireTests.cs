using Acquisition.Core;
using Xunit;

namespace Acquisition.Tests.Core;

public sealed class RequireTests
{
    [Theory, InlineData(0.0), InlineData(-1.0), InlineData(double.NaN), InlineData(double.PositiveInfinity)]
    public void A_refusal_names_the_property_the_value_and_what_is_accepted(double voxel)
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => new VoxelSize { ZUm = 1, YUm = voxel, XUm = 1 });
        Assert.Contains("YUm is", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("greater than zero", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void With_is_checked_too()
    {
        var voxel = new VoxelSize { ZUm = 1, YUm = 1, XUm = 1 };
        Assert.Throws<ArgumentOutOfRangeException>(() => voxel with { XUm = -1 });
    }

    [Theory, InlineData(1, true), InlineData(5, true), InlineData(0, false), InlineData(6, false)]
    public void A_range_includes_both_ends(int found, bool accepted)
    {
        if (accepted) Assert.Equal(found, Require.InRange(found, 1, 5));
        else Assert.Throws<ArgumentOutOfRangeException>(nameof(found), () => Require.InRange(found, 1, 5));
    }
}
