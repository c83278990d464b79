using System.Globalization;
using System.Xml.Linq;
using Acquisition.Storage.Reporting;
using Xunit;

namespace Acquisition.Tests.Storage;

public sealed class ChartTests
{
    [Fact]
    public void A_long_run_is_thinned_without_losing_its_worst_and_its_best_moment()
    {
        var chart = new Chart { YLabel = "lag (s)" };
        chart.AddLine("channel 0", Enumerable.Range(0, 100_000).Select(i => ((double)i, i switch { 54_321 => 100.0, 77_777 => 0.0, _ => 50 + i % 7 })));
        double[][] points = Points(chart.Draw());
        Assert.InRange(points.Length, 500, 1001);
        Assert.Equal(points.Select(point => point[0]).Order(), points.Select(point => point[0]));

        // The axis runs from 0 to 100, so both extremes touch an end of it; time runs from left to right in proportion.
        double top = points.Min(point => point[1]), bottom = points.Max(point => point[1]);
        double left = points[0][0], right = points[^1][0];
        Assert.Equal(0.54321, (points.First(point => point[1] == top)[0] - left) / (right - left), tolerance: 0.01);
        Assert.Equal(0.77777, (points.First(point => point[1] == bottom)[0] - left) / (right - left), tolerance: 0.01);
        Assert.Equal(0.5, (points[0][1] - top) / (bottom - top), tolerance: 0.07);
    }

    [Fact]
    public void Lines_differ_in_dash_and_mark_and_not_in_colour_alone()
    {
        var chart = new Chart { YLabel = "PSNR (dB)" };
        for (int i = 0; i < 4; i++) chart.AddLine($"line {i}", [(0, i), (1, double.NaN), (2, i + 1)]);
        XElement drawing = chart.Draw();
        string[] marks = [.. drawing.Descendants().Where(e => ((string?)e.Attribute("class"))?.StartsWith("mark", StringComparison.Ordinal) == true).Select(e => e.Name.LocalName)];
        Assert.Equal(["circle", "circle", "rect", "rect", "path", "path", "path", "path"], marks);
        Assert.Equal(4, drawing.Descendants().Where(e => e.Name.LocalName == "polyline").Select(e => (string)e.Attribute("class")!).Distinct().Count());
        Assert.Equal(["line 0", "line 1", "line 2", "line 3"], chart.Legend()!.Elements().Select(e => e.Value));
    }

    [Fact]
    public void A_chart_of_nothing_is_empty()
    {
        var chart = new Chart { YLabel = "lag (s)" };
        chart.AddLine("channel 0", []);
        chart.AddLine("channel 1", [(1, double.PositiveInfinity)]);
        Assert.True(chart.IsEmpty);
    }

    private static double[][] Points(XElement drawing) =>
    [
        .. ((string)drawing.Descendants().Single(e => e.Name.LocalName == "polyline").Attribute("points")!).Split(' ')
            .Select(point => point.Split(',').Select(part => double.Parse(part, CultureInfo.InvariantCulture)).ToArray()),
    ];
}
