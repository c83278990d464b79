using Acquisition.HardwareSim.Replay;
using Xunit;

namespace Acquisition.Tests.HardwareSim;

public sealed class NaturalOrderTests
{
    [Fact]
    public void Numbers_in_names_count_as_numbers()
    {
        string[] names = ["t10.tif", "t9.tif", "t2_c10.tif", "t2_c9.tif", "a.tif", "t001.tif", "t1.tif", "t.tif", "t99999999999999999999999.tif"];

        Assert.Equal(
            ["a.tif", "t.tif", "t001.tif", "t1.tif", "t2_c9.tif", "t2_c10.tif", "t9.tif", "t10.tif", "t99999999999999999999999.tif"],
            names.Order(NaturalOrder.Instance));
    }

    [Fact]
    public void Different_names_are_never_equal() => Assert.NotEqual(0, NaturalOrder.Instance.Compare("t1", "t01"));
}
