using System.Xml.Linq;
using Acquisition.Core;
using static Acquisition.Storage.Reporting.Html;

namespace Acquisition.Storage.Reporting;

// What was corrected before volumes were restored.
public static partial class RunPage
{
    /// <summary>Channels that get charts of their own.</summary>
    private const int MostCharts = 4;

    private static IEnumerable<XElement?> Conditioning(RunStory story, StoryClock clock)
    {
        var channels = story.Restored.Where(v => v.Conditioning is not null).GroupBy(v => v.Index.C, v => (v.At, Found: v.Conditioning!)).OrderBy(g => g.Key).ToList();
        if (channels.Count == 0) yield break;
        yield return Table(["channel", "volumes", "corrected", "most hot pixels", "line phase, median", "not certain enough", "farthest drift"],
        [
            .. channels.Select(channel => (object[])
            [
                $"{channel.Key}", Number($"conditioning.{channel.Key}.volumes", channel.Count()),
                string.Join(", ", channel.SelectMany(v => v.Found.Steps).Distinct()),
                channel.Max(v => v.Found.HotPixels) is { } hot ? Number($"conditioning.{channel.Key}.hot_pixels", hot) : "–",
                Median(channel.Select(v => v.Found.LinePhase?.EstimatedPx)) is { } phase
                    ? Number($"conditioning.{channel.Key}.line_phase_px", phase, $"{Say.Number(phase)} px") : "–",
                channel.Any(v => v.Found.LinePhase is not null)
                    ? Number($"conditioning.{channel.Key}.line_phase_uncertain", channel.Count(v => v.Found.LinePhase is { CorrectedPx: 0, EstimatedPx: not 0 })) : "–",
                channel.Max(v => Length(v.Found.Drift?.Um)) is { } farthest
                    ? Number($"conditioning.{channel.Key}.drift_um", farthest, $"{Say.Number(farthest)} µm") : "–",
            ]),
        ]);
        var phases = new Chart { YLabel = "line phase (pixels)", Shows = [0] };
        foreach (var channel in channels.Take(MostCharts))
            phases.AddLine($"channel {channel.Key}", Known(channel.Select(v => (clock.Seconds(v.At), v.Found.LinePhase?.EstimatedPx))));
        if (!phases.IsEmpty)
        {
            yield return El("h3", "Line phase over time");
            yield return phases.Legend();
            yield return phases.Draw();
        }

        foreach (var channel in channels.Take(MostCharts))
        {
            var drifts = new Chart { YLabel = "drift (µm)", Shows = [0] };
            drifts.AddLine("z", Known(channel.Select(v => (clock.Seconds(v.At), v.Found.Drift?.Um.Z))));
            drifts.AddLine("y", Known(channel.Select(v => (clock.Seconds(v.At), v.Found.Drift?.Um.Y))));
            drifts.AddLine("x", Known(channel.Select(v => (clock.Seconds(v.At), v.Found.Drift?.Um.X))));
            if (drifts.IsEmpty) continue;
            yield return El("h3", channels.Count > 1 ? $"Drift of channel {channel.Key} over time" : "Drift over time");
            yield return drifts.Legend();
            yield return drifts.Draw();
        }
    }

    private static IEnumerable<(double, double)> Known(IEnumerable<(double Seconds, double? Value)> points) =>
        from point in points where point.Value is not null select (point.Seconds, point.Value.GetValueOrDefault());

    private static double? Median(IEnumerable<double?> values)
    {
        double[] known = [.. values.OfType<double>().Order()];
        return known.Length == 0 ? null : (known[(known.Length - 1) / 2] + known[known.Length / 2]) / 2;
    }

    /// <summary>Of a displacement, as far as it is known.</summary>
    private static double? Length(Displacement? um) => um is not { } d || (d.Z ?? d.Y ?? d.X) is null
        ? null
        : Math.Sqrt(Square(d.Z) + Square(d.Y) + Square(d.X));

    private static double Square(double? value) => value.GetValueOrDefault() * value.GetValueOrDefault();
}
