using Acquisition.Storage.Tiff;
using Xunit;

namespace Acquisition.Tests.Storage;

public sealed class NaturalOrderTests
{
    [Fact]
    public void Numbers_in_names_count_as_numbers()
    {
        string[] names = ["t10.tif", "t9.tif", "t2_c10.tif", "t2_c9.tif", "a.tif", "t001.tif", "t1.tif", "t.tif", "t99999999999999999999999.tif", "t1", "", "10", "9"];
        Assert.Equal(
            ["", "9", "10", "a.tif", "t.tif", "t1", "t001.tif", "t1.tif", "t2_c9.tif", "t2_c10.tif", "t9.tif", "t10.tif", "t99999999999999999999999.tif"],
            names.Order(NaturalOrder.Instance));
    }

    [Fact]
    public void Any_names_have_one_order()
    {
        var random = new Random(4711);
        string[] names = [.. Enumerable.Range(0, 60).Select(_ => string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => "a01.9"[random.Next(5)])))];
        foreach (string a in names)
            foreach (string b in names)
            {
                int order = Math.Sign(NaturalOrder.Instance.Compare(a, b));
                Assert.Equal(a == b, order == 0);
                Assert.Equal(-order, Math.Sign(NaturalOrder.Instance.Compare(b, a)));
                foreach (string c in names)
                    if (order < 0 && NaturalOrder.Instance.Compare(b, c) < 0) Assert.True(NaturalOrder.Instance.Compare(a, c) < 0, $"{a} {b} {c}");
            }
    }
}
