using System.Globalization;
using Acquisition.Benchmarks.Live;
using Acquisition.Restoration.Benchmarking;

namespace Acquisition.Benchmarks.Torch;

/// <summary>The same work by several sides in turn, A B C A B C …</summary>
internal sealed class StepRounds
{
    private const int Warming = 2;

    private readonly Dictionary<StepSide, List<RunTime>> _times = [];

    /// <param name="sides">Whoever is compared; each is warm when the first round begins.</param>
    /// <param name="runs">One after the other in each turn; their median counts.</param>
    public StepRounds(IReadOnlyDictionary<StepSide, StepProcess> sides, string work, int rounds, int runs)
    {
        var able = sides.Where(side => side.Value.Measure(work, Warming).Length > 0).ToList();
        foreach (var (side, _) in able) _times[side] = [];
        for (int round = 0; round < rounds; round++)
        {
            foreach (var (side, process) in able) _times[side].Add(RunTime.Median(process.Measure(work, runs)));
        }
    }

    /// <summary>Milliseconds by the clock; a dash where memory lacked.</summary>
    public string Wall(StepSide side) => _times.TryGetValue(side, out List<RunTime>? times) ? Text(RunTime.Median(times).WallMs, "0.0") : "–";

    /// <summary>How many times as long the engine takes: median over the rounds, and their middle half.</summary>
    public string Ratio(StepSide side, Func<RunTime, double> clock)
    {
        if (!_times.TryGetValue(side, out List<RunTime>? theirs) || !_times.TryGetValue(StepSide.Here, out List<RunTime>? ours)) return "–";
        double[] ratios = [.. ours.Zip(theirs, (here, there) => clock(here) / clock(there))];
        return $"{Text(Percentiles.Median(ratios), "0.000")} ({Text(Percentiles.Of(ratios, 0.25), "0.000")}–{Text(Percentiles.Of(ratios, 0.75), "0.000")})";
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
