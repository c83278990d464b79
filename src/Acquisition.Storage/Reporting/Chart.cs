using System.Xml.Linq;
using static Acquisition.Storage.Reporting.Html;

namespace Acquisition.Storage.Reporting;

/// <summary>A line chart over time as an inline drawing. Lines differ in colour, dash and mark, so that colour alone tells nothing.</summary>
internal sealed class Chart
{
    private const double Width = 1040, Height = 272, Left = 62, Right = 14, Top = 34, Bottom = 44;

    /// <summary>Points of a line beyond this are drawn as the largest and the smallest of their group.</summary>
    private const int MostPoints = 1000;

    /// <summary>Beyond this the marks would hide the line.</summary>
    private const int MostMarks = 120;

    private readonly List<(string Name, List<(double X, double Y)> Points)> _lines = [];
    private readonly List<(double X, string Label)> _events = [];

    /// <summary>What y shows, with its unit.</summary>
    public required string YLabel { get; init; }

    /// <summary>Whether values over several powers of ten are shown on a logarithmic scale.</summary>
    public bool MayBeLogarithmic { get; init; }

    /// <summary>Values that a linear axis shows in any case.</summary>
    public double[] Shows { get; init; } = [];

    public bool IsEmpty => _lines.Count == 0;

    /// <param name="points">Seconds since the start of the scan, and a finite value; in order of time.</param>
    public void AddLine(string name, IEnumerable<(double Seconds, double Value)> points)
    {
        List<(double, double)> finite = [.. points.Where(point => double.IsFinite(point.Value) && double.IsFinite(point.Seconds))];
        if (finite.Count > 0) _lines.Add((name, Thin(finite)));
    }

    /// <summary>Marks a moment by a dashed line.</summary>
    public void AddEvent(double seconds, string label) => _events.Add((seconds, label));

    public XElement Draw()
    {
        var all = _lines.SelectMany(line => line.Points).ToList();
        double last = Math.Max(all.Max(point => point.X), _events.Count > 0 ? _events.Max(e => e.X) : 0);
        (double divisor, string unit) = last switch { > 3 * 3600 => (3600.0, "h"), > 180 => (60.0, "min"), _ => (1.0, "s") };
        double positive = all.Where(point => point.Y > 0).Select(point => point.Y).DefaultIfEmpty(1).Min();
        bool isLogarithmic = MayBeLogarithmic && all.Max(point => point.Y) > 30 * positive;
        Axis x = Axis.Linear(0, Math.Max(last / divisor, 1e-3)), y = isLogarithmic
            ? Axis.Logarithmic(positive, all.Max(point => point.Y))
            : Axis.Linear(all.Select(point => point.Y).Concat(Shows).Min(), all.Select(point => point.Y).Concat(Shows).Max());
        double X(double seconds) => Left + x.Place(seconds / divisor) * (Width - Left - Right);
        double Y(double value) => Height - Bottom - y.Place(value) * (Height - Top - Bottom);

        XElement drawing = Svg("svg", Class("chart"), At("viewBox", $"0 0 {Width} {Height}"), At("role", "img"), At("aria-label", YLabel));
        foreach (double tick in y.Ticks)
        {
            drawing.Add(Line("grid", Left, Y(tick), Width - Right, Y(tick)), Text("tick end", Left - 8, Y(tick) + 4, Say.Number(tick)));
        }

        foreach (double tick in x.Ticks)
        {
            drawing.Add(Line("grid", X(tick * divisor), Height - Bottom, X(tick * divisor), Height - Bottom + 5),
                Text("tick middle", X(tick * divisor), Height - Bottom + 19, Say.Number(tick)));
        }

        drawing.Add(Text("axis", Left - 56, 12, YLabel + (isLogarithmic ? ", logarithmic" : "")),
            Text("axis middle", (Left + Width - Right) / 2, Height - 6, $"time since the scan began ({unit})"));
        foreach (var (seconds, label) in _events)
            drawing.Add(Line("event", X(seconds), Top, X(seconds), Height - Bottom), Text("tick middle", X(seconds), Top - 5, label));
        for (int i = 0; i < _lines.Count; i++) drawing.Add(Draw(_lines[i].Points, i, X, Y));
        return drawing;
    }

    /// <summary>Names of the lines beside a piece of each; nothing for a single line.</summary>
    public XElement? Legend() => _lines.Count < 2 ? null : El("p", Class("legend"), _lines.Select((line, i) => El("span",
        Svg("svg", At("viewBox", "0 0 34 10"), Class("sample"), Line($"line l{i % 4}", 1, 5, 33, 5), Mark(i, 17, 5)), line.Name)));

    private static IEnumerable<XElement> Draw(List<(double X, double Y)> points, int number, Func<double, double> x, Func<double, double> y)
    {
        yield return Svg("polyline", Class($"line l{number % 4}"), At("points", string.Join(' ', points.Select(p => $"{Place(x(p.X))},{Place(y(p.Y))}"))));
        if (points.Count > MostMarks) yield break;
        foreach (var (seconds, value) in points) yield return Mark(number, x(seconds), y(value));
    }

    private static XElement Mark(int number, double x, double y) => (number % 4) switch
    {
        0 => Svg("circle", Class("mark l0"), Place("cx", x), Place("cy", y), Place("r", 3)),
        1 => Svg("rect", Class("mark l1"), Place("x", x - 2.8), Place("y", y - 2.8), Place("width", 5.6), Place("height", 5.6)),
        2 => Svg("path", Class("mark l2"), At("d", $"M{Place(x)} {Place(y - 3.8)}l3.6 6.4h-7.2z")),
        _ => Svg("path", Class("mark l3"), At("d", $"M{Place(x)} {Place(y - 4)}l4 4l-4 4l-4 -4z")),
    };

    private static XElement Line(string kind, double x1, double y1, double x2, double y2) =>
        Svg("line", Class(kind), Place("x1", x1), Place("y1", y1), Place("x2", x2), Place("y2", y2));

    private static XElement Text(string kind, double x, double y, string text) => Svg("text", Class(kind), Place("x", x), Place("y", y), text);

    private static List<(double, double)> Thin(List<(double X, double Y)> points)
    {
        if (points.Count <= MostPoints) return points;
        int group = (2 * points.Count + MostPoints - 1) / MostPoints;
        return [.. points.Chunk(group).SelectMany(chunk => new[] { chunk.MaxBy(p => p.Y), chunk.MinBy(p => p.Y) }.OrderBy(p => p.X))];
    }
}
